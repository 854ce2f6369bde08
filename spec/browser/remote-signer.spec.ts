import { concatMap, defer, from, NEVER } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { remoteSigner } from '../../lib/browser/index.js';
import { encodeBase64url } from '../../lib/codec/base64url.js';
import { AcmePortError, type AcmeTransport, newAccount } from '../../lib/index.js';
import { fakeCa, synchronousSigner, testSession } from '../../lib/testing/index.js';
import { covers } from '../support/covers.js';
import { completed, errorOf, record, virtualTime } from '../support/virtual-time.js';
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
    ['a key of another kind', { key: { publicJwk: { kty: 'oct', k: 'secret' } } }, 'EC, OKP or RSA'],
    ['half a key', { key: { publicJwk: { ...publicJwk, y: undefined } } }, 'lacks y'],
    ['what is not base64url', { key: { publicJwk: { ...publicJwk, x: 'a+b/' } } }, 'not base64url'],
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
    ['more than any key takes', { json: { alg, publicJwk, more: 'x'.repeat(65_536) } }],
  ])('errors on %s', (_, answer) => {
    expect(record(remoteSigner(backEndThat(() => answer))).error).toBeInstanceOf(AcmePortError);
  });

  it('throws on options that cannot work', () => {
    expect(() => remoteSigner({ url: '/acme/sign' })).toThrow(TypeError);
    for (const timeoutMs of [0, -1, NaN, 'soon' as unknown as number]) {
      expect(() => remoteSigner({ url: 'https://app.test/acme', timeoutMs })).toThrow(/remoteSigner: timeoutMs/);
    }
  });
});

describe('a back end that hangs', () => {
  const hung = new AcmePortError('signer', new Error('https://app.test/acme did not answer within 30000 ms'));

  it('ends the look for a key after 30 s, or when it is told to', () =>
    virtualTime(({ scheduler, expectObservable }) => {
      const options = { url: 'https://app.test/acme', transport: () => NEVER, scheduler };
      expectObservable(remoteSigner(options)).toBe('30s #', undefined, hung);
      const sooner = new AcmePortError('signer', new Error('https://app.test/acme did not answer within 5 ms'));
      expectObservable(remoteSigner({ ...options, timeoutMs: 5 })).toBe('5ms #', undefined, sooner);
    }));

  it('is unsubscribed from, and leaves no timer where it answers in time', () =>
    virtualTime((time) => {
      const { scheduler, cold, expectSubscriptions, timers } = time;
      const answer = { status: 200, headers: {}, body: new TextEncoder().encode(JSON.stringify({ alg, publicJwk })) };
      const [late$, early$] = [cold('6ms (a|)', { a: answer }), cold('4ms (a|)', { a: answer })];
      const answers = [late$, early$];
      const signer$ = defer(() =>
        remoteSigner({
          url: 'https://app.test/acme',
          transport: () => answers.shift() ?? NEVER,
          timeoutMs: 5,
          scheduler,
        }),
      );
      expect(errorOf(time, signer$)).toBeInstanceOf(AcmePortError);
      expectSubscriptions(late$.subscriptions).toBe('^ 4ms !');
      expect(completed(time, signer$)).toMatchObject({ values: [{ alg }], isComplete: true });
      expect(timers()).toBe(0);
    }));

  it('ends the request that is to be signed, and no other has to wait for it', () =>
    virtualTime((time) => {
      const { scheduler } = time;
      const ca = fakeCa({ scheduler });
      const { transport } = keeper();
      let hangs = true;
      const hanging: AcmeTransport = (request) => (hangs && request.method === 'POST' ? NEVER : transport(request));
      const account$ = remoteSigner({ url: 'https://app.test/acme', transport: hanging, scheduler }).pipe(
        concatMap((signer) => newAccount(testSession(ca, { scheduler }), { signer, termsOfServiceAgreed: true })),
      );
      expect(errorOf(time, account$)).toMatchObject({ port: 'signer', message: hung.message });
      expect(scheduler.now()).toBe(30_000);
      hangs = false;
      expect(completed(time, account$)).toMatchObject({ values: [{ signer: { alg } }], isComplete: true });
    }));
});
