import { AcmeInputError } from '../../model/errors/input-error.js';
import { checkDnsName } from './ask.js';
import type { TsigAlgorithm, TsigKey } from './tsig-record.js';

/** A key as it is written in the configuration of a server. */
export interface TsigKeyOptions {
  /** As the server calls it. */
  readonly name: string;
  /** Default: `hmac-sha256`. */
  readonly algorithm?: TsigAlgorithm | undefined;
  /** Base64, as `tsig-keygen` prints it, or the octets themselves. */
  readonly secret: string | Uint8Array;
}

const algorithms: readonly string[] = ['hmac-sha256', 'hmac-sha384', 'hmac-sha512'];

/** The key that these options mean. Throws `TypeError` where they mean none; the message does not repeat the secret. */
export function tsigKey({ name, algorithm = 'hmac-sha256', secret }: TsigKeyOptions): TsigKey {
  if (typeof name !== 'string' || name === '') throw new TypeError('rfc2136: tsig.name must be the name of the key');
  try {
    checkDnsName(name);
  } catch (cause) {
    throw cause instanceof AcmeInputError ? new TypeError('rfc2136: tsig.name is no domain name', { cause }) : cause;
  }
  if (!algorithms.includes(algorithm)) {
    throw new TypeError(
      `rfc2136: tsig.algorithm must be one of ${algorithms.join(', ')}, found ${algorithm as string}; MD5 and SHA-1 are out of date, so have a new key made for the server`,
    );
  }
  const bytes = typeof secret === 'string' ? fromBase64(secret) : Buffer.from(secret);
  if (bytes.length === 0) throw new TypeError('rfc2136: tsig.secret must be base64 text or bytes, and not empty');
  // Printing and serialising look at enumerable members only.
  return Object.defineProperty({ name, algorithm, secret: bytes }, 'secret', { enumerable: false });
}

function fromBase64(text: string): Buffer {
  const written = text.replace(/\s/g, '');
  return /^[A-Za-z0-9+/]+={0,2}$/.test(written) ? Buffer.from(written, 'base64') : Buffer.alloc(0);
}
