import type { JsonObject } from './json.js';
import type { Retrieved } from './retrieved.js';

/**
 * A kind of key that a template takes.
 *
 * @see RFC 9115 §4, appendix A
 */
export interface TemplateKeyType {
  /** `rsaEncryption`, `id-ecPublicKey` or another. */
  readonly publicKeyType: string;
  /** The size of the modulus in bits, of RSA keys. */
  readonly publicKeyLength?: number;
  /** `secp256r1`, `secp384r1`, `secp521r1` or another, of EC keys. */
  readonly namedCurve?: string;
  /** How the request is to be signed, such as `ecdsa-with-SHA256`. */
  readonly signatureType?: string;
}

/**
 * What the certificate request for a delegated name has to look like. A text is to be taken over as it is; `**` stands
 * for one that the client chooses, `*` for one that it may leave out.
 *
 * @see RFC 9115 §4
 */
export interface CsrTemplate {
  /** One of these. */
  readonly keyTypes: readonly TemplateKeyType[];
  /** Parts of the subject by the template's names, such as `commonName`. */
  readonly subject: Readonly<Record<string, string>>;
  /** DNS names of the subject alternative name extension. */
  readonly dnsNames: readonly string[];
  /** E-mail addresses of the subject alternative name extension. */
  readonly emailAddresses: readonly string[];
  /** URIs of the subject alternative name extension. */
  readonly uris: readonly string[];
  /** Names of RFC 5280, such as `digitalSignature`. */
  readonly keyUsage: readonly string[];
  /** Names such as `serverAuth`, or dotted object identifiers. */
  readonly extendedKeyUsage: readonly string[];
  /** As the server sent it. */
  readonly raw: JsonObject;
}

/**
 * What the owner of a name lets somebody else obtain.
 *
 * @see RFC 9115 §2.3.1
 */
export interface Delegation extends Retrieved {
  /** What the certificate request has to look like. */
  readonly csrTemplate: CsrTemplate;
  /** From a delegated name to the name that it is an alias of, both with a dot at the end. */
  readonly cnameMap: Readonly<Record<string, string>>;
}
