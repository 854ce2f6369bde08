import { map, type Observable } from 'rxjs';
import { encodeBase32 } from '../codec/base32.js';
import { decodeBase64url } from '../codec/base64url.js';
import { encodeUtf8 } from '../codec/utf8.js';
import { AcmeInputError } from '../model/errors/input-error.js';
import type { AcmeDigest, ChallengeSolver, ChallengeTask } from '../model/ports.js';
import { callPort } from '../request/port.js';
import { webCryptoDigest } from '../signing/thumbprint.js';
import { challengeRecord, type TxtRecord, type TxtRecordOptions, txtRecordSolver } from './dns01.js';

/**
 * A solver for `dns-account-01` over two functions, those of any DNS provider: as `dns01`, under a name that only one
 * account uses, so that several can prove one name at the same time. The name stays the same when the account's key
 * changes.
 *
 * Emits nothing itself: the value is the solver. What the functions emit is ignored; what `add` and `ready` error with
 * ends the order, as the `cause` of a failure in an {@link AcmeAuthorizationError}. Cost: no request to the certification
 * authority.
 *
 * @example
 * ```ts
 * declare const zone: Record<'add' | 'remove', (name: string, text: string) => Promise<void>>;
 * const issued$ = obtainCertificate(account, {
 *   identifiers: ['*.example.org'],
 *   solvers: [
 *     dnsAccount01({
 *       add: ({ name, value }) => zone.add(name, value),
 *       remove: ({ name, value }) => zone.remove(name, value),
 *     }),
 *   ],
 * });
 * ```
 *
 * @experimental Of a draft.
 * @see draft-ietf-acme-dns-account-label-03
 */
export const dnsAccount01 = (options: TxtRecordOptions): ChallengeSolver =>
  txtRecordSolver('dns-account-01', options, dnsAccountRecord);

/**
 * The TXT record that proves a `dns-account-01` task. Throws {@link AcmeInputError} for a challenge without a token or
 * for an identifier that is no name.
 *
 * @experimental Of a draft.
 * @see draft-ietf-acme-dns-account-label-03 §3
 */
export function dnsAccountRecord(task: ChallengeTask): TxtRecord {
  const { accountUrlDigest } = task;
  if (accountUrlDigest === undefined)
    throw new AcmeInputError('dns-account-01: the task has no digest of the account URL; make it with challengeTask');
  return challengeRecord('dns-account-01', `${labelOf(decodeBase64url(accountUrlDigest))}._acme-challenge`, task);
}

/**
 * The label under which an account proves names by `dns-account-01`, such as `_ujmmovf2vn55tgye`: for those who delegate
 * `LABEL._acme-challenge.example.org` beforehand.
 *
 * Emits once, then completes. Errors: {@link AcmePortError} where `digest` fails. Cost: one digest, no request.
 *
 * @param accountUrl As the server gave it, character for character.
 * @param digest Default: SHA-256 by WebCrypto.
 * @experimental Of a draft.
 * @see draft-ietf-acme-dns-account-label-03 §3
 */
export const dnsAccountLabel = (accountUrl: string, digest: AcmeDigest = webCryptoDigest): Observable<string> =>
  callPort('digest', () => digest(encodeUtf8(accountUrl))).pipe(map(labelOf));

const labelOf = (digest: Uint8Array): string => `_${encodeBase32(digest.subarray(0, 10))}`;
