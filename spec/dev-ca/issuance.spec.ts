import { firstValueFrom, lastValueFrom, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { DevCa, DevCaOptions } from '../../lib/dev-ca/index.js';
import {
  AcmeAuthorizationError,
  AcmeProblemError,
  type CertificateIssued,
  type ChallengeSolver,
  dns01,
  getAuthorization,
  getOrder,
  obtainCertificate,
  type ObtainCertificateOptions,
  postAsGet,
  type RegisteredAccount,
  resumeOrder,
  signedPost,
  toCertificate,
} from '../../lib/index.js';
import { http01Server } from '../../lib/node/index.js';
import { freePort } from '../support/free-port.js';
import { openssl } from '../x509/openssl.js';
import { dnsResponder } from './support/dns-responder.js';
import { accountAt, errorOf, running, sessionWith } from './support/running.js';
import { tlsResponder, tlsSolver } from './support/tls-alpn01.js';

const poll = { firstMs: 20 };
const obtain = (account: RegisteredAccount, options: ObtainCertificateOptions): Promise<CertificateIssued> =>
  lastValueFrom(obtainCertificate(account, { poll, ...options }).pipe(toCertificate()));

/** What takes part where every answer is taken for right. */
const anySolver: ChallengeSolver = { types: ['http-01', 'dns-01'], present: () => [], cleanUp: () => [] };

async function obtainedFrom(options: DevCaOptions, identifiers: readonly string[] = ['example.org']) {
  const devCa = await running({ alwaysValid: true, ...options });
  const account = await accountAt(devCa);
  return { devCa, account, issued: await obtain(account, { identifiers, solvers: [anySolver] }) };
}

/** Rejects unless openssl takes the chain for right, strictly, knowing one root. */
async function verify(rootPem: string, chain: string, names: readonly string[]): Promise<void> {
  for (const name of names) {
    const check = /^[\d.]+$|:/.test(name) ? '-verify_ip' : '-verify_hostname';
    const args = ['-x509_strict', '-purpose', 'sslserver', '-CAfile', '@root', '-untrusted', '@chain', '@chain'];
    await openssl(['verify', check, name.replace('*', 'any'), ...args], { root: rootPem, chain });
  }
}

describe('a certificate by a real validation', () => {
  it('http-01: names and an address', async () => {
    const httpPort = await freePort();
    const devCa = await running({ httpPort });
    const identifiers = ['example.org', 'www.example.org', '192.0.2.7', '2001:db8::7'];
    const solvers = [http01Server({ port: httpPort, host: '127.0.0.1' })];
    const { certificate } = await obtain(await accountAt(devCa), { identifiers, solvers });
    await verify(devCa.rootPem, certificate.chainPem, identifiers);
    expect(certificate.leaf.identifiers.map(({ value }) => value)).toEqual(identifiers);
  });

  it('dns-01: a name and its wildcard, which share one record name', async () => {
    const { server, zone, questions } = await dnsResponder();
    const devCa = await running({ dnsServers: [server] });
    const values = (name: string) => (zone.get(name) as { txt: string[] } | undefined)?.txt ?? [];
    const solver = dns01({
      add: ({ name, value }) => [zone.set(name, { txt: [...values(name), value] })],
      remove: ({ name, value }) => [zone.set(name, { txt: values(name).filter((each) => each !== value) })],
    });
    const identifiers = ['example.org', '*.example.org'];
    const { certificate } = await obtain(await accountAt(devCa), { identifiers, solvers: [solver] });
    await verify(devCa.rootPem, certificate.chainPem, identifiers);
    expect(questions).toEqual(['TXT _acme-challenge.example.org', 'TXT _acme-challenge.example.org']);
    expect(values('_acme-challenge.example.org')).toEqual([]);
  });

  it('tls-alpn-01: a name and an address', async () => {
    const responder = await tlsResponder();
    const devCa = await running({ tlsPort: responder.port });
    const identifiers = ['example.org', '192.0.2.7'];
    const { certificate } = await obtain(await accountAt(devCa), { identifiers, solvers: [tlsSolver(responder)] });
    await verify(devCa.rootPem, certificate.chainPem, identifiers);
    expect(responder.asked.sort()).toEqual(['7.2.0.192.in-addr.arpa', 'example.org']);
  });

  it('not without the right answer, and then every name is told why', async () => {
    const devCa = await running({ httpPort: await freePort() });
    const account = await accountAt(devCa);
    const identifiers = ['a.example.org', 'b.example.org'];
    const error = await errorOf(obtainCertificate(account, { poll, identifiers, solvers: [anySolver] }));
    expect(error).toBeInstanceOf(AcmeAuthorizationError);
    const { failures } = error as AcmeAuthorizationError;
    expect(failures.map(({ identifier }) => identifier.value).sort()).toEqual(identifiers);
    for (const { problem, challengeType } of failures) {
      expect(challengeType).toBe('http-01');
      expect(problem).toMatchObject({ type: expect.stringMatching(/:connection$/), status: 400 });
      expect(problem?.detail).toMatch(/127\.0\.0\.1 port \d+: .*ECONNREFUSED/);
    }
  });
});

describe('the chains', () => {
  it('lead to the root, and the alternate ones to their own', async () => {
    const { devCa, issued, account } = await obtainedFrom({ alternateRoots: 2 });
    expect(devCa.alternateRootPems).toHaveLength(2);
    expect(issued.certificate.alternates).toHaveLength(2);
    await verify(devCa.rootPem, issued.certificate.chainPem, ['example.org']);
    for (const [index, url] of issued.certificate.alternates.entries()) {
      const { body } = await firstValueFrom(postAsGet(account, url));
      const chain = new TextDecoder().decode(body);
      await verify(devCa.alternateRootPems[index] ?? '', chain, ['example.org']);
      await expect(verify(devCa.rootPem, chain, ['example.org'])).rejects.toThrow(/issuer/);
    }
  });

  it('are as long valid as the options say', async () => {
    const { issued } = await obtainedFrom({ validityDays: 6 });
    const { notBeforeAt, notAfterAt } = issued.certificate.leaf;
    expect(notAfterAt.getTime() - notBeforeAt.getTime()).toBe(6 * 86_400_000 - 1000);
    const { issued: short } = await obtainedFrom({ validityDays: 0.01 });
    expect(short.certificate.leaf.notAfterAt.getTime()).toBeGreaterThan(Date.now());
    expect(short.certificate.leaf.notAfterAt.getTime()).toBeLessThan(Date.now() + 0.01 * 86_400_000);
  });

  it('are valid when the order says, or there are none', async () => {
    const devCa = await running({ alwaysValid: true });
    const account = await accountAt(devCa);
    const order = async (members: object) => {
      const url = await orderOf(devCa, account, { identifiers: [{ type: 'dns', value: 'example.org' }], ...members });
      const issued = await lastValueFrom(
        resumeOrder(account, url, { poll, solvers: [anySolver] }).pipe(toCertificate()),
      );
      return issued.certificate;
    };
    const notBefore = new Date(Date.now() + 3_600_000).toISOString().replace(/\.\d+/, '');
    const notAfter = new Date(Date.now() + 7_200_000).toISOString().replace(/\.\d+/, '');
    const { leaf } = await order({ notBefore, notAfter });
    expect(leaf).toMatchObject({ notBeforeAt: new Date(notBefore), notAfterAt: new Date(notAfter) });
    await expect(order({ notBefore: 'tomorrow' })).rejects.toThrow(/notBefore must be a date and time/);
    await expect(order({ notAfter: '2001-01-01T00:00:00Z' })).rejects.toThrow(/later than notBefore/);
    await expect(order({ notAfter: '2999-01-01T00:00:00Z' })).rejects.toThrow(/authority is valid/);
  });
});

/** Orders something that rxacme does not order by itself, and returns the URL of the order. */
async function orderOf(devCa: DevCa, account: RegisteredAccount, payload: object): Promise<string> {
  const { location = '' } = await firstValueFrom(signedPost(account, `${devCa.origin}/new-order`, payload));
  return location;
}

describe('how it answers', () => {
  it('says processing first, and Retry-After where it is told to', async () => {
    const devCa = await running({ alwaysValid: true, retryAfterMs: 1, validationDelayMs: 1 });
    const account = await accountAt(devCa);
    const events = await lastValueFrom(
      obtainCertificate(account, { identifiers: ['example.org'], solvers: [anySolver], poll }).pipe(toArray()),
    );
    expect(events.map(({ type }) => type)).toContain('polled');
    expect(events.find(({ type }) => type === 'challenge-answered')).toMatchObject({ status: 'processing' });
    expect(events.find(({ type }) => type === 'order-finalized')).toMatchObject({ status: 'processing' });
  });

  it('says how it ended where that is asked for, so that nobody has to look again', async () => {
    const devCa = await running({ alwaysValid: true, outcomeInAnswer: true });
    const account = await accountAt(devCa);
    const events = await lastValueFrom(
      obtainCertificate(account, { identifiers: ['example.org'], solvers: [anySolver], poll }).pipe(toArray()),
    );
    expect(events.find(({ type }) => type === 'challenge-answered')).toMatchObject({ status: 'valid' });
    expect(events.find(({ type }) => type === 'order-finalized')).toMatchObject({ status: 'valid' });
  });

  it('refuses nonces as often as it is told to, and clients live with it', async () => {
    const { issued } = await obtainedFrom({ badNonceRate: 0.3 });
    expect(issued.certificate.leaf.identifiers).toEqual([{ type: 'dns', value: 'example.org' }]);
    const devCa = await running({ badNonceRate: 1 });
    const error = await errorOf(
      signedPost(
        { ...(await accountAt(await running())), session: sessionWith(devCa, { maxBadNonceRetries: 2 }) },
        `${devCa.origin}/new-order`,
        {},
      ),
    );
    expect(error).toMatchObject({ code: 'badNonce' });
  });

  it('offers the challenges that it is told to, where they can prove something', async () => {
    const devCa = await running({ challengeTypes: ['dns-01', 'tls-alpn-01'] });
    const account = await accountAt(devCa);
    const offered = async (value: string, type = 'dns') => {
      const url = await orderOf(devCa, account, { identifiers: [{ type, value }] });
      const { authorizations } = await firstValueFrom(getOrder(account, url));
      const { challenges, wildcard } = await firstValueFrom(getAuthorization(account, authorizations[0] ?? ''));
      return [wildcard, ...challenges.map((each) => each.type)];
    };
    expect(await offered('example.org')).toEqual([false, 'dns-01', 'tls-alpn-01']);
    expect(await offered('*.example.org')).toEqual([true, 'dns-01']);
    expect(await offered('192.0.2.1', 'ip')).toEqual([false, 'tls-alpn-01']);
  });

  it('takes no order that it could not fulfil', async () => {
    const devCa = await running({ challengeTypes: ['http-01'] });
    const account = await accountAt(devCa);
    const error = await errorOf(
      obtainCertificate(account, { identifiers: ['*.example.org'], solvers: [anySolver], poll }),
    );
    expect(error).toBeInstanceOf(AcmeProblemError);
    expect(error).toMatchObject({
      problem: {
        type: expect.stringMatching(/:rejectedIdentifier$/),
        detail: expect.stringContaining('*.example.org'),
      },
    });
  });
});
