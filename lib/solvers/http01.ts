import type { ObservableInput } from 'rxjs';
import { isBase64urlText } from '../codec/base64url.js';
import { AcmeInputError } from '../model/errors/input-error.js';
import type { Identifier } from '../model/identifier.js';
import type { ChallengeSolver, ChallengeTask } from '../model/ports.js';

/** What a web server has to answer for `http-01`. */
export interface HttpResource {
  /** The name or address that is to be proven. */
  readonly identifier: Identifier;
  /** The host as it stands in the URL: an IPv6 address has brackets. */
  readonly host: string;
  /** What the authority asks for, always with `http:` and at port 80. */
  readonly url: string;
  /** The path of the URL, and of the file below a web root. */
  readonly path: string;
  /** The last segment of the path: letters, digits, `-` and `_`, nothing else. */
  readonly token: string;
  /** The whole answer: the key authorization. */
  readonly content: string;
}

/** Options of {@link http01}: functions of whatever serves the names. */
export interface Http01Options {
  /** Makes the resource available. Done when it completes or resolves. */
  readonly add: (resource: HttpResource) => ObservableInput<unknown>;
  /** Withdraws it. Also called where `add` failed, was cut short, or happened in a process that is gone. */
  readonly remove: (resource: HttpResource) => ObservableInput<unknown>;
  /** Completes when the authority will see it. Default: as soon as `add` is done. */
  readonly ready?: ((resource: HttpResource) => ObservableInput<unknown>) | undefined;
}

/** The path of every resource for `http-01`, up to the token. */
export const http01Path = '/.well-known/acme-challenge/';

/**
 * A solver for `http-01` over two functions: those of a load balancer, a bucket, a store that several web servers read.
 *
 * Emits nothing itself: the value is the solver. What the functions emit is ignored; what `add` and `ready` error with
 * ends the order, as the `cause` of a failure in an {@link AcmeAuthorizationError}. Cost: no request to the certification
 * authority. Throws `TypeError` without the two functions.
 *
 * @example
 * ```ts
 * const store = new Map<string, string>();
 * const solver = http01({
 *   add: ({ path, content }) => of(store.set(path, content)),
 *   remove: ({ path }) => of(store.delete(path)),
 * });
 * ```
 *
 * @see RFC 8555 §8.3
 */
export function http01({ add, remove, ready }: Http01Options): ChallengeSolver {
  if (typeof add !== 'function' || typeof remove !== 'function')
    throw new TypeError('http01: add and remove must be functions');
  const solver = {
    types: ['http-01'],
    present: (task: ChallengeTask) => add(httpResource(task)),
    cleanUp: (task: ChallengeTask) => remove(httpResource(task)),
  };
  return ready === undefined ? solver : { ...solver, ready: (task) => ready(httpResource(task)) };
}

/**
 * The resource that proves an `http-01` task. Throws {@link AcmeInputError} for a challenge without a token, or with one
 * that is none: it becomes the name of a file.
 *
 * @see RFC 8555 §8.3
 */
export function httpResource({ identifier, token, keyAuthorization }: ChallengeTask): HttpResource {
  if (token === undefined || keyAuthorization === undefined)
    throw new AcmeInputError('http-01: the challenge has no token, so there is nothing to answer');
  if (!isBase64urlText(token))
    throw new AcmeInputError('http-01: the token has characters that no token has; it would be part of a path');
  const host = identifier.type === 'ip' && identifier.value.includes(':') ? `[${identifier.value}]` : identifier.value;
  const path = `${http01Path}${token}`;
  return { identifier, host, url: `http://${host}${path}`, path, token, content: keyAuthorization };
}
