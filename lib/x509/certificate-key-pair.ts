import { decodePem } from '../codec/pem.js';
import { publicMembers } from '../codec/public-members.js';
import { AcmeInputError } from '../model/errors/input-error.js';
import { AcmeUnsupportedError } from '../model/errors/unsupported-error.js';
import type { CertificateKeyType } from '../model/key-type.js';
import type { CertificateKey, PublicJwk } from '../model/ports.js';
import { type KeyAlgorithm, privateKeyAlgorithm } from './key-algorithm.js';
import { type KeyParameters, webCryptoKey } from './webcrypto-key.js';

const p256 = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const p384 = { name: 'ECDSA', namedCurve: 'P-384', hash: 'SHA-384' } as const;
const rsa = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', publicExponent: Uint8Array.of(1, 0, 1) } as const;

const ed25519 = { name: 'Ed25519' } as const;

const parametersOf: Readonly<Record<CertificateKeyType, KeyParameters & { readonly modulusLength?: number }>> = {
  'P-256': p256,
  'P-384': p384,
  'RSA-2048': { ...rsa, modulusLength: 2048 },
  'RSA-3072': { ...rsa, modulusLength: 3072 },
  'RSA-4096': { ...rsa, modulusLength: 4096 },
  Ed25519: ed25519,
};

const importable: Readonly<Record<KeyAlgorithm, KeyParameters>> = {
  'P-256': p256,
  'P-384': p384,
  RSA: rsa,
  Ed25519: ed25519,
};

/** A new key, extractable so that it can be saved. */
export async function generated(keyType: CertificateKeyType): Promise<CertificateKey> {
  const parameters = parametersOf[keyType];
  const { privateKey, publicKey } = await generatePair(keyType, parameters);
  return webCryptoKey(keyType, await publicKeyInfo(publicKey), privateKey, parameters);
}

async function generatePair(keyType: string, parameters: KeyParameters): Promise<CryptoKeyPair> {
  try {
    return (await subtle().generateKey({ ...parameters }, true, ['sign', 'verify'])) as CryptoKeyPair;
  } catch (cause) {
    throw new AcmeUnsupportedError(`certificate key: this platform makes no ${keyType} keys, take another type`, {
      cause,
    });
  }
}

/** The key of a PKCS#8 PEM text. */
export async function imported(pem: string): Promise<CertificateKey> {
  const pkcs8 = decodePrivateKey(pem);
  const algorithm = privateKeyAlgorithm(pkcs8);
  const parameters = algorithm === undefined ? undefined : importable[algorithm];
  if (parameters === undefined) {
    throw new AcmeInputError('certificate key: the PRIVATE KEY is none of EC P-256, EC P-384, RSA and Ed25519');
  }
  return importKey(new Uint8Array(pkcs8), parameters);
}

function decodePrivateKey(pem: string): Uint8Array {
  try {
    return decodePem(pem, ['PRIVATE KEY']);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new AcmeInputError(
      `certificate key: ${why}; other forms of private key are converted by toPkcs8Pem of rxacme/node, or by: openssl pkey -in OLD -out NEW`,
      { cause },
    );
  }
}

async function importKey(pkcs8: Uint8Array<ArrayBuffer>, parameters: KeyParameters): Promise<CertificateKey> {
  const pair = await importPair(pkcs8, parameters).catch((cause: unknown) => {
    throw new AcmeInputError('certificate key: the PRIVATE KEY is damaged, or WebCrypto does not take this kind', {
      cause,
    });
  });
  const { privateKey, publicKey } = pair;
  const { modulusLength = smallestModulus } = privateKey.algorithm as Partial<RsaKeyAlgorithm>;
  if (modulusLength < smallestModulus)
    throw new AcmeInputError(
      `certificate key: RSA with ${modulusLength} bits, CAs take no less than ${smallestModulus}`,
    );
  if (!(await isPair(pair, parameters)))
    throw new AcmeInputError(
      'certificate key: the PRIVATE KEY is damaged, its public part does not belong to its private one; take it from a backup',
    );
  return webCryptoKey(keyTypeOf(parameters, modulusLength), await publicKeyInfo(publicKey), privateKey, parameters);
}

const smallestModulus = 2048;

const keyTypeOf = ({ name, namedCurve }: KeyParameters, modulusLength: number): string =>
  namedCurve ?? (name === 'Ed25519' ? name : `RSA-${modulusLength}`);

/** Whether the public key verifies what the private one signs: a damaged key is imported like a good one. */
async function isPair({ privateKey, publicKey }: CryptoKeyPair, parameters: KeyParameters): Promise<boolean> {
  const input = Uint8Array.of(1);
  try {
    const signature = await subtle().sign({ ...parameters }, privateKey, input);
    return await subtle().verify({ ...parameters }, publicKey, signature, input);
  } catch {
    return false;
  }
}

async function importPair(pkcs8: Uint8Array<ArrayBuffer>, parameters: KeyParameters): Promise<CryptoKeyPair> {
  const privateKey = await subtle().importKey('pkcs8', pkcs8, { ...parameters }, true, ['sign']);
  const jwk = publicMembers((await subtle().exportKey('jwk', privateKey)) as PublicJwk);
  return {
    privateKey,
    publicKey: await subtle().importKey('jwk', jwk as JsonWebKey, { ...parameters }, true, ['verify']),
  };
}

const subtle = () => globalThis.crypto.subtle;

const publicKeyInfo = async (key: CryptoKey): Promise<Uint8Array> =>
  new Uint8Array(await subtle().exportKey('spki', key));
