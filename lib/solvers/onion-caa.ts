import {
  asyncScheduler,
  concatMap,
  defer,
  from,
  map,
  type Observable,
  take,
  throwIfEmpty,
  toArray,
  type TimestampProvider,
} from 'rxjs';
import { encodeBase64url } from '../codec/base64url.js';
import type { CaaRecord } from '../codec/caa-record.js';
import { onionPublicKey } from '../codec/onion-name.js';
import { encodeUtf8 } from '../codec/utf8.js';
import { AcmeInputError } from '../model/errors/input-error.js';
import type { JsonObject } from '../model/json.js';
import { checkOnionKey, type OnionKey } from '../x509/build-onion-request.js';

/** The CAA records of one onion service. */
export interface OnionCaa {
  /** As in the order, without `*.`. */
  readonly name: string;
  /** The key of the service. */
  readonly key: OnionKey;
  /** What `caaRecord` makes, or the text of others such as `0 iodef "mailto:someone@example.org"`. Null: there are none. */
  readonly records: readonly (CaaRecord | string)[] | null;
}

/** Options of {@link onionCaa}. */
export interface OnionCaaOptions {
  /** How long the authority may go by them, in milliseconds, eight hours at most. Default: one hour. */
  readonly validForMs?: number | undefined;
  /** What "now" is. Default: `asyncScheduler`. */
  readonly clock?: TimestampProvider | undefined;
}

const hourMs = 3_600_000;

/**
 * The CAA records of onion services, which have no DNS, as members of the finalize request: for authorities whose
 * directory says `inBandOnionCAARequired`, or who answer `onionCAARequired`.
 *
 * Emits once: `{ onionCAA }`, to be given as `finalizeMembers`; then completes. Cold: each subscription signs anew, and
 * counts from its own moment. Errors: {@link AcmeInputError} where a key is not the one in the name; what `key.sign`
 * errors with. Cost: one signature for each name, no request. Throws `TypeError` on a name of another version than 3, and
 * where `validForMs` is not positive or too long.
 *
 * @example
 * ```ts
 * declare const key: OnionKey;
 * const name = '5anebu2glyc235wbbop3m2ukzlaptpkq333vdtdvcjpigyb7x2i2m2qd.onion';
 * const records = [caaRecord({ issuer: 'ca.example', validationMethods: ['onion-csr-01'] })];
 * const issued$ = obtainCertificate(account, {
 *   identifiers: [name],
 *   solvers: [onionCsr01({ key })],
 *   finalizeMembers: () => onionCaa([{ name, key, records }]),
 * });
 * ```
 *
 * @see RFC 9799 §6.4
 */
export function onionCaa(
  services: readonly OnionCaa[],
  { validForMs = hourMs, clock = asyncScheduler }: OnionCaaOptions = {},
): Observable<JsonObject> {
  if (!(validForMs > 0 && validForMs <= 8 * hourMs))
    throw new TypeError('onionCaa: validForMs must be a positive number of milliseconds, eight hours at most');
  const keys = services.map(({ name }) => onionPublicKey(name));
  return defer(() => {
    const expiry = Math.floor((clock.now() + validForMs) / 1000);
    return from(services).pipe(
      concatMap(({ name, key, records }, index) => {
        checkOnionKey(name, keys[index] as Uint8Array, key);
        const caa = records === null ? null : records.map(line).join('\n');
        return from(key.sign(encodeUtf8(onionCaaText(caa, expiry)))).pipe(
          take(1),
          throwIfEmpty(() => new AcmeInputError(`the key of the onion service ${name} emitted no signature`)),
          map((signature) => [name, { caa, expiry, signature: encodeBase64url(signature) }] as const),
        );
      }),
      toArray(),
      map((entries) => ({ onionCAA: Object.fromEntries(entries) })),
    );
  });
}

/**
 * What the key of an onion service signs for its CAA records.
 *
 * @param caa The records as in the service's descriptor, a line each, without a line break at the end; null for none.
 * @param expiry In seconds since 1970.
 * @see RFC 9799 §6.4
 */
export const onionCaaText = (caa: string | null, expiry: number): string => `onion-caa|${expiry}|${caa ?? ''}`;

const line = (record: CaaRecord | string): string => `caa ${typeof record === 'string' ? record : record.text}`;
