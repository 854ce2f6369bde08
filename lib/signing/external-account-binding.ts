import {
  catchError,
  concatMap,
  defer,
  map,
  type MonoTypeOperatorFunction,
  type Observable,
  type ObservableInput,
  take,
  throwError,
  throwIfEmpty,
} from 'rxjs';
import { decodeBase64url } from '../codec/base64url.js';
import type { Directory } from '../model/directory.js';
import { AcmeError } from '../model/errors/acme-error.js';
import { AcmePortError } from '../model/errors/port-error.js';
import type { AcmeSigner } from '../model/ports.js';
import { publicAuthorities } from '../model/public-authorities.js';
import { signJws } from './jws.js';
import { publicMembers } from '../codec/public-members.js';

/** The algorithms that an external account binding is made with. */
export type MacAlgorithm = 'HS256' | 'HS384' | 'HS512';

/** A MAC key at hand, for {@link externalAccountBinding}. */
export interface MacKeyOptions {
  /** The key identifier, as the certification authority gave it. */
  readonly keyId: string;
  /** Base64url or base64, padded or not, or the bytes; at least 16 of them. */
  readonly macKey: string | Uint8Array;
  /** Default: `HS256`, the one that every server takes. */
  readonly alg?: MacAlgorithm | undefined;
}

/** A MAC key that is somewhere else, for {@link externalAccountBinding}. */
export interface MacPortOptions {
  /** The key identifier, as the certification authority gave it. */
  readonly keyId: string;
  /** What `sign` computes. Default: `HS256`. */
  readonly alg?: MacAlgorithm | undefined;
  /** The MAC of `input`. */
  sign(input: Uint8Array): ObservableInput<Uint8Array>;
}

/** Ties a new account to one that exists outside of ACME. Printed or serialised it does not show the MAC key. */
export interface ExternalAccountBinding {
  /** The key identifier. */
  readonly keyId: string;
  /** The MAC algorithm. */
  readonly alg: MacAlgorithm;
  /**
   * Adds the member `externalAccountBinding` to newAccount requests for the account key of `signer`.
   *
   * Emits one request per request; completes with the source. Errors: {@link AcmePortError} where the MAC cannot be
   * made. Cost: one MAC, no request.
   */
  bind<T extends { readonly url: string; readonly payload: object }>(
    signer: Pick<AcmeSigner, 'publicJwk'>,
  ): MonoTypeOperatorFunction<T>;
}

const hashes: Readonly<Record<MacAlgorithm, string>> = { HS256: 'SHA-256', HS384: 'SHA-384', HS512: 'SHA-512' };
const leastBytes = 16;

/**
 * Makes the `externalAccount` of `newAccount` from what a certification authority gave out.
 *
 * Emits nothing itself: the value is the binding, and the key stays out of sight in it. Throws `TypeError` on a key
 * shorter than 16 bytes, one that is no base64, an algorithm that is none of the three, or an empty key identifier;
 * the message never shows the key.
 *
 * @see RFC 8555 §7.3.4
 */
export function externalAccountBinding(options: MacKeyOptions | MacPortOptions): ExternalAccountBinding {
  const { keyId, alg = 'HS256' } = options;
  if (typeof keyId !== 'string' || keyId === '') throw new TypeError('externalAccountBinding: keyId must be a text');
  if (!Object.hasOwn(hashes, alg)) {
    throw new TypeError(`externalAccountBinding: alg must be ${Object.keys(hashes).join(', ')}, found ${alg}`);
  }
  if ('sign' in options && typeof options.sign !== 'function') {
    throw new TypeError('externalAccountBinding: sign must be a function');
  }
  const port = 'sign' in options ? options : { sign: macOf(keyBytes(options.macKey), alg) };
  const sign = (input: Uint8Array) => port.sign(input);
  return {
    keyId,
    alg,
    bind: (signer) => {
      const publicJwk = publicMembers(signer.publicJwk);
      return concatMap((request) =>
        inPort(() => signJws({ alg, publicJwk, sign }, { url: request.url, kid: keyId, payload: publicJwk })).pipe(
          map((jws) => ({
            ...request,
            payload: { ...request.payload, externalAccountBinding: JSON.parse(jws) as object },
          })),
        ),
      );
    },
  };
}

/**
 * Whether a server makes accounts only with an external account binding: its directory says so, or it is one of
 * {@link publicAuthorities} that is known to want it.
 *
 * @see RFC 8555 §7.1.1, §7.3.4
 */
export const requiresExternalAccount = ({ meta, url }: Pick<Directory, 'meta'> & Partial<Directory>): boolean =>
  meta.externalAccountRequired ||
  publicAuthorities.some(
    ({ externalAccountRequired, directoryUrls, stagingUrls }) =>
      externalAccountRequired && url !== undefined && [...directoryUrls, ...stagingUrls].includes(url),
  );

const inPort = <T>(call: () => Observable<T>): Observable<T> =>
  defer(call).pipe(
    take(1),
    throwIfEmpty(() => new Error('it completed without a value')),
    catchError((error: unknown) =>
      throwError(() => (error instanceof AcmeError ? error : new AcmePortError('signer', error))),
    ),
  );

/** The MAC by WebCrypto. */
const macOf =
  (key: Uint8Array<ArrayBuffer>, alg: MacAlgorithm) =>
  async (input: Uint8Array): Promise<Uint8Array> => {
    const { subtle } = globalThis.crypto;
    const algorithm = { name: 'HMAC', hash: hashes[alg] };
    const imported = await subtle.importKey('raw', key, algorithm, false, ['sign']);
    return new Uint8Array(await subtle.sign('HMAC', imported, input as Uint8Array<ArrayBuffer>));
  };

/** A copy: what becomes of the caller's array changes nothing. */
function keyBytes(macKey: unknown): Uint8Array<ArrayBuffer> {
  const bytes = typeof macKey === 'string' ? decoded(macKey) : macKey;
  if (!(bytes instanceof Uint8Array)) {
    throw new TypeError('externalAccountBinding: macKey must be base64url text or a Uint8Array');
  }
  if (bytes.byteLength >= leastBytes) return new Uint8Array(bytes);
  throw new TypeError(
    `externalAccountBinding: macKey has ${bytes.byteLength} bytes, at least ${leastBytes} are needed; is it whole?`,
  );
}

function decoded(text: string): Uint8Array {
  const plain = text.replace(/\s/g, '').replace(/=+$/, '').replaceAll('+', '-').replaceAll('/', '_');
  try {
    return decodeBase64url(plain);
  } catch {
    throw new TypeError('externalAccountBinding: macKey is text that is neither base64url nor base64');
  }
}
