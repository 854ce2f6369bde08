import { concatMap, from } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { remoteSigner } from '../../lib/browser/index.js';
import { encodeBase64url } from '../../lib/codec/base64url.js';
import { AcmePortError, newAccount } from '../../lib/index.js';
import { fakeCa, synchronousSigner, testSession } from '../../lib/testing/index.js';
import { covers } from '../support/covers.js';
import { record } from '../support/virtual-time.js';
import { backEndThat } from './support/sender.js';

covers('accountKeys');

const { alg, publicJwk, sign } = synchronousSigner();
const signatureOf = (input: string): Uint8Array => {
  const { values } = record(
    from(sign(Uint8Array.from(atob(input.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0)))),
  );
  return values[0] as Uint8Array;
};
/** Keeps the key, and signs what it is sent. */
const keeper = (changes: { key?: object; signature?: Uint8Array } = {}) =>
  backEndThat(({ method, body }) =>
    method === 'GET'
      ? { json: { alg, publicJwk, ...changes.key } }
      : { json: { signature: encodeBase64url(changes.signature ?? signatureOf(JSON.parse(body as string).input)) } },
  );
const signedWith = (options: ReturnType<typeof keeper>) =>
  record(remoteSigner(options).pipe(concatMap((signer) => from(signer.sign(Uint8Array.of(1, 2, 3)))))).error;

describe('remoteSigner', () => {
  it('asks for the key once, and for each signature', () => {
    const { asked, ...backEnd } = keeper();
    const { values, isComplete } = record(remoteSigner({ ...backEnd, headers: { 'x-csrf': 't' } }));
    expect(values).toMatchObject([{ alg, publicJwk }]);
    const signature = record(from(values[0]?.sign(Uint8Array.of(1, 2, 3)) ?? [])).values[0];
    expect([isComplete, signature]).toEqual([true, signatureOf('AQID')]);
    expect(asked).toMatchObject([
      { method: 'GET', headers: { 'x-csrf': 't' } },
      { method: 'POST', headers: { 'x-csrf': 't', 'content-type': 'application/json' }, json: { input: 'AQID' } },
    ]);
  });

  it('is the key of an account, without a Promise on the way', () => {
    const ca = fakeCa();
    const account$ = remoteSigner(keeper()).pipe(
      concatMap((signer) => newAccount(testSession(ca), { signer, termsOfServiceAgreed: true })),
    );
    expect(record(account$)).toMatchObject({ values: [{ signer: { alg } }], isComplete: true });
  });

  it('leaves out what does not belong into a public key', () => {
    const { values } = record(remoteSigner(keeper({ key: { publicJwk: { ...publicJwk, kid: 'x', alg } } })));
    expect(values[0]?.publicJwk).toEqual(publicJwk);
  });

  it.each([
    ['no key', { key: { publicJwk: 'text' } }, 'no alg and publicJwk'],
    ['no algorithm', { key: { alg: 1 } }, 'no alg and publicJwk'],
    ['a private key', { key: { publicJwk: { ...publicJwk, d: 'secret' } } }, 'private key'],
  ])('errors where the back end answers %s', (_, changes, message) => {
    const { error } = record(remoteSigner(keeper(changes)));
    expect(error).toBeInstanceOf(AcmePortError);
    expect(String(error)).toContain(message);
    expect(String(error)).not.toContain('secret');
  });

  it.each([
    ['in DER form', Uint8Array.of(0x30, 0x44, ...new Uint8Array(68)), 'DER'],
    ['that is too short', new Uint8Array(63), '63 bytes'],
    ['that is empty', new Uint8Array(), '0 bytes'],
  ])('refuses a signature %s', (_, signature, message) => {
    expect(String(signedWith(keeper({ signature })))).toContain(message);
  });

  it('ends a request as a failure of the signer where the back end refuses', () => {
    const ca = fakeCa();
    const refusing = backEndThat(({ method }) => (method === 'GET' ? { json: { alg, publicJwk } } : { status: 403 }));
    const { error } = record(
      remoteSigner(refusing).pipe(
        concatMap((signer) => newAccount(testSession(ca), { signer, termsOfServiceAgreed: true })),
      ),
    );
    expect(error).toMatchObject({ code: 'port', port: 'signer' });
    expect(String(error)).toContain('refused with status 403');
  });

  it.each([
    ['status 500', { status: 500 }],
    ['no JSON', { text: '<html>' }],
    ['an array', { json: [] }],
  ])('errors on %s', (_, answer) => {
    expect(record(remoteSigner(backEndThat(() => answer))).error).toBeInstanceOf(AcmePortError);
  });

  it('throws on a URL that leads nowhere', () => {
    expect(() => remoteSigner({ url: '/acme/sign' })).toThrow(TypeError);
  });
});
