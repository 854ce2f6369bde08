import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import type { SignatureCheck } from '../x509/signature-check.js';

/** Signature algorithms by OID: the type of key that they are for, and the hash. WebCrypto is asked for others. */
const algorithms: Readonly<Record<string, { readonly type: string; readonly hash: string }>> = {
  '1.2.840.10045.4.3.2': { type: 'ec', hash: 'sha256' },
  '1.2.840.10045.4.3.3': { type: 'ec', hash: 'sha384' },
  '1.2.840.10045.4.3.4': { type: 'ec', hash: 'sha512' },
  '1.2.840.113549.1.1.11': { type: 'rsa', hash: 'sha256' },
  '1.2.840.113549.1.1.12': { type: 'rsa', hash: 'sha384' },
  '1.2.840.113549.1.1.13': { type: 'rsa', hash: 'sha512' },
};

/** The key of an issuer is read once. */
const keys = new WeakMap<Uint8Array, KeyObject>();

function keyOf(spki: Uint8Array): KeyObject {
  const key = keys.get(spki) ?? createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' });
  keys.set(spki, key);
  return key;
}

/** Checks a signature by `node:crypto`, at once. Throws where the issuer's key is none. */
export const checkSignatureByNode: SignatureCheck = ({ algorithm, signed, signature, issuerKey }) => {
  const known = Object.hasOwn(algorithms, algorithm) ? algorithms[algorithm] : undefined;
  if (known === undefined) return undefined;
  const key = keyOf(issuerKey);
  return key.asymmetricKeyType === known.type && verify(known.hash, signed, key, signature);
};
