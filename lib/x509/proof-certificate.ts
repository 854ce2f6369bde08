import { type AsnType, BitString, Integer, OctetString, Utf8String } from 'asn1js';
import {
  AttributeTypeAndValue,
  Certificate,
  Extension,
  PublicKeyInfo,
  RelativeDistinguishedNames,
  Time,
  TimeType,
} from 'pkijs';
import { encodeHex } from '../codec/hex.js';
import type { Identifier } from '../model/identifier.js';
import { alternativeNames, identifiersOf, subjectAlternativeName } from './alternative-names.js';
import { generalNameKey } from './general-name-key.js';
import { childrenOf, contentOf, parseDer } from './asn1.js';
import type { UnsignedRequest } from './certificate-request.js';
import { commonName } from './distinguished-name.js';
import { extensionValue } from './extensions.js';
import { publicKeyAlgorithm } from './key-algorithm.js';
import { readChain } from './read-chain.js';
import { signatureAlgorithm, signatureValue } from './signature-algorithm.js';

/** What a certificate shown for `tls-alpn-01` says. */
export interface ProofCertificate {
  readonly identifiers: readonly Identifier[];
  /** How many alternative names there are, those included that are no identifiers. */
  readonly names: number;
  /** The hash in the acmeIdentifier extension, where that is there and critical. */
  readonly digest: Uint8Array | undefined;
}

/** What a certificate for `tls-alpn-01` is to prove. */
export interface ProofFields {
  readonly identifier: Identifier;
  /** Of the key authorization. */
  readonly digest: Uint8Array;
}

const acmeIdentifier = '1.3.6.1.5.5.7.1.31';

/**
 * A certificate for `tls-alpn-01` that lacks its signature. Throws `TypeError` on a key of a kind that is not known here.
 *
 * @param publicKey The DER SubjectPublicKeyInfo of the key that signs.
 * @see RFC 8737 §3, RFC 8738 §6
 */
export function unsignedProofCertificate(
  publicKey: Uint8Array,
  { identifier, digest }: ProofFields,
  { notBeforeAt, notAfterAt }: { readonly notBeforeAt: Date; readonly notAfterAt: Date },
): UnsignedRequest {
  const algorithm = publicKeyAlgorithm(publicKey);
  if (algorithm === undefined) throw new TypeError('the key is none of P-256, P-384, RSA and Ed25519');
  const certificate = new Certificate({
    version: 2, // counted from 0
    serialNumber: new Integer({ value: 1 }),
    signature: signatureAlgorithm(algorithm),
    signatureAlgorithm: signatureAlgorithm(algorithm),
    issuer: ownName(),
    subject: ownName(),
    notBefore: time(notBeforeAt),
    notAfter: time(notAfterAt),
    subjectPublicKeyInfo: new PublicKeyInfo({ schema: parseDer(publicKey) }),
    extensions: [
      extension(subjectAlternativeName, false, alternativeNames([identifier]).toSchema()),
      extension(acmeIdentifier, true, new OctetString({ valueHex: digest })),
    ],
  });
  certificate.tbsView = new Uint8Array(certificate.encodeTBS().toBER());
  return {
    toBeSigned: certificate.tbsView.slice(),
    withSignature: (signature) => {
      certificate.signatureValue = new BitString({ valueHex: signatureValue(algorithm, signature) });
      return new Uint8Array(certificate.toSchema().toBER());
    },
  };
}

/**
 * Reads a certificate that proves control over a name. Throws an `Error` where it is none.
 *
 * @see RFC 8737 §3
 */
export function readProofCertificate(der: Uint8Array): ProofCertificate {
  const { extensions = [] } = new Certificate({ schema: parseDer(der) });
  const names = extensionValue(extensions, subjectAlternativeName);
  const proof = extensionValue(
    extensions.filter(({ critical }) => critical),
    acmeIdentifier,
  );
  return {
    identifiers: identifiersOf(extensions),
    names: names === undefined ? 0 : childrenOf(names).length,
    digest: proof !== undefined && isOctetString(proof) ? contentOf(proof) : undefined,
  };
}

/**
 * What is wrong with a certificate that is to prove control over a name, as the end of a sentence; `undefined` where it
 * does prove it. Its validity is not looked at.
 *
 * @see RFC 8737 §3
 */
export async function proofFault(der: Uint8Array, expected: ProofFields): Promise<string | undefined> {
  const certificate = readOne(der);
  if (certificate === undefined) return 'cannot be read';
  const { identifiers, names, digest } = certificate;
  const [own] = identifiers;
  if (names !== 1 || own === undefined || generalNameKey(own) !== generalNameKey(expected.identifier))
    return `must have it as its only alternative name, and has ${identifiers.map(({ value }) => value).join(', ') || 'none'}`;
  if (digest === undefined) return 'has no critical acmeIdentifier extension';
  const shown = encodeHex(digest.subarray(0, 64));
  if (shown !== encodeHex(expected.digest)) return `has the digest ${shown} of another key authorization`;
  const { links } = await readChain([der, der]);
  return links[0]?.verifiedByNext === true ? undefined : 'is not signed with its own key';
}

function readOne(der: Uint8Array): ProofCertificate | undefined {
  try {
    return readProofCertificate(der);
  } catch {
    return undefined;
  }
}

const isOctetString = ({ idBlock }: AsnType): boolean => idBlock.tagClass === 1 && idBlock.tagNumber === 4;

/** It means nothing, but an issuer must not be empty. */
const ownName = (): RelativeDistinguishedNames =>
  new RelativeDistinguishedNames({
    typesAndValues: [new AttributeTypeAndValue({ type: commonName, value: new Utf8String({ value: 'tls-alpn-01' }) })],
  });

/** @see RFC 5280 §4.1.2.5 */
const time = (value: Date): Time =>
  new Time({ type: value.getUTCFullYear() < 2050 ? TimeType.UTCTime : TimeType.GeneralizedTime, value });

const extension = (extnID: string, critical: boolean, content: { toBER(): ArrayBuffer }): Extension =>
  new Extension({ extnID, critical, extnValue: content.toBER() });
