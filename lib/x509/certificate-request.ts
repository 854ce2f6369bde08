import { BitString, Sequence } from 'asn1js';
import {
  Attribute,
  CertificationRequest,
  Extension,
  Extensions,
  PublicKeyInfo,
  RelativeDistinguishedNames,
} from 'pkijs';
import type { Identifier } from '../model/identifier.js';
import { alternativeNames, subjectAlternativeName } from './alternative-names.js';
import { parseDer } from './asn1.js';
import { requestedExtensions } from './extensions.js';
import { publicKeyAlgorithm } from './key-algorithm.js';
import { signatureAlgorithm, signatureValue } from './signature-algorithm.js';

/** A request that lacks its signature. */
export interface UnsignedRequest {
  /** What the key has to sign. */
  readonly toBeSigned: Uint8Array;
  /**
   * The whole request, DER. Throws `TypeError` where the signature has not the length that the key's should have.
   *
   * @param signature For ECDSA the two integers, each of full length, one after the other.
   */
  withSignature(signature: Uint8Array): Uint8Array;
}

/**
 * Makes a request with an empty subject for a key and identifiers. Throws `TypeError` on a key or an identifier of
 * a kind that this library makes no requests for.
 *
 * @see RFC 2986 §4, RFC 8555 §7.4
 */
export function unsignedRequest(publicKey: Uint8Array, identifiers: readonly Identifier[]): UnsignedRequest {
  const algorithm = publicKeyAlgorithm(publicKey);
  if (algorithm === undefined) throw new TypeError('the certificate key is none of P-256, P-384, RSA and Ed25519');
  if (identifiers.length === 0) throw new TypeError('a certificate request needs at least one identifier');
  const request = new CertificationRequest({
    subject: new RelativeDistinguishedNames({ valueBeforeDecode: new Sequence().toBER() }),
    subjectPublicKeyInfo: publicKeyInfo(publicKey),
    attributes: [extensionRequestFor(identifiers)],
    signatureAlgorithm: signatureAlgorithm(algorithm),
  });
  request.tbsView = toBeSignedOf(request);
  return {
    toBeSigned: request.tbsView.slice(),
    withSignature: (signature) => {
      request.signatureValue = new BitString({ valueHex: signatureValue(algorithm, signature) });
      return new Uint8Array(request.toSchema().toBER());
    },
  };
}

/** The first part of the request, encoded anew. */
function toBeSignedOf(request: CertificationRequest): Uint8Array {
  const [toBeSigned] = request.toSchema(true).valueBlock.value;
  return new Uint8Array(toBeSigned?.toBER() ?? new ArrayBuffer(0));
}

function extensionRequestFor(identifiers: readonly Identifier[]): Attribute {
  const names = alternativeNames(identifiers).toSchema().toBER();
  const extensions = new Extensions({
    extensions: [new Extension({ extnID: subjectAlternativeName, extnValue: names })],
  });
  return new Attribute({ type: requestedExtensions, values: [extensions.toSchema()] });
}

function publicKeyInfo(publicKey: Uint8Array): PublicKeyInfo {
  try {
    return new PublicKeyInfo({ schema: parseDer(publicKey) });
  } catch (cause) {
    throw new TypeError('the public key of the certificate key is not a DER SubjectPublicKeyInfo', { cause });
  }
}
