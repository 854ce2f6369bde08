import type { Observable, ObservableInput } from 'rxjs';
import type { CertificateDetails } from './certificate.js';
import type { Challenge } from './challenge.js';
import type { Identifier } from './identifier.js';
import type { CertificateKeyType, SignatureAlgorithm } from './key-type.js';

/** What {@link AcmeTransport} is called with. */
export interface AcmeHttpRequest {
  /** Signed requests are POSTs. */
  readonly method: 'GET' | 'POST';
  /** To be used as it is, byte for byte. */
  readonly url: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** JSON text. */
  readonly body?: string;
  /** The transport may stop reading beyond this and error. */
  readonly maxResponseBytes: number;
}

/** What {@link AcmeTransport} emits. */
export interface AcmeHttpResponse {
  /** As sent; 0 where a browser hides a redirect. */
  readonly status: number;
  /** Names in lower case, repeated ones joined by `, `. */
  readonly headers: Readonly<Record<string, string>>;
  /** Read to its end. */
  readonly body: Uint8Array;
}

/**
 * Sends one request and emits its whole response, whatever its status, once. Must not follow redirects, must not
 * retry, and must abort the exchange, body included, when it is unsubscribed.
 */
export interface AcmeTransport {
  (request: AcmeHttpRequest): Observable<AcmeHttpResponse>;
  /** Frees what the transport holds, such as idle connections. */
  close?(): void;
}

/** Wraps a transport: sees and may replace every request and response. The first of a list is the outermost. */
export type AcmeInterceptor = (request: AcmeHttpRequest, next: AcmeTransport) => Observable<AcmeHttpResponse>;

/** A public key as a JSON Web Key, public members only. */
export interface PublicJwk {
  /** `EC`, `RSA` or `OKP`. */
  readonly kty: string;
  /** The curve, of EC and OKP keys. */
  readonly crv?: string;
  /** Base64url, of EC and OKP keys. */
  readonly x?: string;
  /** Base64url, of EC keys. */
  readonly y?: string;
  /** The modulus, base64url, of RSA keys. */
  readonly n?: string;
  /** The exponent, base64url, of RSA keys. */
  readonly e?: string;
}

/** An account key: signs, never shows its private part. An HSM or KMS stands behind the same three members. */
export interface AcmeSigner {
  /** The JWS algorithm, such as `ES256`. */
  readonly alg: SignatureAlgorithm;
  /** The public key, and nothing else. */
  readonly publicJwk: PublicJwk;
  /** The signature of `input` in JWS form: for ECDSA the two integers, each of full length, one after the other. */
  sign(input: Uint8Array): ObservableInput<Uint8Array>;
}

/** Hashes with SHA-256. */
export type AcmeDigest = (data: Uint8Array) => ObservableInput<Uint8Array>;

/**
 * The private key of a certificate. Printed, inspected or serialised it shows only its type; `exportPem` is the one
 * way to its private part.
 */
export interface CertificateKey {
  /** What kind of key it is. */
  readonly keyType: CertificateKeyType | (string & {});
  /** The DER SubjectPublicKeyInfo. */
  readonly publicKey: Uint8Array;
  /** The signature of `input`; for ECDSA the two integers, each of full length, one after the other. */
  sign(input: Uint8Array): ObservableInput<Uint8Array>;
  /** Emits the private key as PKCS#8 PEM. */
  exportPem(): Observable<string>;
}

/** Makes the key of a new certificate. */
export type KeyGenerator = (keyType: CertificateKeyType) => ObservableInput<CertificateKey>;

/** What a kind of identifier puts into a certificate request. Nothing at all is an answer too. */
export interface RequestedNames {
  /** DER GeneralNames for the subject alternative name extension. */
  readonly generalNames?: readonly Uint8Array[];
  /** Whole extensions. */
  readonly extensions?: readonly RequestedExtension[];
}

/** An extension that a certificate request asks for. */
export interface RequestedExtension {
  /** Its object identifier, in dotted form. */
  readonly oid: string;
  /** Default: false. */
  readonly critical?: boolean;
  /** The DER of its value. */
  readonly value: Uint8Array;
}

/** What has to be known of a kind of identifier other than `dns` and `ip`. */
export interface IdentifierType {
  /** As in {@link Identifier.type}. */
  readonly type: string;
  /** The value in the form that goes to the server. Throws `TypeError` on one that cannot be. Default: as it is. */
  normalize?(value: string): string;
  /** What a certificate request for these values, all of this type, says. Default: nothing. */
  requestedNames?(values: readonly string[]): RequestedNames;
}

/** What a certificate request says beyond its identifiers. */
export interface CertificateRequestOptions {
  /** Whether the certificate must be served with a stapled OCSP answer, RFC 7633. Default: false. */
  readonly mustStaple?: boolean | undefined;
  /** The kinds of identifier beside `dns` and `ip`. */
  readonly identifierTypes?: readonly IdentifierType[] | undefined;
  /** More extensions. */
  readonly extensions?: readonly RequestedExtension[] | undefined;
}

/** Makes a PKCS#10 request, DER, for exactly these identifiers, with an empty subject. */
export type CertificateRequestBuilder = (
  key: CertificateKey,
  identifiers: readonly Identifier[],
  options?: CertificateRequestOptions,
) => ObservableInput<Uint8Array>;

/** What a certificate signing request says. */
export interface CertificateRequestDetails {
  /** The request itself. */
  readonly der: Uint8Array;
  /** The names and addresses that it asks for. */
  readonly identifiers: readonly Identifier[];
  /** The DER SubjectPublicKeyInfo. */
  readonly publicKey: Uint8Array;
}

/** What the first certificate of a chain has to say. */
export interface ExpectedLeaf {
  /** The DER SubjectPublicKeyInfo. */
  readonly publicKey: Uint8Array;
  /** The names and addresses, as a set. */
  readonly identifiers: readonly Identifier[];
}

/** Reads what servers and callers hand over. Errors where it is not what it should be. */
export interface CertificateReader {
  /** Asked while a server validates: loads what will be needed then. What comes of it is not told. */
  prepare?(): ObservableInput<unknown>;
  /** Reads a PKCS#10 request, DER or PEM. Errors where it is none. */
  readRequest(request: Uint8Array | string): ObservableInput<CertificateRequestDetails>;
  /**
   * Reads a downloaded chain, PEM, and emits its certificates, leaf first, all at once. Errors unless the text holds
   * nothing but certificates, each one's signature is verified by the next, and the first is as expected.
   */
  readChain(
    pem: Uint8Array,
    expected: ExpectedLeaf | undefined,
  ): ObservableInput<{ readonly chain: readonly CertificateDetails[] }>;
}

/** What a solver has to prove, and the values that prove it. Printed or serialised it hides them. */
export interface ChallengeTask {
  /** Without `*.`, in the form that goes into records and files. */
  readonly identifier: Identifier;
  /** Whether the order asks for `*.` of the identifier. */
  readonly wildcard: boolean;
  /** The challenge's type. */
  readonly type: string;
  /** The whole challenge, for types that need more of it than what is here. */
  readonly challenge: Challenge;
  /** Present where the challenge has one. */
  readonly token?: string;
  /** RFC 8555 §8.1. Present where the challenge has a token. */
  readonly keyAuthorization?: string;
  /** The base64url SHA-256 of the key authorization: the TXT value of `dns-01`. */
  readonly keyAuthorizationDigest?: string;
  /** Whose challenge it is. */
  readonly accountUrl: string;
  /** The order that it is for. Absent where an identifier is authorized ahead of any order. */
  readonly orderUrl?: string;
  /** The base64url SHA-256 of the account's URL. Present for `dns-account-01`, whose record is named by it. */
  readonly accountUrlDigest?: string;
  /** The account key's thumbprint, RFC 7638. Present in every task that rxacme makes. */
  readonly thumbprint?: string;
  /** The session's, for types that have to hash what they learn later. Present in every task that rxacme makes. */
  readonly digest?: AcmeDigest;
}

/** What a solver is asked whether it takes. */
export type ProofAsked = Pick<ChallengeTask, 'identifier' | 'wildcard' | 'type'>;

/**
 * Proves control over identifiers. Every solver of an order presents before any is waited for. `cleanUp` is called
 * for every task that `present` was called for, also when that failed, was cut short or happened in a process that
 * is gone. Each is subscribed once per task; completion says it is done. What `present` and `cleanUp` emit is ignored.
 */
export interface ChallengeSolver {
  /** The challenge types it solves, best first. */
  readonly types: readonly string[];
  /** Tells it from others of its types in a `Journal`; to be the same after a restart. */
  readonly name?: string | undefined;
  /** Whether it proves this identifier by a challenge of this type, one of `types`. Default: it does. */
  accepts?(asked: ProofAsked): boolean;
  /** Makes the answer visible to the server. */
  present(task: ChallengeTask): ObservableInput<unknown>;
  /**
   * Completes when the server will see the answer. What it emits becomes the `progress` of events, as far as it is plain
   * data.
   */
  ready?(task: ChallengeTask): ObservableInput<unknown>;
  /** Emits the response object for the challenge, for types that want more than `{}`. Subscribed after `ready`, right before the answer is sent. */
  response?(task: ChallengeTask): ObservableInput<object>;
  /** Withdraws what `present` made visible, and nothing else. */
  cleanUp(task: ChallengeTask): ObservableInput<unknown>;
}

/** Keeps certificate keys, by the URL of their order. */
export interface KeyStore {
  /** Completes when the key is safe. Called before the order is finalized. */
  save(orderUrl: string, key: CertificateKey): ObservableInput<unknown>;
  /** Emits the key, or completes without one. */
  load?(orderUrl: string): ObservableInput<CertificateKey>;
}
