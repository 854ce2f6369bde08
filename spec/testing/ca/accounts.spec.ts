import { createHmac } from 'node:crypto';
import { firstValueFrom } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { encodeBase64url } from '../../../lib/codec/base64url.js';
import { findAccount, generateSigner, getAccount, getDirectory, newAccount } from '../../../lib/index.js';
import { fakeCa, synchronousSigner, testAccount, testSession } from '../../../lib/testing/index.js';
import { accountClient, now, outcome, rawClient } from '../support/raw-client.js';

const signer = synchronousSigner();
const newAccountUrl = 'https://ca.test/new-account';

describe('an account', () => {
  it('is created once for a key, and found again', () => {
    const ca = fakeCa();
    const session = testSession(ca);
    const created = now(newAccount(session, { signer, contacts: ['mailto:a@example.org'] }));
    expect(created).toMatchObject({ created: true, resource: { status: 'valid', contacts: ['mailto:a@example.org'] } });
    expect(now(newAccount(session, { signer }))).toMatchObject({ created: false, url: created.url });
    expect(now(findAccount(session, { signer }))).toMatchObject({ created: false, url: created.url });
    expect(now(getAccount(created)).status).toBe('valid');
    const { headers, status } = now(rawClient(ca).post(newAccountUrl, { onlyReturnExisting: true }));
    expect([status, headers['location']]).toEqual([200, created.url]);
  });

  it('is not found where there is none', () => {
    const answer = now(rawClient(fakeCa()).post(newAccountUrl, { onlyReturnExisting: true }));
    expect(outcome(answer)).toEqual([400, 'accountDoesNotExist']);
  });

  it('that was opened without a request is the one that the key has', () => {
    const ca = fakeCa();
    const account = testAccount(ca);
    expect(now(findAccount(testSession(ca), { signer })).url).toBe(account.url);
    expect(now(getAccount(account)).termsOfServiceAgreed).toBe(true);
  });

  it.each([
    ['example.org', 'unsupportedContact'],
    ['tel:+3150', 'unsupportedContact'],
    ['mailto:', 'invalidContact'],
    ['mailto:a@example.org,b@example.org', 'invalidContact'],
    ['mailto:a@example.org?subject=x', 'invalidContact'],
  ])('is refused with the contact %s, and its contacts stay', (contact, problem) => {
    const ca = fakeCa();
    expect(outcome(now(rawClient(ca).post(newAccountUrl, { contact: [contact] })))).toEqual([400, problem]);
    expect(ca.history.requests.at(-1)).toMatchObject({ problemType: `urn:ietf:params:acme:error:${problem}` });
    const { post, kid } = accountClient(ca);
    expect(outcome(now(post(kid, { contact: [contact] })))).toEqual([400, problem]);
    expect(now(post(kid)).json.contact).toEqual([]);
  });

  it.each([7, ['mailto:a@example.org', 7]])('is refused with contacts that are %j', (contact) => {
    expect(outcome(now(rawClient(fakeCa()).post(newAccountUrl, { contact })))).toEqual([400, 'malformed']);
  });

  it('changes its contacts, and its status to deactivated only', () => {
    const { post, kid } = accountClient(fakeCa());
    const contact = ['mailto:new@example.org'];
    expect(now(post(kid, { contact })).json).toMatchObject({ contact, status: 'valid' });
    expect(outcome(now(post(kid, { status: 'revoked' })))).toEqual([400, 'malformed']);
    expect(now(post(kid, { status: 'deactivated' })).json).toMatchObject({ contact, status: 'deactivated' });
    expect(outcome(now(post(kid)))).toEqual([401, 'unauthorized']);
  });

  it('stays as it is where one half of a change is refused', () => {
    const { post, kid } = accountClient(fakeCa());
    expect(outcome(now(post(kid, { contact: ['mailto:a@example.org'], status: 'odd' })))).toEqual([400, 'malformed']);
    expect(outcome(now(post(kid, { contact: ['tel:1'], status: 'deactivated' })))).toEqual([400, 'unsupportedContact']);
    expect(now(post(kid)).json).toMatchObject({ contact: [], status: 'valid' });
    expect(now(post(kid, { status: 'valid' })).json.status).toBe('valid');
  });

  it('lists its orders, oldest first', () => {
    const { post, order, kid } = accountClient(fakeCa());
    const { orders } = now(post(kid)).json;
    expect(now(post(orders)).json).toEqual({ orders: [] });
    const urls = [order('a.test').url, order('b.test').url];
    expect(now(post(orders)).json).toEqual({ orders: urls });
  });
});

describe('terms of service', () => {
  const termsOfService = 'https://ca.test/terms';
  it('are in the directory and must be agreed to', () => {
    const ca = fakeCa({ termsOfService, meta: { website: 'https://ca.test/' } });
    expect(now(getDirectory(testSession(ca))).meta).toMatchObject({ termsOfService, website: 'https://ca.test/' });
    const { post } = rawClient(ca);
    for (const payload of [{}, { termsOfServiceAgreed: false }, { termsOfServiceAgreed: 'yes' }]) {
      const refused = now(post(newAccountUrl, payload));
      expect(outcome(refused)).toEqual([403, 'userActionRequired']);
      expect(refused.headers['link']).toContain(`<${termsOfService}>;rel="terms-of-service"`);
    }
    expect(now(post(newAccountUrl, { termsOfServiceAgreed: true }))).toMatchObject({
      status: 201,
      json: { termsOfServiceAgreed: true },
    });
  });

  it('need no agreement where there are none', () => {
    expect(now(rawClient(fakeCa()).post(newAccountUrl, {})).status).toBe(201);
  });
});

describe('external account binding', () => {
  const macKey = encodeBase64url(new Uint8Array(32).fill(7));
  const bound = (header: object = {}, { key = macKey, jwk = signer.publicJwk as object, hash = 'sha256' } = {}) => {
    const first = encodeBase64url(JSON.stringify({ alg: 'HS256', kid: 'kid-1', url: newAccountUrl, ...header }));
    const second = encodeBase64url(JSON.stringify(jwk));
    const mac = createHmac(hash, Buffer.from(key, 'base64url')).update(`${first}.${second}`).digest('base64url');
    return { externalAccountBinding: { protected: first, payload: second, signature: mac } };
  };
  const ask = (payload: object, externalAccountRequired = true) =>
    now(
      rawClient(fakeCa({ externalAccounts: { 'kid-1': macKey }, externalAccountRequired })).post(
        newAccountUrl,
        payload,
      ),
    );

  it.each([
    ['HS256', 'sha256'],
    ['HS384', 'sha384'],
    ['HS512', 'sha512'],
  ])('by %s is taken, at once, and shown', (alg, hash) => {
    const payload = bound({ alg }, { hash });
    expect(ask(payload)).toMatchObject({ status: 201, json: payload });
  });

  it('may have the members of the key in any order', () => {
    const jwk = Object.fromEntries(Object.entries(signer.publicJwk).reverse());
    expect(ask(bound({}, { jwk })).status).toBe(201);
  });

  it.each<[string, object, number, string]>([
    ['is missing', {}, 403, 'externalAccountRequired'],
    ['is null', { externalAccountBinding: null }, 400, 'malformed'],
    ['is no JWS', { externalAccountBinding: { protected: '!' } }, 400, 'malformed'],
    ['is by another MAC key', bound({}, { key: encodeBase64url(new Uint8Array(32)) }), 403, 'unauthorized'],
    ['is by another algorithm than it says', bound({ alg: 'HS512' }), 403, 'unauthorized'],
    ['is for nobody known', bound({ kid: 'kid-2' }), 403, 'unauthorized'],
    ['is for a name that every object has', bound({ kid: 'constructor' }), 403, 'unauthorized'],
    ['is for another URL', bound({ url: 'https://ca.test/directory' }), 400, 'malformed'],
    ['has a nonce', bound({ nonce: 'abc' }), 400, 'malformed'],
    ['is signed, not by a MAC', bound({ alg: 'ES256' }), 400, 'malformed'],
    ['is text', { externalAccountBinding: 'text' }, 400, 'malformed'],
    ['has a header that is null', { externalAccountBinding: { protected: 'bnVsbA' } }, 400, 'malformed'],
    [
      'has numbers for members',
      { externalAccountBinding: { protected: 7, payload: 7, signature: 7 } },
      400,
      'malformed',
    ],
    ['has a key that is null', bound({}, { jwk: null as never }), 400, 'malformed'],
    [
      'has more members',
      { externalAccountBinding: { ...bound().externalAccountBinding, header: {} } },
      400,
      'malformed',
    ],
    ['is for another key', bound({}, { jwk: synchronousSigner('other').publicJwk }), 400, 'malformed'],
  ])('is refused where it %s', (_, payload, status, problem) => {
    expect(outcome(ask(payload))).toEqual([status, problem]);
  });

  it('may say more of the key than the key itself', () => {
    expect(ask(bound({}, { jwk: { ...signer.publicJwk, alg: 'ES256', use: 'sig' } })).status).toBe(201);
  });

  it('is not needed where it is not required, and checked all the same', () => {
    expect(ask({}, false).status).toBe(201);
    expect(outcome(ask(bound({ kid: 'kid-2' }), false))).toEqual([403, 'unauthorized']);
  });

  it('is announced in the directory', () => {
    const meta = (externalAccountRequired: boolean) =>
      now(rawClient(fakeCa({ externalAccountRequired })).get('https://ca.test/directory')).json.meta;
    expect([meta(true), meta(false)]).toEqual([{ externalAccountRequired: true }, {}]);
  });

  it('is checked for a real key too', async () => {
    const real = await firstValueFrom(generateSigner());
    const { post } = rawClient(fakeCa({ externalAccounts: { 'kid-1': macKey }, externalAccountRequired: true }), {
      signer: real,
    });
    expect(outcome(await firstValueFrom(post(newAccountUrl, bound())))).toEqual([400, 'malformed']);
    expect((await firstValueFrom(post(newAccountUrl, bound({}, { jwk: real.publicJwk })))).status).toBe(201);
  });
});
