import { concat, EMPTY, first, last, map, of, take } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  AcmeProblemError,
  AcmeProtocolError,
  type Certificate,
  type CertificateIssued,
  getAlternateCertificates,
  issuedBy,
  obtainCertificate,
  shortestChain,
  toCertificate,
} from '../../lib/index.js';
import { fakeCa, type FakeCaOptions, recordingSolver, testAccount } from '../../lib/testing/index.js';
import { completed, errorOf, record, virtualTime, type VirtualTime } from '../support/virtual-time.js';
import { covers } from '../support/covers.js';

covers('certificate');

const roots = ['Root A', 'Root B', 'Root C'];

function benchWith(time: VirtualTime, options: FakeCaOptions = {}) {
  const { scheduler } = time;
  const ca = fakeCa({ scheduler, roots, ...options });
  const account = testAccount(ca, { scheduler });
  const obtained = (identifiers = ['example.org']) => {
    const events$ = obtainCertificate(account, { identifiers, solvers: [recordingSolver()] });
    const { values } = completed(time, events$.pipe(toCertificate(), last()));
    return (values[0] as CertificateIssued).certificate;
  };
  const certificate = obtained();
  const before = ca.history.count('certificate');
  return { ca, account, certificate, obtained, asked: () => ca.history.count('certificate') - before };
}

const issuerOf = ({ chain }: Certificate) => chain.at(-1)?.issuer;
const chainOf = (...issuers: string[]) => ({ chain: issuers.map((issuer) => ({ issuer })) }) as unknown as Certificate;

describe('getAlternateCertificates', () => {
  it('emits each other chain when it is there, one request at a time, and completes', () =>
    virtualTime((time) => {
      const { ca, account, certificate, asked } = benchWith(time);
      ca.script('certificate', { delayMs: 10 }, 'always');
      expect(certificate.alternates).toHaveLength(2);
      const alternates$ = getAlternateCertificates(account, certificate);
      expect(asked()).toBe(0);
      time
        .expectObservable(alternates$.pipe(map(issuerOf)))
        .toBe('10ms b 9ms (c|)', { b: 'CN=Root B', c: 'CN=Root C' });
      time.flush();
      expect(asked()).toBe(2);
    }));

  it('begins each with the same certificate', () =>
    virtualTime((time) => {
      const { account, certificate } = benchWith(time);
      const { values } = completed(time, getAlternateCertificates(account, certificate));
      expect(values.map(({ leaf }) => leaf)).toEqual([certificate.leaf, certificate.leaf]);
    }));

  it('sends no request beyond those that are taken', () =>
    virtualTime((time) => {
      const { account, certificate, asked } = benchWith(time);
      completed(time, getAlternateCertificates(account, certificate).pipe(take(1)));
      expect(asked()).toBe(1);
    }));

  it('asks for no chain twice, and not for the one at hand', () =>
    virtualTime((time) => {
      const { account, certificate, asked } = benchWith(time);
      const [one = ''] = certificate.alternates;
      const alternates = [certificate.url, one, one];
      completed(time, getAlternateCertificates(account, { ...certificate, alternates }));
      expect(asked()).toBe(1);
    }));

  it('completes at once where there is no other', () =>
    virtualTime((time) => {
      const { account, certificate, asked } = benchWith(time, { roots: ['Root A'] });
      expect(completed(time, getAlternateCertificates(account, certificate))).toMatchObject({
        values: [],
        isComplete: true,
      });
      expect(asked()).toBe(0);
    }));

  it('refuses a chain for other names', () =>
    virtualTime((time) => {
      const { account, certificate, obtained } = benchWith(time);
      const alternates = [obtained(['other.test']).url];
      const error = errorOf(time, getAlternateCertificates(account, { ...certificate, alternates }));
      expect(error).toBeInstanceOf(AcmeProtocolError);
      expect(error).toMatchObject({ url: alternates[0] });
    }));

  it('refuses a chain that begins with another certificate for the same key and names', () =>
    virtualTime((time) => {
      const { account, certificate } = benchWith(time);
      const der = Uint8Array.from(certificate.leaf.der, (octet, index) => (index === 20 ? octet ^ 1 : octet));
      const leaf = { ...certificate.leaf, der };
      expect(errorOf(time, getAlternateCertificates(account, { ...certificate, leaf }))).toMatchObject({
        code: 'protocol',
        message: expect.stringMatching(/another certificate: do not install it/) as unknown,
        url: certificate.alternates[0],
      });
    }));

  it('errors as the server says it', () =>
    virtualTime((time) => {
      const { ca, account, certificate, asked } = benchWith(time);
      ca.failNext('certificate', { type: 'unauthorized', status: 403 });
      const error = errorOf(time, getAlternateCertificates(account, certificate));
      expect(error).toBeInstanceOf(AcmeProblemError);
      expect(error).toMatchObject({ status: 403, url: certificate.alternates[0] });
      expect(asked()).toBe(1);
    }));

  it('ends with its subscription', () =>
    virtualTime((time) => {
      const { ca, account, certificate } = benchWith(time, { latencyMs: { certificate: 10 } });
      record(getAlternateCertificates(account, certificate)).unsubscribe();
      expect([ca.history.cancelled.length, time.timers()]).toEqual([1, 0]);
    }));

  it.each([
    ['Root A', 0],
    ['Root B', 1],
    ['Root C', 2],
    ['Root D', 2],
  ])('with issuedBy finds the chain of %s with %d requests, or leaves the default', (name, requests) =>
    virtualTime((time) => {
      const { account, certificate, asked } = benchWith(time);
      const all$ = concat(of(certificate), getAlternateCertificates(account, certificate));
      const { values } = completed(time, all$.pipe(first(issuedBy(name), certificate)));
      expect(values.map(issuerOf)).toEqual([`CN=${name === 'Root D' ? 'Root A' : name}`]);
      expect(asked()).toBe(requests);
    }),
  );
});

describe('issuedBy', () => {
  it.each([
    ['ISRG Root X2', ['CN=YE1,C=US', 'CN=ISRG Root X2,O=ISRG,C=US'], true],
    ['CN=ISRG Root X2,O=ISRG,C=US', ['CN=ISRG Root X2,O=ISRG,C=US'], true],
    ['YE1', ['CN=YE1,C=US', 'CN=ISRG Root X2,O=ISRG,C=US'], false],
    ['ISRG Root X', ['CN=ISRG Root X2'], false],
    ['ISRG', ['O=ISRG,CN=Root'], false],
    ['Root, the first + last', ['C=US,CN=Root\\, the first \\+ last'], true],
    ['Root', ['O=A\\,CN=Root'], false],
    ['Root', ['OU=x+CN=Root,O=A'], true],
    ['', ['C=US'], false],
    ['Root', [], false],
  ])('%j: %j is %j', (name, issuers, expected) => {
    expect(issuedBy(name)(chainOf(...issuers))).toBe(expected);
  });
});

describe('shortestChain', () => {
  it('emits the first of the shortest when all have come', () =>
    virtualTime(({ cold, expectObservable }) => {
      const chains = { a: chainOf('1', '2', '3'), b: chainOf('1', '2'), c: chainOf('3', '4') };
      expectObservable(cold('-a-b-c-|', chains).pipe(shortestChain())).toBe('-------(b|)', chains);
      expectObservable(cold('-a-#', chains).pipe(shortestChain())).toBe('---#');
      expectObservable(EMPTY.pipe(shortestChain())).toBe('|');
    }));
});
