import { defer } from 'rxjs';
import { readChain } from '../../lib/x509/read-chain.js';
import { X509Certificate } from 'node:crypto';
import { Integer, UTCTime } from 'asn1js';
import { Certificate, Extension, GeneralName, GeneralNames } from 'pkijs';
import { firstValueFrom } from 'rxjs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { CertificateDetails } from '../../lib/model/certificate.js';
import { generateCertificateKey } from '../../lib/x509/certificate-key.js';
import { buildCertificateRequest } from '../../lib/x509/default-x509.js';
import { makeTestCa, type TestCa } from '../support/x509.js';
import { openssl } from './openssl.js';
import { exampleCertificate } from './vector-rfc9773.js';

const chainOf = (ders: readonly Uint8Array[]) => defer(() => readChain(ders));

async function read(der: Uint8Array): Promise<CertificateDetails> {
  const { links } = await firstValueFrom(chainOf([der]));
  return links[0] as CertificateDetails;
}

const identifiers = [
  { type: 'dns', value: 'example.com' },
  { type: 'dns', value: '*.example.com' },
  { type: 'ip', value: '192.0.2.7' },
  { type: 'ip', value: '2001:db8::1' },
  { type: 'ip', value: '::1' },
  { type: 'ip', value: '2001:db8:0:1:0:1:0:1' },
];

describe('the details of a certificate', () => {
  let ca: TestCa;
  let csr: Uint8Array;
  let publicKey: Uint8Array;

  beforeAll(async () => {
    ca = await makeTestCa({ name: 'Details Root' });
    const key = await firstValueFrom(generateCertificateKey('P-256'));
    publicKey = key.publicKey;
    csr = await firstValueFrom(buildCertificateRequest(key, identifiers));
  });

  it('are those of the example of RFC 9773', async () => {
    const details = await read(exampleCertificate);
    expect(details).toEqual({
      der: exampleCertificate,
      subject: 'CN=example.com',
      issuer: 'CN=Example CA',
      identifiers: [],
      serialNumber: '0087654321',
      keyType: 'P-256',
      isCa: false,
      authorityKeyIdentifier: '69885b6b87464041e1b37b847ba0ae2cde01c8d4',
      notBeforeAt: new Date('0001-01-01T00:00:00Z'),
      notAfterAt: new Date('0001-01-01T00:00:00Z'),
      publicKey: expect.any(Uint8Array) as unknown,
      verifiedByNext: true,
    });
    const node = new X509Certificate(exampleCertificate);
    expect(Buffer.from(details.publicKey)).toEqual(node.publicKey.export({ type: 'spki', format: 'der' }));
  });

  it('agree with node:crypto', async () => {
    const leaf = await ca.issue(csr, { serialNumber: Uint8Array.of(0x00, 0xfe, 0x01) });
    const details = await read(leaf);
    const node = new X509Certificate(leaf);
    expect(details.identifiers).toEqual(identifiers);
    expect(details.serialNumber).toBe('00fe01');
    expect(node.serialNumber).toBe('FE01');
    expect(details.notBeforeAt).toEqual(new Date(node.validFrom));
    expect(details.notAfterAt).toEqual(new Date(node.validTo));
    expect(details.publicKey).toEqual(publicKey);
    expect(details.issuer).toBe('CN=Details Root');
    expect(details.subject).toBe('');
    expect(details.authorityKeyIdentifier).toBe(Buffer.from(ca.keyIdentifier).toString('hex'));
    expect(details.der).toEqual(leaf);
  });

  it('have no member for a key identifier that is not there', async () => {
    const details = await read(await ca.issue(csr, { keyIdentifier: false }));
    expect(details).not.toHaveProperty('authorityKeyIdentifier');
    expect(details).not.toHaveProperty('subjectKeyIdentifier');
  });

  it('tell an authority by its basic constraints, and by its key identifier', async () => {
    const [authority, leaf] = [await read(ca.certificate), await read(await ca.issue(csr))];
    expect([authority.isCa, leaf.isCa]).toEqual([true, false]);
    expect(new X509Certificate(ca.certificate).ca).toBe(true);
    expect(authority.subjectKeyIdentifier).toBe(leaf.authorityKeyIdentifier);
    expect(authority.subjectKeyIdentifier).toBe(Buffer.from(ca.keyIdentifier).toString('hex'));
  });

  it.each([
    ['empty', Uint8Array.of(0x30, 0), false],
    ['that say false', Uint8Array.of(0x30, 3, 1, 1, 0), false],
    ['that say true', Uint8Array.of(0x30, 3, 1, 1, 0xff), true],
    ['that begin with a path length', Uint8Array.of(0x30, 3, 2, 1, 5), false],
  ])('are those of an authority or not: basic constraints %s', async (_what, value, expected) => {
    const leaf = await reissued(await ca.issue(csr), (it) => setExtension(it, '2.5.29.19', value.buffer));
    expect((await read(leaf)).isCa).toBe(expected);
  });

  it.each([
    '1999-12-31T23:59:59Z',
    '2026-03-29T01:30:00Z',
    '2049-12-31T23:59:59Z',
    '2050-01-01T00:00:00Z',
    '9999-12-31T23:59:59Z',
  ])('end at %s, in whatever form it is written', async (instant) => {
    const { notAfterAt } = await read(await ca.issue(csr, { notAfterAt: new Date(instant) }));
    expect(notAfterAt).toEqual(new Date(instant));
  });

  it('are the same when read from the middle of a larger buffer, and do not change with it', async () => {
    const leaf = await ca.issue(csr);
    const pool = Buffer.alloc(leaf.length + 100, 0x30);
    pool.set(leaf, 50);
    const details = await read(pool.subarray(50, 50 + leaf.length));
    pool.fill(0, 50, 50 + 20);
    expect(details.publicKey).toEqual(publicKey);
    expect(details.publicKey).not.toBeInstanceOf(Buffer);
    expect(details.publicKey.buffer.byteLength).toBe(publicKey.length);
  });

  it('leave out names that are neither DNS names nor addresses, and put DNS names in lower case', async () => {
    const leaf = await reissued(await ca.issue(csr), (certificate) => {
      const names = [
        new GeneralName({ type: 1, value: 'someone@example.com' }),
        new GeneralName({ type: 2, value: 'EXAMPLE.com' }),
        new GeneralName({ type: 6, value: 'https://example.com' }),
        new GeneralName({ type: 2, value: '\u00ef\u00bb\u00bfexample.com' }), // as UTF-8 a byte order mark
      ];
      setExtension(certificate, '2.5.29.17', new GeneralNames({ names }).toSchema().toBER());
    });
    const { identifiers: found } = await read(leaf);
    expect(found.map(({ value }) => value)).toEqual(['example.com', 'ï»¿example.com']);
  });

  it.each([
    [
      'an alternative name extension that is no list',
      (it: Certificate) => setExtension(it, '2.5.29.17', Uint8Array.of(5, 0).buffer),
    ],
    [
      'an alternative name extension with a tail',
      (it: Certificate) => setExtension(it, '2.5.29.17', Uint8Array.of(0x30, 0, 0).buffer),
    ],
    [
      'an address of five octets',
      (it: Certificate) => setExtension(it, '2.5.29.17', Uint8Array.of(0x30, 7, 0x87, 5, 1, 2, 3, 4, 5).buffer),
    ],
    ['two alternative name extensions', (it: Certificate) => it.extensions?.push(...(it.extensions ?? []).slice(0, 1))],
    [
      'a time that is none',
      (it: Certificate) => void (it.notBefore.toSchema = () => new UTCTime({ value: '261301000000Z' })),
    ],
    [
      'a time without a zone',
      (it: Certificate) => void (it.notBefore.toSchema = () => new UTCTime({ value: '2601010000' })),
    ],
    [
      'an integer for a name',
      (it: Certificate) => void (it.subject.toSchema = () => new Integer({ value: 1 }) as never),
    ],
  ])('cannot be read from a certificate with %s', async (_what, change) => {
    const leaf = await reissued(await ca.issue(csr), change);
    await expect(read(leaf)).rejects.toMatchObject({
      code: 'protocol',
      message: expect.stringMatching(/^certificate 1 of 1 /) as unknown,
    });
  });
});

describe('a distinguished name', () => {
  const subject = [
    '/C=AT/ST=Wien/L=W\\+n/O=B\u00e4cker \\+ S\u00f6hne, "GmbH"; <1>\\\\/OU= leading and trailing /OU=#hash',
    '/DC=example/DC=com/UID=u1/SN=Sur/GN=Given/title=Dr/serialNumber=42/street=Main St. 1/postalCode=1010',
    '/emailAddress=a@example.com/CN==example.com',
  ].join('');

  it.each([
    ['PrintableString and TeletexString', [], subject],
    ['BMPString and UTF8String', ['-utf8'], `${subject}/CN=\u2603\ud83d\ude00`],
  ])('of %s is what openssl prints', async (_types, flags, subj) => {
    const [pem, printed] = await selfSigned(
      [...flags, '-subj', subj],
      '[req]\ndistinguished_name=dn\nstring_mask=default\n[dn]\n',
    );
    const details = await read(new Uint8Array(new X509Certificate(pem).raw));
    expect(`subject=${details.subject}`).toBe(printed.trim());
  });

  it('joins the attributes of one part with a plus sign', async () => {
    const [pem] = await selfSigned(
      ['-multivalue-rdn', '-subj', '/O=x/CN=a+UID=b'],
      '[req]\ndistinguished_name=dn\n[dn]\n',
    );
    expect((await read(new Uint8Array(new X509Certificate(pem).raw))).subject).toBe('CN=a+UID=b,O=x');
  });

  it('is empty, or escapes what would mislead a terminal', async () => {
    const ca = await makeTestCa({ name: ' \u001b[31mred\u0000\u007f\u009b ' });
    expect((await read(ca.certificate)).subject).toBe('CN=\\ \\1b[31mred\\00\\7f\\c2\\9b\\ ');
    expect((await read((await makeTestCa({ name: ' ' })).certificate)).subject).toBe('CN=\\ ');
  });

  it('gives an attribute that it does not know by OID and hexadecimal', async () => {
    const config = 'oid_section=oids\n[oids]\nown=1.2.3.4\n[req]\ndistinguished_name=dn\n[dn]\n';
    const [pem] = await selfSigned(['-subj', '/own=hi/CN=x'], config);
    expect((await read(new Uint8Array(new X509Certificate(pem).raw))).subject).toBe('CN=x,1.2.3.4=#0c026869');
  });
});

async function selfSigned(args: readonly string[], config: string): Promise<readonly [pem: string, subject: string]> {
  const made = [
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-keyout',
    '@key',
    '-config',
    '@config',
  ];
  const output = await openssl([...made, ...args], { config });
  const pem = /-----BEGIN CERT[^]*END CERTIFICATE-----\n/.exec(output)?.[0] ?? '';
  const subject = await openssl(['x509', '-in', '@pem', '-noout', '-subject', '-nameopt', 'RFC2253,-esc_msb,utf8'], {
    pem,
  });
  return [pem, subject];
}

function setExtension(certificate: Certificate, extnID: string, extnValue: ArrayBuffer): void {
  const others = (certificate.extensions ?? []).filter((each) => each.extnID !== extnID);
  certificate.extensions = [new Extension({ extnID, extnValue }), ...others];
}

/** A changed certificate; its signature no longer fits. */
async function reissued(der: Uint8Array, change: (certificate: Certificate) => unknown): Promise<Uint8Array> {
  const certificate = Certificate.fromBER(Uint8Array.from(der));
  change(certificate);
  return new Uint8Array(certificate.toSchema(true).toBER());
}
