import { type CryptoKey, exportJWK, exportPKCS8, generateKeyPair, importJWK, importPKCS8, type JWK } from 'jose';
import { defer } from 'rxjs';
import { decodePem, encodePem } from '../codec/pem.js';
import { AcmeInputError } from '../model/errors/input-error.js';
import type { AcmeSigner } from '../model/ports.js';
import { algorithmNames } from './algorithms.js';
import { cryptoKeySigner } from './crypto-key-signer.js';
import type { ExportableSigner, GeneratedAlgorithm } from './exportable-signer.js';

/** A signer with a new key. */
export async function generated(alg: GeneratedAlgorithm): Promise<ExportableSigner> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  const signer = cryptoKeySigner(alg, privateKey, await exportJWK(publicKey));
  return { ...signer, exportPem: () => defer(() => exportPKCS8(privateKey)) };
}

/** A signer with the key of a PKCS#8 PEM text. */
export async function fromPem(pem: string, alg: GeneratedAlgorithm | undefined): Promise<AcmeSigner> {
  const clean = cleanPem(pem);
  for (const candidate of alg === undefined ? (['ES256', 'RS256'] as const) : [alg]) {
    const key = await importPKCS8(clean, candidate, { extractable: true }).catch(() => undefined);
    if (key !== undefined) return fromJwk(await exportJWK(key), candidate);
  }
  throw new AcmeInputError(`account key: the PRIVATE KEY is not one for ${alg ?? 'ES256 or RS256'}`);
}

/** The one block of a text, without what stands around it. */
function cleanPem(pem: string): string {
  try {
    return encodePem('PRIVATE KEY', decodePem(pem, ['PRIVATE KEY']));
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new AcmeInputError(
      `account key: ${why}; other forms of private key are converted by: openssl pkcs8 -topk8 -nocrypt`,
      { cause },
    );
  }
}

/** A signer with the key of a private JWK. */
export async function fromJwk(jwk: JWK, wanted: string | undefined): Promise<AcmeSigner> {
  const alg = wanted ?? jwk.alg ?? (jwk.kty === 'RSA' ? 'RS256' : 'ES256');
  if (!algorithmNames.includes(alg))
    throw new AcmeInputError(`account key: algorithm "${alg}" is not one of ${algorithmNames.join(', ')}`);
  if (typeof jwk.d !== 'string') throw new AcmeInputError('account key: the JWK holds no private key');
  const key = await importJWK(jwk, alg, { extractable: false }).catch(() => undefined);
  if (isCryptoKey(key)) return cryptoKeySigner(alg, key, jwk);
  throw new AcmeInputError(`account key: the JWK is not a private key for ${alg}`);
}

const isCryptoKey = (key: CryptoKey | Uint8Array | undefined): key is CryptoKey =>
  key !== undefined && !(key instanceof Uint8Array);
