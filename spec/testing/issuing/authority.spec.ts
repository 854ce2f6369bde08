import { X509Certificate } from 'node:crypto';
import { firstValueFrom } from 'rxjs';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { parsePemChain } from '../../../lib/codec/pem.js';
import type { CertificateKeyType } from '../../../lib/index.js';
import { readCertificate } from '../../../lib/x509/certificate-details.js';
import { generateCertificateKey } from '../../../lib/x509/certificate-key.js';
import type { Authority, IssueOptions } from '../../../lib/testing/issuing/authority.js';
import { makeAuthority } from '../../../lib/testing/issuing/issuing.js';
import { openssl } from '../../x509/openssl.js';

const now = new Date();
const identifiers = [
  { type: 'dns', value: 'example.org' },
  { type: 'dns', value: '*.example.org' },
  { type: 'ip', value: '192.0.2.1' },
  { type: 'ip', value: '2001:db8::1' },
];
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

let authority: Authority;
let publicKey: Uint8Array;
const keyOf = async (type: CertificateKeyType) => (await firstValueFrom(generateCertificateKey(type))).publicKey;
const issue = (options: Partial<IssueOptions> = {}, key = publicKey) =>
  authority.issue({ identifiers, publicKey: key }, { notBeforeAt: now, ...options });
const textOf = (pem: string) => openssl(['x509', '-in', '@pem', '-noout', '-text'], { pem });

beforeAll(async () => {
  authority = await makeAuthority({ madeAt: now, alternateRoots: 2 });
  publicKey = await keyOf('P-256');
});

describe('a certificate', () => {
  it.each([0, 1, 2])('is what openssl verifies strictly with root %i and its chain, for each name', async (index) => {
    const { chains } = await issue();
    const files = { root: authority.rootPems[index] ?? '', chain: chains[index] ?? '' };
    const checks = [
      ['-verify_hostname', 'example.org'],
      ['-verify_hostname', 'any.example.org'],
      ['-verify_ip', '192.0.2.1'],
      ['-verify_ip', '2001:db8::1'],
    ];
    for (const check of checks) {
      const fixed = ['verify', '-x509_strict', '-purpose', 'sslserver', '-CAfile', '@root', '-untrusted', '@chain'];
      expect(await openssl([...fixed, ...check, '@chain'], files)).toMatch(/: OK/);
    }
  });

  it('does not verify with another root, or for another name', async () => {
    const { chains } = await issue();
    const files = { root: authority.rootPems[1] ?? '', chain: chains[0] ?? '' };
    const verify = ['verify', '-CAfile', '@root', '-untrusted', '@chain'];
    await expect(openssl([...verify, '@chain'], files)).rejects.toThrow(/unable to get (local )?issuer certificate/);
    const right = { ...files, root: authority.rootPems[0] ?? '' };
    await expect(openssl([...verify, '-verify_hostname', 'example.net', '@chain'], right)).rejects.toThrow(/mismatch/);
  });

  it('has the extensions of a public one, and no subject', async () => {
    const text = await textOf((await issue()).chains[0] ?? '');
    expect(text).toMatch(/Subject: ?\n/);
    expect(text).toMatch(/Key Usage: critical\s+Digital Signature\n/);
    expect(text).toMatch(/Extended Key Usage: *\s+TLS Web Server Authentication\n/);
    expect(text).toMatch(/Basic Constraints: critical\s+CA:FALSE/);
    expect(text).toMatch(/Subject Key Identifier: *\s+([\dA-F]{2}:){19}[\dA-F]{2}\n/);
    expect(text).toMatch(/Authority Key Identifier: *\s+([\dA-F]{2}:){19}[\dA-F]{2}\n/);
    expect(text).toContain('Subject Alternative Name: critical');
    expect(text).toContain('Signature Algorithm: ecdsa-with-SHA256');
  });

  it('names exactly what was asked for, in that order', async () => {
    expect(readCertificate((await issue()).der).details).toMatchObject({ identifiers, publicKey, subject: '' });
  });

  it.each(['P-384', 'RSA-2048'] as const)('is issued for a key of type %s', async (type) => {
    const key = await keyOf(type);
    const { der, chains } = await issue({}, key);
    expect(readCertificate(der).details.publicKey).toEqual(key);
    const usage = type === 'P-384' ? /Digital Signature\n/ : /Digital Signature, Key Encipherment\n/;
    expect(await textOf(chains[0] ?? '')).toMatch(usage);
  });

  it('is valid for 90 days, the last second included', async () => {
    const { notBeforeAt, notAfterAt } = readCertificate((await issue()).der).details;
    const seconds = Math.floor(now.getTime() / 1000);
    expect(notBeforeAt).toEqual(new Date(seconds * 1000));
    expect(notAfterAt).toEqual(new Date(notBeforeAt.getTime() + 90 * dayMs - 1000));
  });

  it('is valid as long as is asked for, but not longer than the authority', async () => {
    const notAfterAt = new Date(Math.floor(now.getTime() / 1000) * 1000 + 6 * dayMs);
    expect(readCertificate((await issue({ notAfterAt })).der).details.notAfterAt).toEqual(notAfterAt);
    const late = await issue({ notBeforeAt: new Date(authority.notAfterAt.getTime() - dayMs) });
    expect(readCertificate(late.der).details.notAfterAt).toEqual(authority.notAfterAt);
    const beyond = new Date(authority.notAfterAt.getTime() + 1000);
    await expect(issue({ notAfterAt: beyond })).rejects.toThrow(/authority is valid from/);
    await expect(issue({ notBeforeAt: new Date(0) })).rejects.toThrow(/authority is valid from/);
    await expect(issue({ notAfterAt: new Date(now.getTime() - dayMs) })).rejects.toThrow(/end before it begins/);
    await expect(issue({ notAfterAt: new Date(NaN) })).rejects.toThrow(TypeError);
  });

  it('has a random serial number of 16 or 17 octets, positive and in DER', async () => {
    const numbers = await Promise.all(Array.from({ length: 40 }, async () => readCertificate((await issue()).der)));
    const texts = numbers.map(({ details }) => details.serialNumber);
    expect(new Set(texts).size).toBe(40);
    for (const text of texts) expect(text).toMatch(/^(?!00)[0-7].{31}$|^00[89a-f].{31}$/);
  });

  it.each([
    [0x00, '01'],
    [0x7f, '7f'],
    [0x80, '0080'],
  ])('has a serial number in DER where chance gives the octet %i first', async (first, start) => {
    const chance = vi.spyOn(globalThis.crypto, 'getRandomValues').mockImplementation((octets) => {
      (octets as Uint8Array).fill(5).set([first]);
      return octets;
    });
    const { der } = await issue();
    chance.mockRestore();
    expect(readCertificate(der).details.serialNumber).toBe(`${start}${'05'.repeat(15)}`);
  });

  it('has the serial number that is asked for', async () => {
    const serialNumber = Uint8Array.of(0, 0x87, 1);
    expect(readCertificate((await issue({ serialNumber })).der).details.serialNumber).toBe('008701');
    for (const wrong of [[], [0], [0, 1], [0x80], new Array<number>(21).fill(1)]) {
      await expect(issue({ serialNumber: Uint8Array.from(wrong) }), String(wrong)).rejects.toThrow(TypeError);
    }
  });
});

describe('an authority', () => {
  it('has an intermediate of one name and key in every chain, and roots that sign themselves', async () => {
    const { chains } = await issue();
    expect(chains).toHaveLength(3);
    const chain = chains.map((pem) => parsePemChain(pem).map((der) => new X509Certificate(der)));
    const [first] = chain;
    for (const [leaf, intermediate, ...others] of chain) {
      expect(others).toEqual([]);
      expect(leaf?.raw).toEqual(first?.[0]?.raw);
      expect(intermediate?.subject).toBe(first?.[1]?.subject);
      expect(leaf?.checkIssued(intermediate as X509Certificate)).toBe(true);
    }
    for (const [index, pem] of authority.rootPems.entries()) {
      const root = new X509Certificate(pem);
      expect(root.checkIssued(root)).toBe(true);
      expect(root.ca).toBe(true);
      expect(chain[index]?.[1]?.checkIssued(root)).toBe(true);
    }
  });

  it('has an intermediate that may not certify another one', async () => {
    const [, intermediate = ''] = parsePemChain((await issue()).chains[0] ?? '').map((der) =>
      new X509Certificate(der).toString(),
    );
    const text = await textOf(intermediate);
    expect(text).toMatch(/Basic Constraints: critical\s+CA:TRUE, pathlen:0/);
    expect(text).toMatch(/Key Usage: critical\s+Digital Signature, Certificate Sign, CRL Sign/);
  });

  it('is valid from one hour before it was made, and calls itself another name each time', async () => {
    const madeAt = new Date('2049-12-31T23:30:00.700Z');
    const roots = await Promise.all([0, 1].map(() => makeAuthority({ madeAt, name: 'a test' })));
    const [one, other] = roots.map(({ rootPems }) => new X509Certificate(rootPems[0] ?? ''));
    expect(new Date(one?.validFrom ?? '')).toEqual(new Date('2049-12-31T22:30:00Z'));
    expect(new Date(one?.validTo ?? '')).toEqual(new Date('2059-12-29T22:29:59Z'));
    expect(one?.subject).toMatch(/^CN=a test root [\da-f]{6}$/);
    expect(one?.subject).not.toBe(other?.subject);
  });

  it.each([0, Date.parse('2050-06-01')])('can be made at any time (%i)', async (time) => {
    const { rootPems, issue: issueThen } = await makeAuthority({ madeAt: new Date(time) });
    const { der, chains } = await issueThen({ identifiers, publicKey }, { notBeforeAt: new Date(time) });
    expect(readCertificate(der).details.notBeforeAt).toEqual(new Date(time));
    const files = { root: rootPems[0] ?? '', chain: chains[0] ?? '' };
    const at = ['-attime', String(time / 1000 + 60)];
    await openssl(['verify', '-x509_strict', ...at, '-CAfile', '@root', '-untrusted', '@chain', '@chain'], files);
  });
});
