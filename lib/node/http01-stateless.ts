import { defer, EMPTY } from 'rxjs';
import { isBase64urlText } from '../codec/base64url.js';
import { AcmeInputError } from '../model/errors/input-error.js';
import { keyAuthorization } from '../signing/key-authorization.js';
import { httpResource } from '../solvers/http01.js';
import { thumbprintOf } from '../solvers/thumbprint-of.js';
import { handleWith } from './http01-answer.js';
import type { Http01Handler } from './http01-handler.js';

/** Options of {@link http01Stateless}. */
export interface Http01StatelessOptions {
  /** The account key's, from `jwkThumbprint`. */
  readonly thumbprint: string;
}

/** Many times the entropy that a token needs; authorities use 43 characters at most. */
const longestToken = 128;

/**
 * A solver for `http-01` that has nothing to present: its handler answers every token with the account key's thumbprint.
 * Any number of web servers answer, without a word between them, and without knowing which orders there are. Only the
 * holder of the account key gets certificates by that.
 *
 * Emits nothing itself: the value is the solver and its handler. `present` errors with {@link AcmeInputError} for another
 * account's challenge, and for a token that the handler does not answer: one of other characters than `A-Z a-z 0-9 - _`,
 * or of more than 128. Cost: none. Throws `TypeError` where the thumbprint is none.
 *
 * @example
 * ```ts
 * const responder$ = jwkThumbprint(signer.publicJwk).pipe(map((thumbprint) => http01Stateless({ thumbprint })));
 * ```
 *
 * @see RFC 8555 §8.1, §8.3
 */
export function http01Stateless({ thumbprint }: Http01StatelessOptions): Http01Handler {
  if (typeof thumbprint !== 'string' || thumbprint.length !== 43 || !isBase64urlText(thumbprint))
    throw new TypeError('http01Stateless: thumbprint must be the base64url SHA-256 that jwkThumbprint emits');
  return {
    solver: {
      types: ['http-01'],
      present: (task) =>
        defer(() => {
          if (thumbprintOf(task) !== thumbprint)
            throw new AcmeInputError('http-01: the responder has the thumbprint of another account key');
          if (!isAnswered(httpResource(task).token))
            throw new AcmeInputError(
              `http-01: the token is longer than the ${longestToken} characters that are answered`,
            );
          return EMPTY;
        }),
      cleanUp: () => EMPTY,
    },
    handle: handleWith((token) => (isAnswered(token) ? keyAuthorization(token, thumbprint) : undefined)),
  };
}

const isAnswered = (token: string): boolean => token.length <= longestToken && isBase64urlText(token);
