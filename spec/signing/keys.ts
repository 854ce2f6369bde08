import { createHash, createPrivateKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import type { JWK } from 'jose';
import { of } from 'rxjs';
import type { AcmeDigest, AcmeSigner, PublicJwk } from '../../lib/model/ports.js';

/** Signs with a JWK by node:crypto, at once. ECDSA signatures differ each time, the others are always the same. */
export function nodeSigner(alg: 'EdDSA' | 'RS256' | 'ES256', jwk: JWK): AcmeSigner {
  const key = createPrivateKey({ key: { ...jwk }, format: 'jwk' });
  const hash = alg === 'EdDSA' ? null : 'sha256';
  return {
    alg,
    publicJwk: jwk as PublicJwk,
    sign: (input) => of(new Uint8Array(sign(hash, input, { key, dsaEncoding: 'ieee-p1363' }))),
  };
}

/** SHA-256, at once. */
export const nodeDigest: AcmeDigest = (data) => of(new Uint8Array(createHash('sha256').update(data).digest()));

const ec = (namedCurve: string) => generateKeyPairSync('ec', { namedCurve }).privateKey;
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
const pem = (key: KeyObject, type: 'pkcs8' | 'sec1' | 'pkcs1') => key.export({ type, format: 'pem' }).toString();
const p256 = ec('P-256');

/** Keys of this run in all the forms in which people keep them. */
export const keys = {
  p256: { pkcs8: pem(p256, 'pkcs8'), sec1: pem(p256, 'sec1'), jwk: p256.export({ format: 'jwk' }) as JWK },
  rsa: { pkcs8: pem(rsa, 'pkcs8'), pkcs1: pem(rsa, 'pkcs1'), jwk: rsa.export({ format: 'jwk' }) as JWK },
  p384: { pkcs8: pem(ec('P-384'), 'pkcs8'), jwk: ec('P-384').export({ format: 'jwk' }) as JWK },
  ed25519: pem(generateKeyPairSync('ed25519').privateKey, 'pkcs8'),
  encrypted: p256.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' }).toString(),
} as const;
