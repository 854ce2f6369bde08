import { decodePem } from '../codec/pem.js';
import { AcmeInputError } from '../model/errors/input-error.js';
import type { CertificateKeyType } from '../model/key-type.js';
import type { CertificateKey } from '../model/ports.js';
import { type KeyAlgorithm, privateKeyAlgorithm } from './key-algorithm.js';
import { type KeyParameters, webCryptoKey } from './webcrypto-key.js';

const p256 = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const p384 = { name: 'ECDSA', namedCurve: 'P-384', hash: 'SHA-384' } as const;
const rsa = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', publicExponent: Uint8Array.of(1, 0, 1) } as const;

const parametersOf: Readonly<Record<CertificateKeyType, KeyParameters & (EcKeyGenParams | RsaHashedKeyGenParams)>> = {
  'P-256': p256,
  'P-384': p384,
  'RSA-2048': { ...rsa, modulusLength: 2048 },
  'RSA-3072': { ...rsa, modulusLength: 3072 },
  'RSA-4096': { ...rsa, modulusLength: 4096 },
};

const importable: Readonly<Partial<Record<KeyAlgorithm, KeyParameters>>> = { 'P-256': p256, 'P-384': p384, RSA: rsa };

/** A new key, extractable so that it can be saved. */
export async function generated(keyType: CertificateKeyType): Promise<CertificateKey> {
  const parameters = parametersOf[keyType];
  const { privateKey, publicKey } = await subtle().generateKey(parameters, true, ['sign', 'verify']);
  return webCryptoKey(keyType, await publicKeyInfo(publicKey), privateKey, parameters);
}

/** The key of a PKCS#8 PEM text. */
export async function imported(pem: string): Promise<CertificateKey> {
  const pkcs8 = decodePrivateKey(pem);
  const algorithm = privateKeyAlgorithm(pkcs8);
  const parameters = algorithm === undefined ? undefined : importable[algorithm];
  if (parameters === undefined) {
    throw new AcmeInputError('certificate key: the PRIVATE KEY is none of EC P-256, EC P-384 and RSA');
  }
  return importKey(new Uint8Array(pkcs8), parameters);
}

function decodePrivateKey(pem: string): Uint8Array {
  try {
    return decodePem(pem, ['PRIVATE KEY']);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new AcmeInputError(
      `certificate key: ${why}; other forms of private key are converted by: openssl pkey -in OLD -out NEW`,
      { cause },
    );
  }
}

async function importKey(pkcs8: Uint8Array<ArrayBuffer>, parameters: KeyParameters): Promise<CertificateKey> {
  const { privateKey, publicKey } = await importPair(pkcs8, parameters).catch((cause: unknown) => {
    throw new AcmeInputError('certificate key: the PRIVATE KEY is damaged, or WebCrypto does not take this kind', {
      cause,
    });
  });
  const { modulusLength = smallestModulus } = privateKey.algorithm as Partial<RsaKeyAlgorithm>;
  if (modulusLength < smallestModulus)
    throw new AcmeInputError(
      `certificate key: RSA with ${modulusLength} bits, CAs take no less than ${smallestModulus}`,
    );
  return webCryptoKey(
    parameters.namedCurve ?? `RSA-${modulusLength}`,
    await publicKeyInfo(publicKey),
    privateKey,
    parameters,
  );
}

const smallestModulus = 2048;

async function importPair(pkcs8: Uint8Array<ArrayBuffer>, parameters: KeyParameters): Promise<CryptoKeyPair> {
  const privateKey = await subtle().importKey('pkcs8', pkcs8, { ...parameters }, true, ['sign']);
  const { kty, crv, x, y, n, e } = await subtle().exportKey('jwk', privateKey);
  const jwk = kty === 'RSA' ? { kty, n, e } : { kty, crv, x, y };
  return {
    privateKey,
    publicKey: await subtle().importKey('jwk', jwk as JsonWebKey, { ...parameters }, true, ['verify']),
  };
}

const subtle = () => globalThis.crypto.subtle;

const publicKeyInfo = async (key: CryptoKey): Promise<Uint8Array> =>
  new Uint8Array(await subtle().exportKey('spki', key));
