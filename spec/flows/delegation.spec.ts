import { concatMap, firstValueFrom, lastValueFrom, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  autoRenewal,
  buildDelegatedRequest,
  delegation,
  delegationIdentifiers,
  getDelegation,
  generateCertificateKey,
  listDelegations,
  newOrder,
  obtainCertificate,
  toCertificate,
} from '../../lib/index.js';
import {
  fakeCa,
  type FakeCaOptions,
  synchronousCertificateKey,
  synchronousPorts,
  testAccount,
} from '../../lib/testing/index.js';
import { covers } from '../support/covers.js';
import { now } from '../testing/support/raw-client.js';
import { delegationExample } from '../vectors/delegations.js';

covers('delegation');

const identifiers = ['abc.ido.example'];
const other = { 'csr-template': { ...delegationExample['csr-template'], keyTypes: [] } };

function world(options: FakeCaOptions = {}) {
  const ca = fakeCa({ delegations: [delegationExample, other, {}, {}], ...options });
  const account = testAccount(ca);
  const url = 'https://ca.test/delegation/1';
  const errors: unknown[] = [];
  return { ca, account, url, errors, error: (error: unknown) => errors.push(error) };
}

const problem = (type: string, status = 403) => ({ status, problem: { type: `urn:ietf:params:acme:error:${type}` } });

describe('a delegated name', () => {
  it('is found among those that the account has, over several pages', () => {
    const { ca, account, url } = world();
    const urls = now(listDelegations(account).pipe(toArray()));
    expect(urls).toEqual([1, 2, 3, 4].map((number) => `https://ca.test/delegation/${number}`));
    expect(ca.history.count('delegations')).toBe(2);
    expect(now(getDelegation(account, url)).cnameMap).toEqual({ 'abc.ido.example.': 'abc.ndc.example.' });
  });

  it('gets a certificate without an authorization, by GET without a signature', () => {
    const { ca, account, url } = world();
    const events = now(
      getDelegation(account, url).pipe(
        concatMap(({ csrTemplate }) =>
          obtainCertificate(account, {
            identifiers: delegationIdentifiers(csrTemplate),
            extensions: [delegation(url, { allowCertificateGet: true })],
            solvers: [],
          }),
        ),
        toArray(),
      ),
    );
    expect(events.map(({ type }) => type)).toEqual([
      'order-created',
      'order-ready',
      'order-finalized',
      'certificate-issued',
    ]);
    const { operation, method } = ca.history.requests.at(-1) ?? {};
    expect([operation, method]).toEqual(['sharedCertificate', 'GET']);
    expect(ca.history.requests.some((each) => each.operation === 'authorization')).toBe(false);
  });

  it('gets one that is renewed by itself', () => {
    const { account, url } = world({ autoRenewal: { allowCertificateGet: true } });
    const renewal = autoRenewal({
      endAt: new Date(Date.now() + 10 * 86_400_000),
      lifetimeMs: 86_400_000,
      allowCertificateGet: true,
    });
    const extensions = [delegation(url), renewal];
    const { certificate } = now(
      obtainCertificate(account, { identifiers, extensions, solvers: [] }).pipe(toCertificate()),
    );
    expect(certificate.leaf.identifiers).toEqual([{ type: 'dns', value: 'abc.ido.example' }]);
  });

  it('gets one with the request that its template wants, with real keys', async () => {
    const { ca, url } = world();
    const { digest } = synchronousPorts();
    const account = testAccount(ca, {
      digest,
      keyGenerator: undefined,
      certificateRequestBuilder: undefined,
      certificateReader: undefined,
    });
    const key = await firstValueFrom(generateCertificateKey('P-256'));
    const { csrTemplate } = await firstValueFrom(getDelegation(account, url));
    const csr = await firstValueFrom(buildDelegatedRequest(account.session, key, { ...csrTemplate, subject: {} }));
    const events$ = obtainCertificate(account, {
      identifiers,
      csr,
      extensions: [delegation(url, { allowCertificateGet: true })],
      solvers: [],
    });
    const { certificate } = await lastValueFrom(events$.pipe(toCertificate()));
    expect(certificate.leaf.publicKey).toEqual(key.publicKey);
  });

  it('is refused where the delegation is not known', () => {
    const { account, errors, error } = world();
    const extensions = [delegation('https://ca.test/delegation/9', { allowCertificateGet: true })];
    newOrder(account, { identifiers, extensions }).subscribe({ error });
    getDelegation(account, 'https://ca.test/delegation/9').subscribe({ error });
    expect(errors).toMatchObject([problem('unknownDelegation'), problem('unknownDelegation')]);
  });

  it('is refused for a name that is not delegated, without GET, and for a key that its template does not take', () => {
    const { account, url, errors, error } = world();
    const extensions = [delegation(url, { allowCertificateGet: true })];
    newOrder(account, { identifiers: ['other.example'], extensions }).subscribe({ error });
    newOrder(account, { identifiers, extensions: [delegation(url)] }).subscribe({ error });
    obtainCertificate(account, {
      identifiers,
      key: synchronousCertificateKey('another'),
      extensions: [delegation('https://ca.test/delegation/2', { allowCertificateGet: true })],
      solvers: [],
    }).subscribe({ error });
    expect(errors).toMatchObject([problem('rejectedIdentifier'), problem('malformed', 400), problem('badCSR')]);
  });

  it('is not asked for where the server delegates nothing', () => {
    const { ca, account, url, errors, error } = world({ delegations: undefined });
    listDelegations(account).subscribe({ error });
    newOrder(account, { identifiers, extensions: [delegation(url)] }).subscribe({ error });
    expect(errors).toMatchObject([{ code: 'unsupported' }, { code: 'unsupported' }]);
    expect(ca.history.count('newOrder')).toBe(0);
    expect(() => delegation('/delegation/1')).toThrow(TypeError);
  });
});
