import { sha256 } from '@noble/hashes/sha2.js';
import { of } from 'rxjs';
import { decodeBase64url, encodeBase64url } from '../../codec/base64url.js';
import { encodeHex } from '../../codec/hex.js';
import { decodePem, encodePem, parsePemChain } from '../../codec/pem.js';
import { decodeUtf8, encodeUtf8 } from '../../codec/utf8.js';
import { AcmeInputError } from '../../model/errors/input-error.js';
import { AcmeProtocolError } from '../../model/errors/protocol-error.js';
import type { Identifier } from '../../model/identifier.js';
import type {
  CertificateKey,
  CertificateReader,
  CertificateRequestBuilder,
  CertificateRequestDetails,
  KeyGenerator,
  PublicJwk,
} from '../../model/ports.js';
import { type ChainLink, checkChain } from '../../x509/check-chain.js';
import { decodeFakeDer, encodeFakeDer } from './fake-der.js';
import { synchronousJwk, synchronousSignature } from './keys.js';

/** What a fake request says. */
interface FakeRequest {
  readonly identifiers: readonly Identifier[];
  /** The public key, base64url. */
  readonly publicKey: string;
}

/** What a fake certificate says. */
export interface FakeCertificate extends FakeRequest {
  readonly subject: string;
  readonly issuer: string;
  readonly serialNumber: string;
  readonly notBefore: number;
  readonly notAfter: number;
}

/** The point of a key, as it ends a SubjectPublicKeyInfo. */
const pointOf = ({ x = '', y = '' }: PublicJwk): Uint8Array =>
  Uint8Array.from([4, ...decodeBase64url(x), ...decodeBase64url(y)]);

/**
 * A certificate key that is there at once, for tests in virtual time. It protects nothing.
 *
 * Emits nothing itself: the value is the key. Cost: none.
 *
 * @param name Tells one key from another. Default: `certificate`.
 */
export function synchronousCertificateKey(name = 'certificate'): CertificateKey {
  const jwk = synchronousJwk(name);
  const pem = encodePem('PRIVATE KEY', encodeFakeDer({ name }));
  return {
    keyType: 'P-256',
    publicKey: pointOf(jwk),
    sign: (input) => of(synchronousSignature(jwk, input)),
    exportPem: () => of(pem),
  };
}

/** Makes certificate keys at once, each another one. A function of its own per session, so that tests do not meet. */
export function synchronousKeyGenerator(): KeyGenerator {
  let made = 0;
  return () => of(synchronousCertificateKey(`certificate ${++made}`));
}

/** Makes requests at once that only a fake CA can read. */
export const synchronousRequestBuilder: CertificateRequestBuilder = ({ publicKey }, identifiers) =>
  of(encodeFakeDer({ identifiers, publicKey: encodeBase64url(publicKey) } satisfies FakeRequest));

/** Reads the requests and the certificates of a fake CA, at once. */
export const synchronousCertificateReader: CertificateReader = {
  readRequest: (request) => {
    const der = typeof request === 'string' ? decodePem(request, ['CERTIFICATE REQUEST']) : request;
    return of(readFakeRequest(der) ?? fail(new AcmeInputError('not a request of rxacme/testing')));
  },
  readChain: (pem, expected) => {
    const ders = parsePemChain(decodeUtf8(pem), pem);
    const certificates = ders.map((der) => (decodeFakeDer(der) as FakeCertificate | undefined) ?? fail(notFake(pem)));
    const links = certificates.map((each, index) => linkOf(each, ders[index] as Uint8Array, certificates[index + 1]));
    checkChain(links, expected, pem);
    return of({ chain: links.map(({ verifiedByNext: _, ...details }) => details) });
  },
};

/** What a fake request says; `undefined` where it is a real one. */
export function readFakeRequest(der: Uint8Array): CertificateRequestDetails | undefined {
  const request = decodeFakeDer(der) as FakeRequest | undefined;
  return request && { der, identifiers: request.identifiers, publicKey: decodeBase64url(request.publicKey) };
}

const notFake = (body: Uint8Array) =>
  new AcmeProtocolError('not a certificate of rxacme/testing: real ones need the default certificateReader', { body });

function linkOf(certificate: FakeCertificate, der: Uint8Array, next: FakeCertificate | undefined): ChainLink {
  const { subject, issuer, identifiers, serialNumber, notBefore, notAfter, publicKey } = certificate;
  return {
    der,
    subject,
    issuer,
    identifiers,
    serialNumber,
    notBeforeAt: new Date(notBefore),
    notAfterAt: new Date(notAfter),
    publicKey: decodeBase64url(publicKey),
    keyType: 'P-256',
    isCa: subject !== '',
    subjectKeyIdentifier: keyIdentifier(subject),
    authorityKeyIdentifier: keyIdentifier(issuer),
    verifiedByNext: next === undefined || next.subject === issuer,
  };
}

const keyIdentifier = (name: string): string => encodeHex(sha256(encodeUtf8(name)).subarray(0, 20));

function fail(error: Error): never {
  throw error;
}
