import { firstValueFrom } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { generateSigner } from '../../../lib/index.js';
import { encodeBase64url } from '../../../lib/codec/base64url.js';
import { fakeCa, synchronousCertificateKey, synchronousSigner } from '../../../lib/testing/index.js';
import { accountClient, csrFor, csrOf, now, outcome, rawClient, type Slips } from '../support/raw-client.js';

describe('a signed request is refused', () => {
  const other = synchronousSigner('other');
  const header = (members: object): string => encodeBase64url(JSON.stringify(members));
  it.each<[string, Slips, number, string]>([
    ['without a nonce', { header: { nonce: undefined } }, 400, 'badNonce'],
    ['with a nonce that is no base64url', { nonce: 'a+b=' }, 400, 'malformed'],
    ['with a nonce that is a number', { header: { nonce: 7 } }, 400, 'malformed'],
    ['with header members that must be understood', { header: { crit: ['exp'], exp: 1 } }, 400, 'malformed'],
    ['with a payload that is not encoded', { header: { b64: false } }, 400, 'malformed'],
    ['under an algorithm that the key is not for', { header: { alg: 'ES384' } }, 400, 'malformed'],
    [
      'with a member called __proto__',
      { body: '{"__proto__":{},"protected":"","payload":"","signature":""}' },
      400,
      'malformed',
    ],
    ['that is nested deeply', { body: '['.repeat(60_000) + ']'.repeat(60_000) }, 400, 'malformed'],
    ['with a nonce that was never given out', { nonce: 'abc' }, 400, 'badNonce'],
    ['signed for another URL', { header: { url: 'https://ca.test/new-account' } }, 401, 'unauthorized'],
    ['with a jwk where kid belongs', { kid: undefined }, 400, 'malformed'],
    ['with jwk and kid', { header: { jwk: other.publicJwk } }, 400, 'malformed'],
    ['with neither', { header: { kid: undefined } }, 400, 'malformed'],
    ['with a kid that is no text', { header: { kid: 7 } }, 400, 'malformed'],
    ['by an account that is not there', { kid: 'https://ca.test/account/999' }, 400, 'accountDoesNotExist'],
    ['by an account of another path', { kid: 'https://ca.test/order/1' }, 400, 'accountDoesNotExist'],
    ['with a wrong signature', { input: 'something else' }, 400, 'malformed'],
    ['with a signature by another key', { signer: other }, 400, 'malformed'],
    ['with an empty signature', { body: { signature: '' } }, 400, 'malformed'],
    ['with a signature and more', { body: { signature: 'AAAA'.repeat(40) } }, 400, 'malformed'],
    ['with a signature that is not base64url', { body: { signature: 'a+b/' } }, 400, 'malformed'],
    ['with a payload that was changed', { body: { payload: header({ identifiers: [] }) } }, 400, 'malformed'],
    ['with a payload that is no object', { body: { payload: encodeBase64url('[1]') } }, 400, 'malformed'],
    ['under an algorithm that is not signing', { header: { alg: 'none' } }, 400, 'badSignatureAlgorithm'],
    ['under a MAC', { header: { alg: 'HS256' } }, 400, 'badSignatureAlgorithm'],
    ['without an algorithm', { header: { alg: undefined } }, 400, 'malformed'],
    ['with a header member in the clear', { body: { header: {} } }, 400, 'malformed'],
    ['without a signature', { body: { signature: undefined } }, 400, 'malformed'],
    ['that is no JSON', { body: 'nonsense' }, 400, 'malformed'],
    ['that is a compact JWS', { body: '"a.b.c"' }, 400, 'malformed'],
    ['without a content type', { http: { headers: { 'user-agent': 'spec' } } }, 415, 'malformed'],
    ['as plain JSON', { http: { headers: { 'content-type': 'application/json' } } }, 415, 'malformed'],
    [
      'without a User-Agent',
      { http: { headers: { 'content-type': 'application/jose+json', 'user-agent': '' } } },
      400,
      'malformed',
    ],
    ['as GET', { http: { method: 'GET' } }, 405, 'malformed'],
  ])('%s', (_, slips, status, problem) => {
    const { post, at, order, kid } = accountClient(fakeCa());
    const payload = { identifiers: [{ type: 'dns', value: 'a.test' }] }; // Nothing is wrong with that.
    expect(outcome(now(post(at('new-order'), payload, slips)))).toEqual([status, problem]);
    const { url } = order('example.org');
    expect(now(post(kid.replace('account', 'orders'))).json.orders).toEqual([url]);
  });

  it.each<[string, object]>([
    ['a private one', { ...synchronousSigner().publicJwk, d: 'AAAA' }],
    ['of a kind that ACME does not know', { kty: 'oct', k: 'AAAA' }],
    ['with a member that is missing', { kty: 'EC', crv: 'P-256', x: 'AAAA' }],
    [
      'with a coordinate that lacks its zeros',
      { ...synchronousSigner().publicJwk, x: encodeBase64url(new Uint8Array(31)) },
    ],
    ['with a coordinate in another alphabet', { ...synchronousSigner().publicJwk, x: '+'.repeat(43) }],
    ['on a curve that nobody takes', { ...synchronousSigner().publicJwk, crv: 'secp256k1' }],
    ['of RSA, too weak', { kty: 'RSA', e: 'AQAB', n: encodeBase64url(new Uint8Array(128).fill(255)) }],
    [
      'of RSA, with a zero in front',
      { kty: 'RSA', e: 'AQAB', n: encodeBase64url(new Uint8Array(257).fill(255).fill(0, 0, 1)) },
    ],
  ])('with a key that is none: %s', (_, jwk) => {
    const { post } = rawClient(fakeCa());
    const answer = now(post('https://ca.test/new-account', {}, { header: { jwk } }));
    expect(outcome(answer)).toEqual([400, 'badPublicKey']);
  });

  it('with a nonce for the second time, whatever became of the first', () => {
    const { post, nonce, at } = accountClient(fakeCa());
    const once = nonce();
    expect(
      now(post(at('new-order'), { identifiers: [{ type: 'dns', value: 'a.test' }] }, { nonce: once })).status,
    ).toBe(201);
    expect(outcome(now(post(at('new-order'), {}, { nonce: once })))).toEqual([400, 'badNonce']);
    const refused = nonce();
    now(post(at('new-order'), {}, { nonce: refused }));
    expect(outcome(now(post(at('new-order'), {}, { nonce: refused })))).toEqual([400, 'badNonce']);
  });

  it('with a nonce from before the server forgot them', () => {
    const ca = fakeCa();
    const { post, nonce, at } = accountClient(ca);
    const old = nonce();
    ca.forgetNonces();
    expect(outcome(now(post(at('new-order'), {}, { nonce: old })))).toEqual([400, 'badNonce']);
  });

  it('with kid where jwk belongs', () => {
    const { post, at } = accountClient(fakeCa());
    expect(outcome(now(post(at('new-account'), {})))).toEqual([400, 'malformed']);
  });

  it('by an account that is deactivated', () => {
    const { post, kid, at } = accountClient(fakeCa());
    expect(now(post(kid, { status: 'deactivated' })).json.status).toBe('deactivated');
    expect(outcome(now(post(at('new-order'), {})))).toEqual([401, 'unauthorized']);
    expect(outcome(now(post(at('new-account'), {}, { kid: undefined })))).toEqual([401, 'unauthorized']);
  });

  it('with a wrong signature of a real key, and taken with a right one', async () => {
    for (const alg of ['ES256', 'RS256'] as const) {
      const signer = await firstValueFrom(generateSigner(alg));
      const { post, kid } = accountClient(fakeCa(), signer);
      expect((await firstValueFrom(post(kid))).status).toBe(200);
      expect(outcome(await firstValueFrom(post(kid, '', { input: 'else' })))).toEqual([400, 'malformed']);
      expect(outcome(await firstValueFrom(post(kid, '', { signer: synchronousSigner() })))).toEqual([400, 'malformed']);
    }
  });
});

it('a refusal names what algorithms there are', () => {
  const { post, at } = accountClient(fakeCa());
  const { json } = now(post(at('new-order'), {}, { header: { alg: 'ES256K' } }));
  expect(json.algorithms).toEqual(['ES256', 'ES384', 'ES512', 'RS256', 'EdDSA']);
});

it('a key that says it is for another algorithm is refused', () => {
  const { post } = rawClient(fakeCa());
  const jwk = { ...synchronousSigner().publicJwk, alg: 'ES384' };
  expect(outcome(now(post('https://ca.test/new-account', {}, { header: { jwk } })))).toEqual([
    400,
    'badSignatureAlgorithm',
  ]);
});

it.each(['directory', 'new-nonce'])('%s is asked by GET, or by POST-as-GET', (path) => {
  const { post, get, at } = accountClient(fakeCa());
  const [got, posted] = [now(get(at(path))), now(post(at(path)))];
  expect([got.status, got.text]).toEqual([posted.status, posted.text]);
  expect(posted.headers['replay-nonce']).toBeDefined();
  expect(now(post(at(path), '', { kid: undefined })).status).toBe(got.status);
  expect(outcome(now(post(at(path), {})))).toEqual([400, 'malformed']);
  expect(outcome(now(post(at(path), '', { nonce: 'unknown' })))).toEqual([400, 'badNonce']);
});

it.each([
  'nowhere',
  'order',
  'order/',
  'order/1/2',
  'directory/',
  'directory/x',
  'new-nonce/1',
  '/directory',
  '',
  'DIRECTORY',
])('there is nothing at "%s"', (path) => {
  const { post, get, at } = accountClient(fakeCa());
  expect([404, 405]).toContain(now(get(at(path))).status);
  expect(now(post(at(path))).status).toBe(404);
});

it('a resource has one URL and no other', () => {
  const { post, order, prove, kid } = accountClient(fakeCa());
  const made = order('example.org');
  prove(made);
  const { certificate } = now(post(made.finalize, csrFor(['example.org']))).json;
  for (const url of [made.url, kid, certificate]) {
    expect(now(post(url)).status, url).toBe(200);
    for (const more of [
      '/',
      '/x',
      '?x',
      '#x',
      '%20',
      '-alternate-0',
      '-alternate-00',
      '-alternate-',
      '-alternate-0-alternate-0',
    ])
      expect([403, 404], url + more).toContain(now(post(url + more)).status);
  }
});

describe('a payload', () => {
  it('is refused where something is only read', () => {
    const { post, order, prove, kid } = accountClient(fakeCa());
    const made = order('example.org');
    prove(made);
    const { certificate } = now(post(made.finalize, csrFor(['example.org']))).json;
    for (const url of [made.url, certificate, kid.replace('account', 'orders')]) {
      expect([url, ...outcome(now(post(url, {})))]).toEqual([url, 400, 'malformed']);
      expect(now(post(url)).status).toBe(200);
    }
  });

  it('is missed where something is made', () => {
    const ca = fakeCa();
    const url = 'https://ca.test/new-account';
    expect(outcome(now(rawClient(ca).post(url)))).toEqual([400, 'malformed']);
    expect(outcome(now(rawClient(ca).post(url, { onlyReturnExisting: true })))).toEqual([400, 'accountDoesNotExist']);
  });

  it.each(['notBefore', 'notAfter', 'profile', 'replaces'])(
    'is refused where %s is no text, however deep',
    (member) => {
      const { post, at, kid } = accountClient(fakeCa());
      const identifiers = [{ type: 'dns', value: 'a.test' }];
      const deep: unknown = JSON.parse('['.repeat(2_000) + ']'.repeat(2_000));
      for (const value of [7, null, {}, deep])
        expect(outcome(now(post(at('new-order'), { identifiers, [member]: value })))).toEqual([400, 'malformed']);
      expect(now(post(kid.replace('account', 'orders'))).json.orders).toEqual([]);
    },
  );
});

it('only what makes a resource says where it is', () => {
  const { post, order, prove, kid } = accountClient(fakeCa());
  const made = order('example.org');
  prove(made);
  const answers = [post(made.url), post(made.finalize, csrFor(['example.org'])), post(kid), post(kid, {})].map(now);
  expect(answers.map(({ status, headers }) => [status, headers['location']])).toEqual(Array(4).fill([200, undefined]));
});

it('every answer but the directory brings a nonce, refusals too, and all link to the directory', () => {
  const { post, get, at } = accountClient(fakeCa());
  const answers = [now(get(at('new-nonce'))), now(post(at('new-order'), {})), now(post(at('order/1')))];
  const nonces = answers.map(({ headers }) => headers['replay-nonce']);
  expect(nonces.every(Boolean)).toBe(true);
  expect(new Set(nonces).size).toBe(3);
  expect(now(get(at('directory'))).headers['replay-nonce']).toBeUndefined();
  for (const { headers } of [...answers, now(get(at('directory')))])
    expect(headers['link']).toContain('<https://ca.test/directory>;rel="index"');
});

describe('finalizing is refused', () => {
  it('before the order is ready, and after it was done', () => {
    const { order, post, prove } = accountClient(fakeCa());
    const made = order('example.org');
    expect(outcome(now(post(made.finalize, csrFor(['example.org']))))).toEqual([403, 'orderNotReady']);
    prove(made);
    expect(now(post(made.finalize, csrFor(['example.org']))).json.status).toBe('valid');
    expect(outcome(now(post(made.finalize, csrFor(['example.org']))))).toEqual([403, 'orderNotReady']);
  });

  it.each<[string, object]>([
    ['of other names', csrFor(['example.com'])],
    ['of fewer names', csrFor(['a.example.org'])],
    ['of more names', csrFor(['a.example.org', 'b.example.org', 'c.example.org'])],
    ['that holds the account key', csrFor(['a.example.org', 'b.example.org'], synchronousCertificateKey('account'))],
    ['that is no DER', csrOf(new TextEncoder().encode('no DER'))],
    ['that is no base64url', { csr: '!' }],
    ['that is not there', {}],
    ['that is a number', { csr: 1234 }],
    ['that is null', { csr: null }],
  ])('with a CSR %s, and the order stays ready', async (_, payload) => {
    const { order, post, prove } = accountClient(fakeCa());
    const made = order('a.example.org', 'b.example.org');
    prove(made);
    expect(outcome(await firstValueFrom(post(made.finalize, payload)))).toEqual([400, 'badCSR']);
    expect(now(post(made.url)).json.status).toBe('ready');
  });
});

describe('what belongs to another account is not shown', () => {
  it('order, finalize, authorization, challenge, order list and account', () => {
    const ca = fakeCa();
    const owner = accountClient(ca);
    const made = owner.order('example.org');
    const [authorization = ''] = made.authorizations;
    const [challenge] = now(owner.post(authorization)).json.challenges;
    const { post } = accountClient(ca, synchronousSigner('other'));
    const orders = owner.kid.replace('account', 'orders');
    for (const url of [made.url, made.finalize, authorization, challenge.url, orders, owner.kid])
      expect([url, ...outcome(now(post(url)))]).toEqual([url, 403, 'unauthorized']);
  });

  it('certificate', () => {
    const ca = fakeCa();
    const owner = accountClient(ca);
    const made = owner.order('example.org');
    owner.prove(made);
    const { certificate } = now(owner.post(made.finalize, csrFor(['example.org']))).json;
    const { post } = accountClient(ca, synchronousSigner('other'));
    expect(outcome(now(post(certificate)))).toEqual([403, 'unauthorized']);
    expect(outcome(now(owner.post(`${certificate}-alternate-5`)))).toEqual([404, 'malformed']);
  });

  it.each(['order', 'finalize', 'authorization', 'challenge', 'certificate'])(
    'and no %s is found that is not there',
    (path) => {
      const { post, at } = accountClient(fakeCa());
      expect(outcome(now(post(at(`${path}/999`))))).toEqual([404, 'malformed']);
    },
  );
});

it('a challenge is answered once', () => {
  const { order, post, prove } = accountClient(fakeCa());
  const made = order('example.org');
  expect(prove(made).map(({ json }) => json.status)).toEqual(['valid']);
  const { challenges } = now(post(made.authorizations[0] ?? '')).json;
  expect(
    challenges.map((each: { status: string }) => outcome(now(post((each as never as { url: string }).url, {})))),
  ).toEqual(challenges.map(() => [400, 'malformed']));
});
