import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto';
import type { JWK } from 'jose';
import { of } from 'rxjs';
import type { AcmeDigest, AcmeSigner, PublicJwk } from '../../lib/model/ports.js';

const hashes = { EdDSA: null, RS256: 'sha256', ES256: 'sha256', ES384: 'sha384', ES512: 'sha512' } as const;

/** The algorithms that rxacme signs with itself. */
export const algorithms = Object.keys(hashes) as readonly (keyof typeof hashes)[];

/** Signs with a JWK by node:crypto, at once. ECDSA signatures differ each time, the others are always the same. */
export function nodeSigner(alg: keyof typeof hashes, jwk: JWK): AcmeSigner {
  const key = createPrivateKey({ key: { ...jwk }, format: 'jwk' });
  return {
    alg,
    publicJwk: jwk as PublicJwk,
    sign: (input) => of(new Uint8Array(sign(hashes[alg], input, { key, dsaEncoding: 'ieee-p1363' }))),
  };
}

/** Whether node:crypto finds a JWS signature right. */
export function nodeVerifies(alg: string, jwk: PublicJwk, input: Uint8Array, signature: Uint8Array): boolean {
  const key = createPublicKey({ key: { ...jwk }, format: 'jwk' });
  return verify(hashes[alg as keyof typeof hashes], input, { key, dsaEncoding: 'ieee-p1363' }, signature);
}

/** How many octets a signature has, with RSA keys of 2048 bits. */
export const signatureOctets: Readonly<Record<string, number>> = {
  ES256: 64,
  ES384: 96,
  ES512: 132,
  RS256: 256,
  EdDSA: 64,
};

/** SHA-256, at once. */
export const nodeDigest: AcmeDigest = (data) => of(new Uint8Array(createHash('sha256').update(data).digest()));

const ec = (namedCurve: string) => generateKeyPairSync('ec', { namedCurve }).privateKey;
const rsaKey = (modulusLength: number) => generateKeyPairSync('rsa', { modulusLength }).privateKey;
const pem = (key: KeyObject, type: 'pkcs8' | 'sec1' | 'pkcs1') => key.export({ type, format: 'pem' }).toString();
const [p256, p384, p521] = [ec('P-256'), ec('P-384'), ec('P-521')];
const rsa = rsaKey(2048);
const ed25519 = generateKeyPairSync('ed25519').privateKey;
const forms = (key: KeyObject) => ({ pkcs8: pem(key, 'pkcs8'), jwk: key.export({ format: 'jwk' }) as JWK });

/** Keys of this run in all the forms in which people keep them. */
export const keys = {
  p256: { ...forms(p256), sec1: pem(p256, 'sec1') },
  p384: { ...forms(p384), sec1: pem(p384, 'sec1') },
  p521: { ...forms(p521), sec1: pem(p521, 'sec1') },
  rsa: { ...forms(rsa), pkcs1: pem(rsa, 'pkcs1') },
  ed25519: forms(ed25519),
  secp256k1: forms(ec('secp256k1')),
  shortRsa: forms(rsaKey(1024)),
  encrypted: p256.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' }).toString(),
} as const;

/** The keys that fit an algorithm. */
export const keysFor = {
  ES256: keys.p256,
  ES384: keys.p384,
  ES512: keys.p521,
  RS256: keys.rsa,
  EdDSA: keys.ed25519,
} as const;
