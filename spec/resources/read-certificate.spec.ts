import { describe, expect, it } from 'vitest';
import { encodeUtf8 } from '../../lib/codec/utf8.js';
import type { Certificate } from '../../lib/index.js';
import { readCertificate, storable } from '../../lib/resources/read-certificate.js';
import { synchronousPorts } from '../../lib/testing/index.js';
import { fakeCertificate, pemOf } from '../support/issuer-pages.js';
import { completed, errorOf, virtualTime } from '../support/virtual-time.js';

const { certificateReader } = synchronousPorts();
const url = 'https://ca.test/certificate/1';
const context = { url, links: [{ url: 'https://ca.test/a', relations: ['alternate'] }], retryAfterMs: 5, status: 200 };
const body = encodeUtf8(pemOf(fakeCertificate('', 'CN=One')));

describe('readCertificate', () => {
  it('keeps of an answer what the headers said of the resource, and nothing else', () =>
    virtualTime((time) => {
      const [certificate] = completed(time, readCertificate(certificateReader, { ...context, body })).values;
      const members = ['alternates', 'chain', 'chainPem', 'leaf', 'links', 'retryAfterMs', 'url'];
      expect(Object.keys(certificate ?? {}).sort()).toEqual(members);
      expect(certificate?.alternates).toEqual(['https://ca.test/a']);
    }));

  it('says where a chain comes from that it refuses, and keeps the octets and the cause', () =>
    virtualTime((time) => {
      const odd = encodeUtf8('odd');
      expect(errorOf(time, readCertificate(certificateReader, { url, links: [], body: odd }))).toMatchObject({
        code: 'protocol',
        url,
        body: odd,
        message: expect.stringMatching(/^https:\/\/ca\.test\/certificate\/1: certificate chain: /) as unknown,
      });
    }));
});

describe('storable', () => {
  it('hides how it is stored: copies and comparisons do not see it', () => {
    const certificate = storable({
      url,
      links: [],
      chainPem: 'pem',
      alternates: [],
      chain: [],
      leaf: {},
    } as never as Certificate);
    expect(JSON.stringify(certificate)).toBe(`{"url":"${url}","links":[],"chainPem":"pem","alternates":[]}`);
    expect(Object.keys(certificate)).not.toContain('toJSON');
    expect({ ...certificate }).not.toHaveProperty('toJSON');
    expect(structuredClone(certificate)).toEqual(certificate);
  });
});
