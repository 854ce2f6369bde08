import fc from 'fast-check';
import { defer } from 'rxjs';
import { readChain } from '../../lib/x509/read-chain.js';
import { firstValueFrom } from 'rxjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { AcmeInputError } from '../../lib/model/errors/input-error.js';
import { AcmeProtocolError } from '../../lib/model/errors/protocol-error.js';
import { generateCertificateKey } from '../../lib/x509/certificate-key.js';
import { buildCertificateRequest, certificateReader } from '../../lib/x509/default-x509.js';
import { makeTestCa } from '../support/x509.js';
import { der, withField } from './der.js';
import { exampleCertificate } from './vector-rfc9773.js';

const chainOf = (ders: readonly Uint8Array[]) => defer(() => readChain(ders));

/** Whatever the bytes: the details of a certificate, or the one kind of error. */
async function readAsChain(bytes: Uint8Array): Promise<'read' | 'refused'> {
  try {
    const { links } = await firstValueFrom(chainOf([bytes, exampleCertificate]));
    for (const { notBeforeAt, notAfterAt, serialNumber } of links) {
      expect(Number.isNaN(notBeforeAt.getTime() + notAfterAt.getTime())).toBe(false);
      expect(serialNumber).toMatch(/^([\da-f]{2})*$/);
    }
    return 'read';
  } catch (error) {
    expect(error).toBeInstanceOf(AcmeProtocolError);
    expect((error as AcmeProtocolError).message).toContain('certificate 1 of 2 ');
    expect((error as AcmeProtocolError).body === bytes).toBe(true);
    return 'refused';
  }
}

async function readAsRequest(bytes: Uint8Array): Promise<'read' | 'refused'> {
  try {
    const { publicKey } = await firstValueFrom(certificateReader.readRequest(bytes));
    expect(publicKey).toBeInstanceOf(Uint8Array);
    return 'read';
  } catch (error) {
    expect(error).toBeInstanceOf(AcmeInputError);
    expect((error as AcmeInputError).message).toMatch(/^not a certificate request: /);
    return 'refused';
  }
}

/** DER of any shape. */
const anyDer = fc.letrec<{ value: Uint8Array; primitive: Uint8Array; constructed: Uint8Array }>((tie) => ({
  value: fc.oneof({ depthSize: 'medium', withCrossShrink: true }, tie('primitive'), tie('constructed')),
  primitive: fc
    .tuple(
      fc.constantFrom(1, 2, 3, 4, 5, 6, 10, 12, 13, 14, 18, 19, 20, 22, 23, 24, 26, 28, 30, 0x80, 0x82, 0x87),
      fc.uint8Array({ maxLength: 20 }),
    )
    .map(([tag, content]) => der(tag, content)),
  constructed: fc
    .tuple(fc.constantFrom(0x30, 0x31, 0xa0, 0xa3, 0x24, 0x23), fc.array(tie('value'), { maxLength: 6 }))
    .map(([tag, content]) => der(tag, ...content)),
})).value;

interface Mutation {
  readonly at: number;
  readonly remove: number;
  readonly insert: Uint8Array;
}

const mutations = fc.array(
  fc.record<Mutation>({
    at: fc.nat({ max: 2000 }),
    remove: fc.nat({ max: 3 }),
    insert: fc.uint8Array({ maxLength: 3 }),
  }),
  { minLength: 1, maxLength: 4 },
);

const mutated = (bytes: Uint8Array, changes: readonly Mutation[]): Uint8Array =>
  changes.reduce((current, { at, remove, insert }) => {
    const start = at % current.length;
    return Uint8Array.of(...current.subarray(0, start), ...insert, ...current.subarray(start + remove));
  }, bytes);

const replaced = (bytes: Uint8Array, changes: readonly (readonly [number, number])[]): Uint8Array =>
  changes.reduce((current, [at, octet]) => current.with(at % current.length, octet), bytes);

describe('hostile input', () => {
  let certificate: Uint8Array;
  let csr: Uint8Array;

  beforeAll(async () => {
    const key = await firstValueFrom(generateCertificateKey('P-256'));
    const names = [
      { type: 'dns', value: 'example.com' },
      { type: 'ip', value: '::1' },
    ];
    csr = await firstValueFrom(buildCertificateRequest(key, names));
    certificate = await (await makeTestCa()).issue(csr);
    expect([await readAsChain(certificate), await readAsRequest(csr)]).toEqual(['read', 'read']);
  });

  it('of any bytes is refused', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
        expect([await readAsChain(bytes), await readAsRequest(bytes)]).toEqual(['refused', 'refused']);
      }),
    );
  });

  it('of any DER is refused, as a whole and in any field', async () => {
    const field = fc.constantFrom(
      'version',
      'serialNumber',
      'issuer',
      'validity',
      'subject',
      'publicKey',
      'extensions',
    );
    await fc.assert(
      fc.asyncProperty(anyDer, field, async (value, name) => {
        expect([await readAsChain(value), await readAsRequest(value)]).toEqual(['refused', 'refused']);
        await readAsChain(withField(certificate, name, value));
        await readAsChain(withField(certificate, 'extensions', extension('55 1d 11', value)));
        await readAsChain(withField(certificate, 'extensions', extension('55 1d 23', value)));
      }),
    );
  });

  it('with octets replaced, put in or taken out is read or refused, and nothing else', async () => {
    const octets = fc.array(fc.tuple(fc.nat({ max: 2000 }), fc.nat({ max: 255 })), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(octets, mutations, async (replacements, changes) => {
        await readAsChain(replaced(certificate, replacements));
        await readAsRequest(replaced(csr, replacements));
        await readAsChain(mutated(certificate, changes));
        await readAsRequest(mutated(csr, changes));
      }),
      { numRuns: 300 },
    );
  });

  it('that is cut off anywhere is refused', async () => {
    for (let length = 0; length < certificate.length; length++)
      expect(await readAsChain(certificate.subarray(0, length))).toBe('refused');
    for (let length = 0; length < csr.length; length++)
      expect(await readAsRequest(csr.subarray(0, length))).toBe('refused');
  });

  const nested = (depth: number) => {
    let value = Uint8Array.of(5, 0);
    for (let level = 0; level < depth; level++) value = Uint8Array.from(der(0x30, value));
    return value;
  };
  const commonName = (value: Uint8Array) => der(0x30, der(0x31, der(0x30, Uint8Array.of(6, 3, 0x55, 4, 3), value)));

  it.each<[string, () => Uint8Array]>([
    ['nested 10 000 deep', () => nested(10_000)],
    ['nested as deep as the parser goes', () => nested(99)],
    ['of nested indefinite lengths', () => new Uint8Array(90_000).map((_, index) => (index % 2 === 0 ? 0x30 : 0x80))],
    ['of a megabyte', () => der(0x30, der(12, new Uint8Array(1_000_000)))],
    [
      'of 40 000 empty values',
      () =>
        der(
          0x30,
          new Uint8Array(80_000).map((_, index) => (index % 2 === 0 ? 5 : 0)),
        ),
    ],
    ['with a length of 2^64 - 1', () => Uint8Array.of(0x30, 0x88, ...new Uint8Array(8).fill(0xff))],
    ['with a length of 2^31 - 1', () => Uint8Array.of(0x30, 0x84, 0x7f, 0xff, 0xff, 0xff)],
    ['with a length of 127 octets', () => Uint8Array.of(0x30, 0xff, ...new Uint8Array(0x7f).fill(0xff))],
    [
      'with an inner length beyond the end',
      () => withField(certificate, 'subject', Uint8Array.of(0x30, 0x84, 0x7f, 0xff, 0xff, 0xff)),
    ],
    [
      'with an OID that does not end',
      () =>
        withField(
          certificate,
          'subject',
          der(0x30, der(0x31, der(0x30, der(6, new Uint8Array(90_000).fill(0x81)), der(12)))),
        ),
    ],
    [
      'with a time of 90 000 digits',
      () => withField(certificate, 'validity', der(0x30, der(23, new Uint8Array(90_000).fill(0x31)), der(24))),
    ],
  ])('%s is refused', async (_what, make) => {
    const bytes = make();
    expect([await readAsChain(bytes), await readAsRequest(bytes)]).toEqual(['refused', 'refused']);
  });

  it.each<[string, () => Uint8Array]>([
    ['a name of 90 000 characters', () => commonName(der(19, new Uint8Array(90_000).fill(0x2c)))],
    ['a name that is not UTF-8', () => commonName(der(12, Uint8Array.of(0xc3, 0x28)))],
    [
      'a name of 2 000 parts',
      () => der(0x30, ...Array.from({ length: 2_000 }, () => der(0x31, der(0x30, Uint8Array.of(6, 1, 0x55), der(5))))),
    ],
    ['an OID of 90 000 arcs', () => der(0x30, der(0x31, der(0x30, der(6, new Uint8Array(90_000).fill(1)), der(12))))],
  ])('with %s is read', async (_what, subject) => {
    expect(await readAsChain(withField(certificate, 'subject', subject()))).toBe('read');
  });
});

/** A certificate's extensions, this one only. */
const extension = (oid: string, value: Uint8Array): Uint8Array =>
  der(0xa3, der(0x30, der(0x30, der(6, Buffer.from(oid.replaceAll(' ', ''), 'hex')), der(4, value))));
