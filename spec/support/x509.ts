import { createHash } from 'node:crypto';
import { BitString, Integer, OctetString, Utf8String } from 'asn1js';
import {
  AlgorithmIdentifier,
  AttributeTypeAndValue,
  BasicConstraints,
  Certificate,
  CertificationRequest,
  Extension,
  Extensions,
  PublicKeyInfo,
  RelativeDistinguishedNames,
  Time,
} from 'pkijs';
import { encodePem } from '../../lib/codec/pem.js';

/** The algorithms that a test CA can have. */
export type TestCaAlgorithm = 'P-256' | 'P-384' | 'P-521' | 'RSA' | 'RSA-PSS' | 'Ed25519';

export interface TestCaOptions {
  /** Common name. Default: `Test Root`, or `Test Intermediate`. */
  readonly name?: string;
  /** Default: `P-256`. */
  readonly algorithm?: TestCaAlgorithm;
}

export interface LeafOptions {
  /** The content octets of the serial number. Default: a number that counts up. */
  readonly serialNumber?: Uint8Array;
  /** Default: 2020-01-01. */
  readonly notBeforeAt?: Date;
  /** Default: 2049-12-31. */
  readonly notAfterAt?: Date;
  /** Another key than the request's: DER SubjectPublicKeyInfo. */
  readonly publicKey?: Uint8Array;
  /** Whether the leaf has an authority key identifier. Default: true. */
  readonly keyIdentifier?: boolean;
}

/** A certificate authority for specs. Its certificates are good for TLS. */
export interface TestCa {
  /** Its own certificate, DER. */
  readonly certificate: Uint8Array;
  /** Its own certificate and those above it, the root last: a leaf in front of it makes a whole chain. */
  readonly chain: readonly Uint8Array[];
  /** The identifier of its key, which its leafs have as authority key identifier. */
  readonly keyIdentifier: Uint8Array;
  /** Issues a leaf for a PKCS#10 request, DER: its key and its alternative names, whatever they are. */
  issue(csr: Uint8Array, options?: LeafOptions): Promise<Uint8Array>;
  /** Makes a CA below this one. */
  intermediate(options?: TestCaOptions): Promise<TestCa>;
}

/** Makes a root. */
export async function makeTestCa({ name = 'Test Root', algorithm = 'P-256' }: TestCaOptions = {}): Promise<TestCa> {
  const authority = await makeAuthority(name, algorithm);
  return testCa(authority, await certify(authority, caFields(authority)), []);
}

/** DER certificates as the PEM text of a chain. */
export const toChainPem = (ders: readonly Uint8Array[]): string =>
  ders.map((der) => encodePem('CERTIFICATE', der)).join('');

interface Authority {
  readonly name: string;
  readonly algorithm: TestCaAlgorithm;
  readonly keys: CryptoKeyPair;
  readonly publicKeyInfo: PublicKeyInfo;
  readonly keyIdentifier: Uint8Array;
}

interface Fields extends LeafOptions {
  readonly subject: RelativeDistinguishedNames;
  readonly publicKeyInfo: PublicKeyInfo;
  readonly extensions: readonly Extension[];
}

const { subtle } = globalThis.crypto;
let lastSerialNumber = 0;

const keyAlgorithms = {
  'P-256': { name: 'ECDSA', namedCurve: 'P-256' },
  'P-384': { name: 'ECDSA', namedCurve: 'P-384' },
  'P-521': { name: 'ECDSA', namedCurve: 'P-521' },
  RSA: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', modulusLength: 2048, publicExponent: Uint8Array.of(1, 0, 1) },
  'RSA-PSS': { name: 'RSA-PSS', hash: 'SHA-256', modulusLength: 2048, publicExponent: Uint8Array.of(1, 0, 1) },
  Ed25519: { name: 'Ed25519' },
} as const;

const hashes: Partial<Record<TestCaAlgorithm, string>> = { 'P-384': 'SHA-384', 'P-521': 'SHA-512' };

async function makeAuthority(name: string, algorithm: TestCaAlgorithm): Promise<Authority> {
  const keys = (await subtle.generateKey(keyAlgorithms[algorithm], true, ['sign', 'verify'])) as CryptoKeyPair;
  const publicKeyInfo = PublicKeyInfo.fromBER(await subtle.exportKey('spki', keys.publicKey));
  const octets = publicKeyInfo.subjectPublicKey.valueBlock.valueHexView;
  return {
    name,
    algorithm,
    keys,
    publicKeyInfo,
    keyIdentifier: new Uint8Array(createHash('sha1').update(octets).digest()),
  };
}

const testCa = (authority: Authority, certificate: Uint8Array, above: readonly Uint8Array[]): TestCa => ({
  certificate,
  chain: [certificate, ...above],
  keyIdentifier: authority.keyIdentifier,
  issue: (csr, options = {}) => certify(authority, { ...leafFields(authority, csr, options), ...options }),
  intermediate: async ({ name = 'Test Intermediate', algorithm = 'P-256' } = {}) => {
    const below = await makeAuthority(name, algorithm);
    return testCa(below, await certify(authority, caFields(below, authority)), [certificate, ...above]);
  },
});

const caFields = ({ name, publicKeyInfo, keyIdentifier }: Authority, issuer?: Authority): Fields => ({
  subject: commonName(name),
  publicKeyInfo,
  extensions: [
    extension('2.5.29.19', true, new BasicConstraints({ cA: true }).toSchema()),
    extension('2.5.29.15', true, new BitString({ valueHex: Uint8Array.of(0x06), unusedBits: 1 })), // keyCertSign, cRLSign
    extension('2.5.29.14', false, new OctetString({ valueHex: keyIdentifier })),
    ...(issuer === undefined ? [] : [issuerKeyOf(issuer)]),
  ],
});

function leafFields(issuer: Authority, csr: Uint8Array, { publicKey, keyIdentifier = true }: LeafOptions): Fields {
  const request = CertificationRequest.fromBER(Uint8Array.from(csr));
  const [requested] = request.attributes?.find(({ type }) => type === '1.2.840.113549.1.9.14')?.values ?? [];
  const names = new Extensions({ schema: requested }).extensions.find(({ extnID }) => extnID === '2.5.29.17');
  if (names !== undefined) names.critical = true; // as the subject is empty
  return {
    subject: emptyName(),
    publicKeyInfo:
      publicKey === undefined ? request.subjectPublicKeyInfo : PublicKeyInfo.fromBER(Uint8Array.from(publicKey)),
    extensions: [...(names === undefined ? [] : [names]), ...(keyIdentifier ? [issuerKeyOf(issuer)] : [])],
  };
}

/** The authority key identifier extension: a SEQUENCE of one `[0]` of 20 octets. */
const issuerKeyOf = ({ keyIdentifier }: Authority): Extension =>
  new Extension({ extnID: '2.5.29.35', extnValue: Uint8Array.of(0x30, 0x16, 0x80, 0x14, ...keyIdentifier).buffer });

async function certify({ name, keys, algorithm }: Authority, fields: Fields): Promise<Uint8Array> {
  const certificate = new Certificate();
  certificate.version = 2; // counted from 0: X.509 v3
  certificate.serialNumber = new Integer({ valueHex: fields.serialNumber ?? nextSerialNumber() });
  certificate.subject = fields.subject;
  certificate.issuer = commonName(name);
  certificate.notBefore = time(fields.notBeforeAt ?? new Date('2020-01-01T00:00:00Z'));
  certificate.notAfter = time(fields.notAfterAt ?? new Date('2049-12-31T23:59:59Z'));
  certificate.extensions = [...fields.extensions];
  certificate.subjectPublicKeyInfo = fields.publicKeyInfo;
  if (algorithm === 'Ed25519') return signWithEd25519(certificate, keys.privateKey);
  await certificate.sign(keys.privateKey, hashes[algorithm] ?? 'SHA-256');
  return new Uint8Array(certificate.toSchema().toBER());
}

/** pkijs itself does not know this algorithm. */
async function signWithEd25519(certificate: Certificate, key: CryptoKey): Promise<Uint8Array> {
  certificate.signature = certificate.signatureAlgorithm = new AlgorithmIdentifier({ algorithmId: '1.3.101.112' });
  certificate.tbsView = new Uint8Array(certificate.encodeTBS().toBER());
  const signature = await subtle.sign('Ed25519', key, Uint8Array.from(certificate.tbsView));
  certificate.signatureValue = new BitString({ valueHex: signature });
  return new Uint8Array(certificate.toSchema().toBER());
}

const nextSerialNumber = (): Uint8Array =>
  new Uint8Array(new Integer({ value: ++lastSerialNumber }).valueBlock.valueHexView);

/** UTCTime ends in 2049. */
function time(value: Date): Time {
  const year = value.getUTCFullYear();
  return new Time({ type: year >= 1950 && year < 2050 ? 0 : 1, value });
}

const commonName = (value: string): RelativeDistinguishedNames =>
  new RelativeDistinguishedNames({
    typesAndValues: [new AttributeTypeAndValue({ type: '2.5.4.3', value: new Utf8String({ value }) })],
  });

/** pkijs would write an empty list as one empty attribute set. */
const emptyName = (): RelativeDistinguishedNames =>
  new RelativeDistinguishedNames({ valueBeforeDecode: Uint8Array.of(0x30, 0).buffer });

const extension = (extnID: string, critical: boolean, content: { toBER(): ArrayBuffer }): Extension =>
  new Extension({ extnID, critical, extnValue: content.toBER() });
