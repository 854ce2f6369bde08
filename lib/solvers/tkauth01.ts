import { EMPTY, defer, from, map, type ObservableInput, take, throwIfEmpty } from 'rxjs';
import { type AuthorityTokenChallenge, authorityTokenChallenge } from '../codec/authority-token-challenge.js';
import { AcmeInputError } from '../model/errors/input-error.js';
import type { ChallengeSolver, ChallengeTask } from '../model/ports.js';
import { authorityTokenFingerprint } from '../signing/authority-token-fingerprint.js';
import { thumbprintOf } from './thumbprint-of.js';

/** The claim `atc` of an authority token. */
export interface AuthorityTokenClaim {
  /** The identifier's type, such as `TNAuthList`. */
  readonly tktype: string;
  /** The identifier's value. */
  readonly tkvalue: string;
  /** Of the account's key. */
  readonly fingerprint: string;
  /** Whether the certificate may be one of an authority. */
  readonly ca: boolean;
}

/** What a token is asked for. */
export interface AuthorityTokenRequest extends AuthorityTokenChallenge {
  /** What the token has to say. */
  readonly claim: AuthorityTokenClaim;
  /** The challenge that the token answers. */
  readonly task: ChallengeTask;
}

/** Options of {@link tkauth01}. */
export interface Tkauth01Options {
  /** Emits the token, a signed JWT in compact form, that a token authority gives for this. */
  readonly token: (request: AuthorityTokenRequest) => ObservableInput<string>;
  /** Whether the certificate is to be one of an authority. Default: false. */
  readonly ca?: boolean | undefined;
}

/**
 * A solver for `tkauth-01`: answers with a token of an authority that the server trusts. Its identifiers are of types
 * such as `TNAuthList`: give the session `tnAuthListIdentifier`.
 *
 * Emits nothing itself: the value is the solver. What `token` errors with ends the order, as the `cause` of a failure in
 * an {@link AcmeAuthorizationError}. It also ends with {@link AcmeInputError} where it emits no JWT, and {@link AcmeProtocolError}
 * where the challenge is malformed. Cost: no request to the certification authority.
 *
 * @example
 * ```ts
 * declare const askAuthority: (url: string, claim: AuthorityTokenClaim) => Promise<string>;
 * const mine = acmeSession({ directoryUrl: 'https://ca.example/directory', identifierTypes: [tnAuthListIdentifier] });
 * const issued$ = obtainCertificate(acmeAccount(mine, { signer, url: 'https://ca.example/account/1' }), {
 *   identifiers: [{ type: 'TNAuthList', value: 'MAigBhYEMTIzNA' }],
 *   solvers: [tkauth01({ token: ({ tokenAuthority = '', claim }) => askAuthority(tokenAuthority, claim) })],
 * });
 * ```
 *
 * @see RFC 9447 §3, §4, RFC 9448 §3
 */
export const tkauth01 = ({ token, ca = false }: Tkauth01Options): ChallengeSolver => ({
  types: ['tkauth-01'],
  present: (task) =>
    defer(() => {
      authorityTokenChallenge(task.challenge);
      return EMPTY;
    }),
  response: (task) =>
    defer(() => from(token(requestFor(task, ca)))).pipe(
      take(1),
      throwIfEmpty(() => new AcmeInputError('tkauth-01: token completed without a token')),
      map((tkauth) => {
        if (typeof tkauth === 'string' && /^[\w-]+\.[\w-]+\.[\w-]+$/.test(tkauth)) return { tkauth };
        throw new AcmeInputError('tkauth-01: the token must be a signed JWT in compact form: three parts of base64url');
      }),
    ),
  cleanUp: () => EMPTY,
});

function requestFor(task: ChallengeTask, ca: boolean): AuthorityTokenRequest {
  const { type: tktype, value: tkvalue } = task.identifier;
  const fingerprint = authorityTokenFingerprint(thumbprintOf(task));
  return { ...authorityTokenChallenge(task.challenge), claim: { tktype, tkvalue, fingerprint, ca }, task };
}
