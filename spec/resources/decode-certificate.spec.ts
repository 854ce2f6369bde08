import fc from 'fast-check';
import { firstValueFrom, last } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  AcmeError,
  AcmeProtocolError,
  buildCertificateRequest,
  type Certificate,
  decodeCertificate,
  generateCertificateKey,
  obtainCertificate,
  revokeCertificate,
  toCertificate,
} from '../../lib/index.js';
import { fakeCa, recordingSolver, synchronousPorts, testAccount } from '../../lib/testing/index.js';
import { anyContext, anyJson, stored } from '../codec/support.js';
import { covers } from '../support/covers.js';
import { fakeCertificate, pemOf } from '../support/issuer-pages.js';
import { completed, errorOf, virtualTime, type VirtualTime } from '../support/virtual-time.js';
import { makeTestCa, toChainPem } from '../support/x509.js';

covers('certificate');

const { certificateReader } = synchronousPorts();
const chainPem = pemOf(fakeCertificate('', 'CN=One'), fakeCertificate('CN=One', 'CN=Root'));
const url = 'https://ca.test/certificate/1';

const decoded = (time: VirtualTime, value: unknown): Certificate => {
  const { values, error } = completed(time, decodeCertificate(value, certificateReader));
  expect(error).toBeUndefined();
  return values[0] as Certificate;
};

describe('a certificate as JSON', () => {
  it('has what cannot be read from the chain, and nothing binary', () =>
    virtualTime((time) => {
      const ca = fakeCa({ scheduler: time.scheduler, roots: ['A', 'B'] });
      const account = testAccount(ca, { scheduler: time.scheduler });
      const events$ = obtainCertificate(account, { identifiers: ['example.org'], solvers: [recordingSolver()] });
      const { certificate } = completed(time, events$.pipe(toCertificate(), last())).values[0] ?? {};
      const json = JSON.stringify(certificate);
      expect(Object.keys(JSON.parse(json) as object).sort()).toEqual(['alternates', 'chainPem', 'links', 'url']);
      expect(decoded(time, JSON.parse(json))).toEqual(certificate);
      // The event that brought it can be stored as it is.
      expect(JSON.stringify({ certificate })).toBe(`{"certificate":${json}}`);
      const { leaf } = decoded(time, JSON.parse(json));
      expect(completed(time, revokeCertificate(account, { certificate: leaf.der })).isComplete).toBe(true);
    }));

  it('can be copied: what is left out is not missed, what is too much is passed over', () =>
    virtualTime((time) => {
      const certificate = decoded(time, { url, chainPem });
      expect(certificate).toMatchObject({ url, links: [], alternates: [], leaf: { issuer: 'CN=One' } });
      expect(decoded(time, stored({ ...certificate, label: 'mine', leaf: 5 }))).toEqual(certificate);
      expect(structuredClone(certificate)).toEqual(certificate);
    }));

  it('is read back, whatever its context was', () => {
    const any = fc.record({
      context: anyContext,
      alternates: fc.array(fc.webUrl()),
      extra: fc.dictionary(fc.string(), anyJson),
    });
    virtualTime((time) => {
      fc.assert(
        fc.property(any, ({ context, alternates, extra }) => {
          const one = decoded(time, stored({ ...extra, retryAfterMs: undefined, ...context, alternates, chainPem }));
          expect(one).toMatchObject({ ...context, alternates });
          expect(decoded(time, stored(one))).toEqual(one);
        }),
      );
    });
  });

  it('of real certificates is read back too', async () => {
    const ca = await makeTestCa();
    const key = await firstValueFrom(generateCertificateKey('P-256'));
    const csr = await firstValueFrom(buildCertificateRequest(key, [{ type: 'dns', value: 'example.com' }]));
    const one = await firstValueFrom(
      decodeCertificate({ url, chainPem: toChainPem([await ca.issue(csr), ca.certificate]) }),
    );
    expect(await firstValueFrom(decodeCertificate(stored(one)))).toEqual(one);
    expect(one.chain.map(({ keyType, isCa }) => [keyType, isCa])).toEqual([
      ['P-256', false],
      ['P-256', true],
    ]);
  });
});

describe('decodeCertificate', () => {
  it.each<[string, unknown, RegExp]>([
    ['nothing', undefined, /must be an object/],
    ['text', chainPem, /must be an object/],
    ['no chain', { url }, /member "chainPem" must be a string/],
    ['no URL', { chainPem }, /member "url" must be/],
    ['a relative URL', { chainPem, url: '/certificate/1' }, /absolute URL/],
    ['a chain with a key in it', { url, chainPem: chainPem.replaceAll('CERTIFICATE', 'PRIVATE KEY') }, /another type/],
    [
      'a chain that does not hold',
      { url, chainPem: pemOf(fakeCertificate('', 'CN=One'), fakeCertificate('', 'CN=Two')) },
      /not signed/,
    ],
  ])('errors with AcmeProtocolError on %s', (_what, value, message) =>
    virtualTime((time) => {
      const error = errorOf(time, decodeCertificate(value, certificateReader));
      expect(error).toBeInstanceOf(AcmeProtocolError);
      expect((error as AcmeProtocolError).message).toMatch(message);
    }),
  );

  it('emits or errors, and nothing else, on any JSON', () => {
    const value = fc.oneof(
      anyJson,
      fc.record({ url: anyJson, chainPem: fc.oneof(fc.constant(chainPem), anyJson), links: anyJson }),
    );
    virtualTime((time) => {
      fc.assert(
        fc.property(value, (json) => {
          const { values, error } = completed(time, decodeCertificate(json, certificateReader));
          if (values.length === 0) expect(error).toBeInstanceOf(AcmeError);
        }),
      );
    });
  });
});
