import { BitString, OctetString, Sequence } from 'asn1js';
import { Attribute, CertificationRequest, PublicKeyInfo, RelativeDistinguishedNames } from 'pkijs';
import { parseDer } from './asn1.js';
import type { UnsignedRequest } from './certificate-request.js';
import { signatureAlgorithm, signatureValue } from './signature-algorithm.js';

const caSigningNonce = '2.23.140.41';
const applicantSigningNonce = '2.23.140.42';

/** What a request repeats of a challenge, and what it adds. */
export interface SigningNonces {
  readonly ca: Uint8Array;
  readonly applicant: Uint8Array;
}

/**
 * The request that proves control over an onion service, without its signature.
 *
 * @param publicKey The DER SubjectPublicKeyInfo of the service's Ed25519 key.
 * @see RFC 9799 §3.2
 */
export function unsignedOnionRequest(publicKey: Uint8Array, { ca, applicant }: SigningNonces): UnsignedRequest {
  const request = new CertificationRequest({
    subject: new RelativeDistinguishedNames({ valueBeforeDecode: new Sequence().toBER() }),
    subjectPublicKeyInfo: new PublicKeyInfo({ schema: parseDer(publicKey) }),
    attributes: [attribute(caSigningNonce, ca), attribute(applicantSigningNonce, applicant)],
    signatureAlgorithm: signatureAlgorithm('Ed25519'),
  });
  const [toBeSigned] = request.toSchema(true).valueBlock.value;
  request.tbsView = new Uint8Array(toBeSigned?.toBER() ?? new ArrayBuffer(0));
  return {
    toBeSigned: request.tbsView.slice(),
    withSignature: (signature) => {
      request.signatureValue = new BitString({ valueHex: signatureValue('Ed25519', signature) });
      return new Uint8Array(request.toSchema().toBER());
    },
  };
}

const attribute = (type: string, nonce: Uint8Array): Attribute =>
  new Attribute({ type, values: [new OctetString({ valueHex: nonce })] });
