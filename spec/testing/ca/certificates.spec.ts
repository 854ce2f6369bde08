import { describe, expect, it } from 'vitest';
import { encodeBase64url } from '../../../lib/codec/base64url.js';
import { parsePemChain } from '../../../lib/codec/pem.js';
import { type CertificateIssued, getCertificate, obtainCertificate, toCertificate } from '../../../lib/index.js';
import {
  fakeCa,
  type FakeCaOptions,
  recordingSolver,
  synchronousSigner,
  testAccount,
} from '../../../lib/testing/index.js';
import { decodeFakeDer } from '../../../lib/testing/synchronous/fake-der.js';
import { accountClient, csrFor, now, outcome } from '../support/raw-client.js';

/** An account with a certificate. */
function issued(options: FakeCaOptions = {}, names = ['example.org']) {
  const ca = fakeCa(options);
  const client = accountClient(ca);
  const made = client.order(...names);
  client.prove(made, 'dns-01');
  const url: string = now(client.post(made.finalize, csrFor(names))).json.certificate;
  const answer = now(client.post(url));
  const [leaf = new Uint8Array()] = parsePemChain(answer.text);
  return { ca, ...client, url, answer, certificate: encodeBase64url(leaf), revokeUrl: client.at('revoke-cert') };
}

describe('a certificate', () => {
  it('comes as a chain, with its kind, for the names and the key of the request', () => {
    const { answer } = issued();
    expect([answer.status, answer.headers['content-type']]).toEqual([200, 'application/pem-certificate-chain']);
    expect(answer.headers['link']).not.toContain('alternate');
    expect(parsePemChain(answer.text)).toHaveLength(2);
  });

  it('has every chain, each of which names the others', () => {
    const { answer, post, url } = issued({ roots: ['first', 'second', 'third'] });
    const alternates = (link = '') => [...link.matchAll(/<([^>]+)>;rel="alternate"/g)].map(([, found]) => found);
    const [second = '', third = ''] = alternates(answer.headers['link']);
    expect(alternates(now(post(second)).headers['link'])).toEqual([url, third]);
    expect(alternates(now(post(third)).headers['link'])).toEqual([url, second]);
    const texts = [url, second, third].map((each) => now(post(each)).text);
    expect(new Set(texts).size).toBe(3);
    expect(new Set(texts.map((text) => parsePemChain(text)[0]?.join()))).toHaveProperty('size', 1);
    expect(outcome(now(post(`${url}-alternate-3`)))).toEqual([404, 'malformed']);
  });

  it('is valid from now on for as long as the options say, by the CA’s clock', () => {
    const at = Date.UTC(2030, 0, 1);
    const ca = fakeCa({ clock: { now: () => at }, lifetimeMs: 5_000 });
    const request = { identifiers: ['a.test', '*.a.test', '192.0.2.1'], solvers: [recordingSolver()] };
    const { certificate } = now(obtainCertificate(testAccount(ca), request).pipe(toCertificate())) as CertificateIssued;
    expect(certificate.leaf).toMatchObject({
      notBeforeAt: new Date(at),
      notAfterAt: new Date(at + 5_000),
      identifiers: [
        { type: 'dns', value: 'a.test' },
        { type: 'dns', value: '*.a.test' },
        { type: 'ip', value: '192.0.2.1' },
      ],
    });
  });

  it('is valid when the order says', () => {
    const { post, at, prove } = accountClient(fakeCa({ clock: { now: () => Date.UTC(2030, 0, 1) } }));
    const asked = { notBefore: '2030-02-01T00:00:00Z', notAfter: '2030-03-01T00:00:00Z' };
    const { json } = now(post(at('new-order'), { identifiers: [{ type: 'dns', value: 'a.test' }], ...asked }));
    prove(json);
    const { certificate } = now(post(json.finalize, csrFor(['a.test']))).json;
    const [leaf] = parsePemChain(now(post(certificate)).text);
    const said = decodeFakeDer(leaf as Uint8Array) as { notBefore: number; notAfter: number };
    expect([said.notBefore, said.notAfter]).toEqual([asked.notBefore, asked.notAfter].map(Date.parse));
  });

  it('has a serial number of its own', () => {
    const ca = fakeCa();
    const account = testAccount(ca);
    const request = { identifiers: ['a.test'], solvers: [recordingSolver()] };
    const serial = () => now(obtainCertificate(account, request).pipe(toCertificate())).certificate.leaf.serialNumber;
    expect(new Set([serial(), serial(), serial()]).size).toBe(3);
  });

  it('is read again by its URL', () => {
    const ca = fakeCa();
    const account = testAccount(ca);
    const request = { identifiers: ['a.test'], solvers: [recordingSolver()] };
    const { certificate } = now(obtainCertificate(account, request).pipe(toCertificate()));
    expect(now(getCertificate(account, certificate.url)).leaf).toEqual(certificate.leaf);
  });

  it.each([undefined, 100])('does not come where issuing fails, and the order says why (delayMs: %s)', (delayMs) => {
    const ca = fakeCa({
      issuance: { outcome: ([first]) => ({ type: 'caa', detail: `CAA of ${first?.value}` }), delayMs },
      scheduler: { now: () => 0, schedule: (work: (state?: unknown) => void) => (work.call({}), {}) } as never,
    });
    const { order, prove, post } = accountClient(ca);
    const made = order('a.test');
    prove(made);
    now(post(made.finalize, csrFor(['a.test'])));
    expect(now(post(made.url)).json).toMatchObject({
      status: 'invalid',
      error: { type: 'urn:ietf:params:acme:error:caa', detail: 'CAA of a.test' },
    });
    expect(outcome(now(post(made.finalize, csrFor(['a.test']))))).toEqual([403, 'orderNotReady']);
  });
});

describe('revocation', () => {
  const byKey = (name = 'certificate') => ({ signer: synchronousSigner(name), kid: undefined });

  it('by the account, once', () => {
    const { post, revokeUrl, certificate } = issued();
    expect(now(post(revokeUrl, { certificate, reason: 4 }))).toMatchObject({ status: 200, text: '' });
    expect(outcome(now(post(revokeUrl, { certificate })))).toEqual([400, 'alreadyRevoked']);
  });

  it('by the key of the certificate', () => {
    const { post, revokeUrl, certificate } = issued();
    expect(outcome(now(post(revokeUrl, { certificate }, byKey('another'))))).toEqual([403, 'unauthorized']);
    expect(now(post(revokeUrl, { certificate }, byKey())).status).toBe(200);
    expect(outcome(now(post(revokeUrl, { certificate }, byKey())))).toEqual([400, 'alreadyRevoked']);
  });

  it('by another account exactly where that is authorized for every name', () => {
    const { ca, revokeUrl, certificate } = issued({}, ['a.test', '*.a.test']);
    const { post, order, prove } = accountClient(ca, synchronousSigner('other'));
    const refused = () => outcome(now(post(revokeUrl, { certificate })));
    expect(refused()).toEqual([403, 'unauthorized']);
    prove(order('a.test', 'b.test'), 'dns-01');
    expect(refused()).toEqual([403, 'unauthorized']);
    prove(order('*.a.test'), 'dns-01');
    expect(now(post(revokeUrl, { certificate })).status).toBe(200);
  });

  it.each([7, 11, -1, '1', null, 1.5])('refuses the reason %j', (reason) => {
    const { post, revokeUrl, certificate } = issued();
    expect(outcome(now(post(revokeUrl, { certificate, reason })))).toEqual([400, 'badRevocationReason']);
    expect(now(post(revokeUrl, { certificate, reason: 0 })).status).toBe(200);
  });

  it.each<[string, unknown, number]>([
    ['that is not there', undefined, 400],
    ['that is no base64url', 'a+b', 400],
    ['in PEM', '-----BEGIN CERTIFICATE-----', 400],
    ['of another CA', 'MAMCAQE', 404],
  ])('refuses a certificate %s', (_, certificate, status) => {
    const { post, revokeUrl } = issued();
    expect(outcome(now(post(revokeUrl, { certificate })))).toEqual([status, 'malformed']);
  });
});
