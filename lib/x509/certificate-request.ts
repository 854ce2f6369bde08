import { BitString, Sequence } from 'asn1js';
import { Attribute, CertificationRequest, Extensions, PublicKeyInfo, RelativeDistinguishedNames } from 'pkijs';
import { defer, from, map, type Observable, take, throwIfEmpty } from 'rxjs';
import { derTag, derValue } from '../codec/der.js';
import type { Identifier } from '../model/identifier.js';
import type { CertificateKey, CertificateRequestOptions } from '../model/ports.js';
import { parseDer } from './asn1.js';
import { requestedExtensions } from './extensions.js';
import { publicKeyAlgorithm } from './key-algorithm.js';
import { extensionsFor } from './requested-extensions.js';
import { signatureAlgorithm, signatureValue } from './signature-algorithm.js';

/**
 * Makes a request as {@link unsignedRequest} does, and signs it. Emits it once, DER; then completes.
 *
 * @see RFC 2986 §4, RFC 8555 §7.4
 */
export const signedRequest = (
  key: CertificateKey,
  identifiers: readonly Identifier[],
  options: CertificateRequestOptions,
): Observable<Uint8Array> =>
  defer(() => {
    const request = unsignedRequest(key.publicKey, identifiers, options);
    return from(key.sign(request.toBeSigned)).pipe(
      take(1),
      throwIfEmpty(() => new TypeError('the certificate key emitted no signature')),
      map((signature) => request.withSignature(signature)),
    );
  });

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
 * a kind that this library makes no requests for, and on extensions that cannot be. Where nothing is left to ask for
 * by extensions, there are none.
 *
 * @see RFC 2986 §4, RFC 8555 §7.4
 */
function unsignedRequest(
  publicKey: Uint8Array,
  identifiers: readonly Identifier[],
  options: CertificateRequestOptions = {},
): UnsignedRequest {
  const algorithm = publicKeyAlgorithm(publicKey);
  if (algorithm === undefined) throw new TypeError('the certificate key is none of P-256, P-384, RSA and Ed25519');
  if (identifiers.length === 0) throw new TypeError('a certificate request needs at least one identifier');
  const request = new CertificationRequest({
    subject: new RelativeDistinguishedNames({ valueBeforeDecode: new Sequence().toBER() }),
    subjectPublicKeyInfo: publicKeyInfo(publicKey),
    attributes: attributesFor(identifiers, options),
    signatureAlgorithm: signatureAlgorithm(algorithm),
  });
  const toBeSigned = toBeSignedOf(request);
  return {
    toBeSigned,
    withSignature: (signature) => {
      const bits = new BitString({ valueHex: signatureValue(algorithm, signature) }).toBER();
      const named = request.signatureAlgorithm.toSchema().toBER();
      return derValue(derTag.sequence, toBeSigned, new Uint8Array(named), new Uint8Array(bits));
    },
  };
}

/** The first part of the request, encoded anew. */
function toBeSignedOf(request: CertificationRequest): Uint8Array {
  const [toBeSigned] = request.toSchema(true).valueBlock.value;
  return new Uint8Array(toBeSigned?.toBER() ?? new ArrayBuffer(0));
}

/** Empty is not the same as none: the field itself is always there. */
function attributesFor(identifiers: readonly Identifier[], options: CertificateRequestOptions): Attribute[] {
  const extensions = [...extensionsFor(identifiers, options)];
  const values = [new Extensions({ extensions }).toSchema()];
  return extensions.length === 0 ? [] : [new Attribute({ type: requestedExtensions, values })];
}

function publicKeyInfo(publicKey: Uint8Array): PublicKeyInfo {
  try {
    return new PublicKeyInfo({ schema: parseDer(publicKey) });
  } catch (cause) {
    throw new TypeError('the public key of the certificate key is not a DER SubjectPublicKeyInfo', { cause });
  }
}
