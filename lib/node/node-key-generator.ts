import { generateKeyPair, generateKeyPairSync, type KeyObject, type KeyPairKeyObjectResult, sign } from 'node:crypto';
import { promisify } from 'node:util';
import { defer, from, map, type Observable, of } from 'rxjs';
import { encodePem } from '../codec/pem.js';
import { type CertificateKeyType, certificateKeyTypes } from '../model/key-type.js';
import type { CertificateKey } from '../model/ports.js';
import { opaqueKey } from '../x509/opaque-key.js';

/** How the pair of a key type is made, and the hash that it signs with. RSA takes from 0.1 s to some seconds: elsewhere. */
interface KeyMaker {
  readonly pair: () => KeyPairKeyObjectResult | Promise<KeyPairKeyObjectResult>;
  readonly hash: string | null;
}

const ec = (namedCurve: string, hash: string): KeyMaker => ({
  pair: () => generateKeyPairSync('ec', { namedCurve }),
  hash,
});
const rsa = (modulusLength: number): KeyMaker => ({
  pair: () => promisify(generateKeyPair)('rsa', { modulusLength }),
  hash: 'sha256',
});

const makers: Readonly<Record<CertificateKeyType, KeyMaker>> = {
  'P-256': /* @__PURE__ */ ec('P-256', 'sha256'),
  'P-384': /* @__PURE__ */ ec('P-384', 'sha384'),
  'RSA-2048': /* @__PURE__ */ rsa(2048),
  'RSA-3072': /* @__PURE__ */ rsa(3072),
  'RSA-4096': /* @__PURE__ */ rsa(4096),
  Ed25519: { pair: () => generateKeyPairSync('ed25519'), hash: null },
};

/**
 * Makes the key of a new certificate by `node:crypto`.
 *
 * Emits once: the key; then completes. Cold: each subscription makes another key. Cost: no request. Throws `TypeError`
 * on another type of key.
 *
 * @see RFC 8555 §7.4, RFC 8410 §3
 */
export function generateKeyByNode(keyType: CertificateKeyType): Observable<CertificateKey> {
  if (!certificateKeyTypes.includes(keyType))
    throw new TypeError(`certificate key: type "${keyType}" is not one of ${certificateKeyTypes.join(', ')}`);
  const { pair, hash } = makers[keyType];
  return defer(() => {
    const made = pair();
    return made instanceof Promise ? from(made) : of(made);
  }).pipe(map(({ privateKey, publicKey }) => certificateKey(keyType, privateKey, publicKey, hash)));
}

const certificateKey = (
  keyType: CertificateKeyType,
  privateKey: KeyObject,
  publicKey: KeyObject,
  hash: string | null,
) =>
  opaqueKey({
    keyType,
    publicKey: new Uint8Array(publicKey.export({ format: 'der', type: 'spki' })),
    sign: (input) => defer(() => of(new Uint8Array(sign(hash, input, { key: privateKey, dsaEncoding: 'ieee-p1363' })))),
    exportPem: () => defer(() => of(encodePem('PRIVATE KEY', privateKey.export({ format: 'der', type: 'pkcs8' })))),
  });
