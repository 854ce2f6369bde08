import { firstValueFrom } from 'rxjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { parseDer } from '../../lib/x509/asn1.js';
import { generateCertificateKey } from '../../lib/x509/certificate-key.js';
import { structureOf } from '../../lib/x509/certificate-structure.js';
import { buildCertificateRequest } from '../../lib/x509/default-x509.js';
import { makeTestCa } from '../support/x509.js';

describe('structureOf', () => {
  let root: Uint8Array;
  let csr: Uint8Array;

  beforeAll(async () => {
    root = (await makeTestCa({ name: 'Structure' })).certificate;
    const key = await firstValueFrom(generateCertificateKey('P-256'));
    csr = await firstValueFrom(buildCertificateRequest(key, [{ type: 'dns', value: 'example.com' }]));
  });

  it('finds every part, the same again and again', () => {
    const [first, second] = [structureOf(parseDer(root)), structureOf(parseDer(root))];
    expect(first.extensions.map(({ extnID }) => extnID)).toContain('2.5.29.19');
    expect(first.issuer.valueBeforeDecodeView).toEqual(first.subject.valueBeforeDecodeView);
    expect(second.signature.valueBlock.valueHexView).toEqual(first.signature.valueBlock.valueHexView);
  });

  it('refuses what is built otherwise, also after it has seen a certificate', () => {
    structureOf(parseDer(root));
    for (const der of [csr, Uint8Array.of(0x30, 0), Uint8Array.of(0x05, 0)])
      expect(() => structureOf(parseDer(der))).toThrow(/not built like/);
  });
});
