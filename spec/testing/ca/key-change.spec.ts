import { firstValueFrom } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { encodeBase64url } from '../../../lib/codec/base64url.js';
import {
  type AcmeSigner,
  changeAccountKey,
  findAccount,
  generateSigner,
  getAccount,
  newAccount,
} from '../../../lib/index.js';
import { fakeCa, synchronousSigner, testAccount, testSession } from '../../../lib/testing/index.js';
import { covers } from '../../support/covers.js';
import { accountClient, now, outcome } from '../support/raw-client.js';

covers('keyChange');

const url = 'https://ca.test/key-change';
const oldSigner = synchronousSigner();
const newSigner = synchronousSigner('new');

/** The JWS by the new key, with what is different from one as it should be. */
function inner(
  account: string,
  {
    header = {},
    payload = {},
    by = newSigner,
    signature,
  }: { header?: object; payload?: object; by?: AcmeSigner; signature?: string } = {},
): object {
  const first = encodeBase64url(JSON.stringify({ alg: by.alg, jwk: by.publicJwk, url, ...header }));
  const second = encodeBase64url(JSON.stringify({ account, oldKey: oldSigner.publicJwk, ...payload }));
  const bytes = now(by.sign(new TextEncoder().encode(`${first}.${second}`)) as never) as Uint8Array;
  return { protected: first, payload: second, signature: signature ?? encodeBase64url(bytes) };
}

describe('key change', () => {
  it('gives the account its new key: the URL stays, the old key is nobody’s', () => {
    const ca = fakeCa();
    const account = testAccount(ca);
    const changed = now(changeAccountKey(account, newSigner));
    expect(changed).toMatchObject({ url: account.url, signer: newSigner });
    expect(now(getAccount(changed)).status).toBe('valid');
    expect(now(findAccount(testSession(ca), { signer: newSigner })).url).toBe(account.url);
    expect(now(newAccount(testSession(ca), { signer: oldSigner })).created).toBe(true);
    const errors: unknown[] = [];
    getAccount(account).subscribe({ error: (error: unknown) => errors.push(error) });
    expect(errors).toMatchObject([{ code: 'problem' }]);
    expect(ca.history.count('newAccount')).toBe(2);
  });

  it('names the account that has the key already', () => {
    const ca = fakeCa();
    const other = testAccount(ca, { signer: newSigner });
    const errors: unknown[] = [];
    changeAccountKey(testAccount(ca), newSigner).subscribe({ error: (error: unknown) => errors.push(error) });
    expect(errors).toMatchObject([{ status: 409, message: expect.stringContaining(other.url) as unknown }]);
  });

  it('goes from one algorithm to another and on to a third, with real keys', async () => {
    const session = testSession(fakeCa());
    const [first, second, third] = await Promise.all(
      (['ES256', 'RS256', 'ES384'] as const).map((alg) => firstValueFrom(generateSigner(alg))),
    );
    const account = await firstValueFrom(newAccount(session, { signer: first as AcmeSigner }));
    const next = await firstValueFrom(changeAccountKey(account, second as AcmeSigner));
    const last = await firstValueFrom(changeAccountKey(next, third as AcmeSigner));
    expect(await firstValueFrom(getAccount(last))).toMatchObject({ status: 'valid', url: account.url });
    await expect(firstValueFrom(getAccount(next))).rejects.toMatchObject({ code: 'problem' });
  });

  it.each<[string, (account: string) => unknown, number, string]>([
    ['has no payload', () => '', 400, 'malformed'],
    ['has no JWS in it', () => ({}), 400, 'malformed'],
    ['has another member', (account) => ({ ...inner(account), more: '' }), 400, 'malformed'],
    ['has a nonce inside', (account) => inner(account, { header: { nonce: 'abc' } }), 400, 'malformed'],
    ['has a kid inside', (account) => inner(account, { header: { kid: account } }), 400, 'malformed'],
    ['has no new key', (account) => inner(account, { header: { jwk: undefined } }), 400, 'malformed'],
    ['has another url inside', (account) => inner(account, { header: { url: account } }), 400, 'malformed'],
    ['has no url inside', (account) => inner(account, { header: { url: undefined } }), 400, 'malformed'],
    ['is by a MAC', (account) => inner(account, { header: { alg: 'HS256' } }), 400, 'badSignatureAlgorithm'],
    [
      'has a private key',
      (account) => inner(account, { header: { jwk: { ...newSigner.publicJwk, d: 'x' } } }),
      400,
      'badPublicKey',
    ],
    [
      'is signed by another key',
      (account) => inner(account, { header: { jwk: oldSigner.publicJwk } }),
      400,
      'malformed',
    ],
    ['has a wrong signature', (account) => inner(account, { signature: 'AAAA' }), 400, 'malformed'],
    ['is for another account', (account) => inner(account, { payload: { account: `${account}0` } }), 400, 'malformed'],
    [
      'has another old key',
      (account) => inner(account, { payload: { oldKey: newSigner.publicJwk } }),
      400,
      'malformed',
    ],
    ['has no old key', (account) => inner(account, { payload: { oldKey: null } }), 400, 'malformed'],
    ['is to the same key', (account) => inner(account, { by: oldSigner }), 400, 'malformed'],
  ])('is refused where it %s, and the key stays', (_what, payload, status, problem) => {
    const { post, kid } = accountClient(fakeCa());
    expect(outcome(now(post(url, payload(kid))))).toEqual([status, problem]);
    expect(now(post(kid)).status).toBe(200);
  });

  it('is not asked for with the new key alone', () => {
    const { post, kid } = accountClient(fakeCa());
    expect(outcome(now(post(url, inner(kid), { kid: undefined, signer: newSigner })))).toEqual([400, 'malformed']);
  });
});
