import { type CryptoKey, exportJWK, exportPKCS8, generateKeyPair, importJWK, importPKCS8, type JWK } from 'jose';
import { defer } from 'rxjs';
import { decodePem, encodePem } from '../codec/pem.js';
import { encodeUtf8 } from '../codec/utf8.js';
import { AcmeInputError } from '../model/errors/input-error.js';
import { AcmeUnsupportedError } from '../model/errors/unsupported-error.js';
import type { AcmeSigner } from '../model/ports.js';
import { algorithmFor, algorithmNames } from './algorithms.js';
import type { ExportableSigner, GeneratedAlgorithm } from './exportable-signer.js';
import { verifySignature } from './verify-signature.js';
import { webCryptoSigner } from './web-crypto-signer.js';

/** A signer with a new key. */
export async function generated(alg: GeneratedAlgorithm): Promise<ExportableSigner> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true }).catch((cause: unknown) => {
    throw new AcmeUnsupportedError(`account key: this platform makes no keys for ${alg}, take another algorithm`, {
      cause,
    });
  });
  const signer = webCryptoSigner(alg, privateKey, await exportJWK(publicKey));
  return { ...signer, exportPem: () => defer(() => exportPKCS8(privateKey)) };
}

/** A signer with the key of a PKCS#8 PEM text. */
export async function fromPem(pem: string, alg: GeneratedAlgorithm | undefined): Promise<AcmeSigner> {
  const clean = cleanPem(pem);
  for (const candidate of alg === undefined ? algorithmNames() : [alg]) {
    const key = await importPKCS8(clean, candidate, { extractable: true }).catch(() => undefined);
    if (key !== undefined) return fromJwk(await exportJWK(key), candidate);
  }
  throw new AcmeInputError(`account key: the PRIVATE KEY is not one for ${alg ?? algorithmNames().join(', ')}`);
}

/** The one block of a text, without what stands around it. */
function cleanPem(pem: string): string {
  try {
    return encodePem('PRIVATE KEY', decodePem(pem, ['PRIVATE KEY']));
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new AcmeInputError(
      `account key: ${why}; other forms of private key are converted by toPkcs8Pem of rxacme/node, or by: openssl pkcs8 -topk8 -nocrypt`,
      { cause },
    );
  }
}

/** A signer with the key of a private JWK. */
export async function fromJwk(jwk: JWK, wanted: string | undefined): Promise<AcmeSigner> {
  const alg = wanted ?? namedAlgorithm(jwk) ?? algorithmFor(jwk) ?? 'ES256';
  if (!algorithmNames().includes(alg))
    throw new AcmeInputError(`account key: algorithm "${alg}" is not one of ${algorithmNames().join(', ')}`);
  if (typeof jwk.d !== 'string') throw new AcmeInputError('account key: the JWK holds no private key');
  const key = await importJWK(jwk, alg, { extractable: false }).catch(() => undefined);
  if (!isCryptoKey(key))
    throw new AcmeInputError(
      `account key: the JWK is not a private key for ${alg}, or is damaged, in which case take it from a backup`,
    );
  const { modulusLength = leastModulus } = key.algorithm as Partial<RsaKeyAlgorithm>;
  if (modulusLength < leastModulus)
    throw new AcmeInputError(`account key: RSA with ${modulusLength} bits, RFC 7518 §3.3 takes no less than 2048`);
  return tried(webCryptoSigner(alg, key, jwk));
}

const leastModulus = 2048;

/** RFC 9864 calls EdDSA with this curve after the curve; ACME servers know the older name. */
const namedAlgorithm = ({ alg }: JWK): string | undefined => (alg === 'Ed25519' ? 'EdDSA' : alg);

const isCryptoKey = (key: CryptoKey | Uint8Array | undefined): key is CryptoKey =>
  key !== undefined && !(key instanceof Uint8Array);

/** A signer whose public key belongs to its private one: a damaged key is imported like a good one, and never works. */
async function tried(signer: AcmeSigner): Promise<AcmeSigner> {
  const input = encodeUtf8('rxacme');
  const signature = await Promise.resolve(signer.sign(input) as Promise<Uint8Array>).catch(() => new Uint8Array());
  if (await verifySignature(signer.alg, signer.publicJwk, input, signature)) return signer;
  throw new AcmeInputError(
    'account key: it is damaged, its public part does not belong to its private one; take it from a backup',
  );
}
