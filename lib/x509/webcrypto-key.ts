import { defer } from 'rxjs';
import { encodePem } from '../codec/pem.js';
import type { CertificateKey } from '../model/ports.js';
import { opaqueKey } from './opaque-key.js';

/** What WebCrypto has to know of an algorithm to make, import or use a key. */
export interface KeyParameters {
  readonly name: 'ECDSA' | 'RSASSA-PKCS1-v1_5' | 'Ed25519';
  readonly hash?: 'SHA-256' | 'SHA-384';
  readonly namedCurve?: string;
}

/**
 * Wraps an extractable WebCrypto private key. Nothing that prints, inspects or serialises the value sees more than
 * its type: the key is in a closure.
 */
export function webCryptoKey(
  keyType: string,
  publicKey: Uint8Array,
  privateKey: CryptoKey,
  parameters: KeyParameters,
): CertificateKey {
  const { subtle } = globalThis.crypto;
  return opaqueKey({
    keyType,
    publicKey,
    sign: (input: Uint8Array) =>
      defer(async () => new Uint8Array(await subtle.sign({ ...parameters }, privateKey, new Uint8Array(input)))),
    exportPem: () =>
      defer(async () => encodePem('PRIVATE KEY', new Uint8Array(await subtle.exportKey('pkcs8', privateKey)))),
  });
}
