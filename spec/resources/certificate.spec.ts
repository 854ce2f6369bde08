import { throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { AcmePortError, AcmeProtocolError, getCertificate, type Identifier } from '../../lib/index.js';
import { lost } from '../request/scripts.js';
import type { Answer } from '../support/scripted-ca.js';
import { fakeDer, syncBench, syncCertificateReader, syncCertificateRequest, syncKey } from '../support/sync-ports.js';
import { completed, errorOf, virtualTime, type VirtualTime } from '../support/virtual-time.js';
import { covers } from '../support/covers.js';

covers('certificate', 'postAsGet');

const url = 'https://ca.test/certificate/1';
const key = syncKey();
const der = syncCertificateRequest(key, ['example.org', '*.example.org']);
const identifiers: Identifier[] = ['*.example.org', 'Example.org'].map((value) => ({ type: 'dns', value }));
const expected = { publicKey: key.publicKey, identifiers };

const block = (octets: Uint8Array, label = 'CERTIFICATE') =>
  `-----BEGIN ${label}-----\n${Buffer.from(octets).toString('base64')}\n-----END ${label}-----\n`;

function benchWith(time: VirtualTime, body: string, headers: Answer['headers'] = {}, options = {}) {
  const bench = syncBench(time.scheduler, {}, options);
  bench.ca.script('certificate', () => ({
    body,
    headers: { 'content-type': 'application/pem-certificate-chain', ...headers },
  }));
  return bench;
}

describe('getCertificate', () => {
  it('emits the chain once and completes, by one POST-as-GET for PEM', () =>
    virtualTime((time) => {
      const issuer = syncCertificateRequest(syncKey(5), []);
      const pem = block(der) + block(issuer);
      const { ca, account } = benchWith(time, pem, {
        link: '<https://ca.test/directory>;rel="index", <https://ca.test/certificate/1/a>;rel="alternate", </certificate/1/b>;rel="alternate"',
        'retry-after': '6',
      });
      const { values, isComplete } = completed(time, getCertificate(account, url, expected));
      expect([values.length, isComplete]).toEqual([1, true]);
      expect(values[0]).toMatchObject({
        url,
        chainPem: pem,
        retryAfterMs: 6_000,
        alternates: ['https://ca.test/certificate/1/a', 'https://ca.test/certificate/1/b'],
      });
      expect(values[0]?.chain.map((each) => each.der)).toEqual([der, issuer]);
      expect(values[0]?.leaf).toBe(values[0]?.chain[0]);
      expect(ca.history.at(-1)).toMatchObject({
        operation: 'certificate',
        payload: '',
        http: { headers: { accept: 'application/pem-certificate-chain' } },
      });
    }));

  it('downloads again when the answer is lost', () =>
    virtualTime((time) => {
      const { ca, account } = benchWith(time, block(der));
      ca.script('certificate', lost, 1);
      ca.script('certificate', () => ({ body: block(der) }), 2);
      expect(completed(time, getCertificate(account, url)).values).toHaveLength(1);
    }));

  it('takes any key and any names where none are expected', () =>
    virtualTime((time) => {
      const { account } = benchWith(time, block(der));
      expect(completed(time, getCertificate(account, url)).values).toHaveLength(1);
    }));

  it.each([
    ['a private key', block(der) + block(Buffer.from('key'), 'PRIVATE KEY'), /CERTIFICATE/],
    ['text around the blocks', `subject=CN\n${block(der)}`, /text outside/],
    ['HTML', '<html>', /text outside/],
    ['nothing', '', /empty/],
    ['another key', block(syncCertificateRequest(syncKey(5), ['example.org', '*.example.org'])), /another key/],
    ['a name less', block(syncCertificateRequest(key, ['example.org'])), /lacks \*\.example\.org/],
    [
      'a name more',
      block(syncCertificateRequest(key, ['example.org', '*.example.org', 'other.test'])),
      /names other\.test too/,
    ],
    [
      'an issuer that did not sign',
      block(fakeDer({ identifiers, publicKey: Buffer.from(key.publicKey).toString('hex'), verifiedByNext: false })),
      /not signed by/,
    ],
  ])('refuses a chain with %s, and keeps what came', (_what, pem, message) =>
    virtualTime((time) => {
      const { account } = benchWith(time, pem);
      const error = errorOf(time, getCertificate(account, url, expected)) as AcmeProtocolError;
      expect(error).toBeInstanceOf(AcmeProtocolError);
      expect(error.message).toMatch(message);
      expect(Buffer.from(error.body ?? []).toString()).toBe(pem);
      expect(JSON.stringify(error)).not.toContain(Buffer.from('key').toString('base64'));
    }),
  );

  it.each([
    ['that is no chain', '<html>'],
    ['with another key', block(syncCertificateRequest(syncKey(5), ['example.org', '*.example.org']))],
  ])('names the URL of an answer %s', (_what, pem) =>
    virtualTime((time) => {
      const { account } = benchWith(time, pem);
      expect(errorOf(time, getCertificate(account, url, expected))).toMatchObject({ code: 'protocol', url });
    }),
  );

  it('errors with AcmePortError where the reader fails', () =>
    virtualTime((time) => {
      const failure = new Error('out of memory');
      const certificateReader = { ...syncCertificateReader, readChain: () => throwError(() => failure) };
      const { account } = benchWith(time, block(der), {}, { certificateReader });
      const error = errorOf(time, getCertificate(account, url));
      expect(error).toBeInstanceOf(AcmePortError);
      expect(error).toMatchObject({ port: 'certificateReader', cause: failure });
    }));
});
