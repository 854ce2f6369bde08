import { createPrivateKey, type KeyObject } from 'node:crypto';
import { derContent, derTag } from '../codec/der.js';
import { decodePem } from '../codec/pem.js';
import { AcmeInputError } from '../model/errors/input-error.js';

/**
 * What PEM calls the forms of private key, what `node:crypto` calls them, and the tag of what stands behind the version
 * in each: newer OpenSSL reads a form under the names of the others as well.
 */
const forms = {
  'PRIVATE KEY': { type: 'pkcs8', tag: derTag.sequence },
  'EC PRIVATE KEY': { type: 'sec1', tag: derTag.octetString },
  'RSA PRIVATE KEY': { type: 'pkcs1', tag: derTag.integer },
} as const;

/** Of the version, which every form begins with: an INTEGER of one octet. */
const versionBytes = 3;

type Label = keyof typeof forms;

const labels = Object.keys(forms) as readonly Label[];

const block = (label: string) => new RegExp(`-----BEGIN ${label}-----[^-]*-----END ${label}-----`, 'g');

/**
 * Converts the PEM text of a private key to PKCS#8, which `importSigner` and `importCertificateKey` take: from SEC1, the
 * `EC PRIVATE KEY` of `openssl ecparam`, from PKCS#1, the `RSA PRIVATE KEY` of other ACME clients, or from PKCS#8 itself.
 *
 * Emits nothing itself: the value is the text. Throws {@link AcmeInputError} where there is not exactly one such key in
 * the text, where it is damaged, or where it is encrypted; the message says what to do and never shows the key. Cost:
 * none.
 *
 * @example
 * ```ts
 * const signer$ = (pem: string) => importSigner(toPkcs8Pem(pem));
 * ```
 *
 * @param pem Text around the block, and a block of `EC PARAMETERS`, are passed over.
 * @see RFC 5915 §4, RFC 8017 §A.1.2, RFC 7468 §10
 */
export function toPkcs8Pem(pem: string): string {
  if (typeof pem !== 'string') throw new TypeError('toPkcs8Pem: the key must be PEM text');
  if (/^-----BEGIN ENCRYPTED PRIVATE KEY-----|^Proc-Type: 4,ENCRYPTED/m.test(pem)) {
    throw new AcmeInputError('private key: it is encrypted; decrypt it first: openssl pkey -in OLD -out NEW');
  }
  const text = pem.replace(block('EC PARAMETERS'), '');
  const der = decoded(text);
  const label = labels.find((each) => text.includes(`-----BEGIN ${each}-----`)) ?? 'PRIVATE KEY';
  return parsed(der, label).export({ type: 'pkcs8', format: 'pem' }).toString();
}

function decoded(text: string): Uint8Array {
  try {
    return decodePem(text, labels);
  } catch (cause) {
    throw new AcmeInputError(`private key: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

function parsed(der: Uint8Array, label: Label): KeyObject {
  const { type, tag } = forms[label];
  try {
    if (derContent(der)[versionBytes] !== tag) throw new TypeError(`it is no ${type}`);
    return createPrivateKey({ key: Buffer.from(der), format: 'der', type });
  } catch (cause) {
    throw new AcmeInputError(`private key: the ${label} is damaged, or of a kind that OpenSSL does not know`, {
      cause,
    });
  }
}
