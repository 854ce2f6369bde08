import { randomBytes } from 'node:crypto';
import { catchError, concatMap, defer, from, map, type Observable, takeUntil } from 'rxjs';
import { encodeBase64url } from '../codec/base64url.js';
import type { Identifier } from '../model/identifier.js';
import { webCryptoDigest } from '../signing/thumbprint.js';
import { verifySignature } from '../signing/verify-signature.js';
import type { CaSettings } from '../testing/ca/operation.js';
import type { OrderRecord } from '../testing/ca/records.js';
import { type ProblemInit, Refusal } from '../testing/ca/refusal.js';
import type { Authority, IssueOptions } from '../testing/issuing/authority.js';
import { certificateReader } from '../x509/default-x509.js';
import type { CheckedDevCaOptions } from './checked-options.js';
import type { ChallengeType } from './dev-ca-options.js';
import type { Issuing } from './load-issuing.js';
import { network } from './validation/network.js';
import { validator } from './validation/validator.js';

const dayMs = 24 * 3_600_000;
const hourMs = 3_600_000;

/** How a development CA decides: real signatures, real requests, real validation, real certificates. */
export function devCaSettings(
  options: CheckedDevCaOptions,
  { checkRequest }: Issuing,
  authority: Authority,
  closed$: Observable<unknown>,
): CaSettings {
  const { outcomeInAnswer, retryAfterMs, externalAccounts, termsOfService, challengeTypes } = options;
  const externalAccountRequired = Object.keys(externalAccounts).length > 0;
  const validate = validator(network(options), options);
  return {
    digest: webCryptoDigest,
    verify: verifySignature,
    challenges: (identifier, wildcard) =>
      typesFor(challengeTypes, identifier, wildcard).map((type) => ({ type, token: encodeBase64url(randomBytes(32)) })),
    validate: (challenge, keyAuthorization) => from(validate(challenge, keyAuthorization)).pipe(takeUntil(closed$)),
    readRequest: (csr) =>
      certificateReader
        .readRequest(csr)
        .pipe(concatMap((request) => defer(() => checkRequest(csr)).pipe(map(() => request)))),
    issue: (order, request) =>
      defer(() => authority.issue(request, validityOf(order, options, authority))).pipe(
        catchError((error: unknown) => {
          throw error instanceof TypeError ? new Refusal({ type: 'malformed', detail: error.message }) : error;
        }),
        takeUntil(closed$),
      ),
    reuseAuthorizations: options.reuseAuthorizations,
    pendingMs: 7 * dayMs,
    refusesNonce: () => Math.random() < options.badNonceRate,
    refuseIdentifier: (identifier) => refusalOf(options, identifier),
    validationInAnswer: outcomeInAnswer,
    issuanceInAnswer: outcomeInAnswer,
    retryAfter: retryAfterMs === undefined ? undefined : String(Math.ceil(retryAfterMs / 1000)),
    externalAccounts,
    externalAccountRequired,
    meta: {
      ...(termsOfService === undefined ? {} : { termsOfService }),
      ...(externalAccountRequired ? { externalAccountRequired } : {}),
    },
  };
}

/** No type proves everything: a wildcard is a matter of DNS, and an address has none. */
const typesFor = (offered: readonly ChallengeType[], { type }: Identifier, wildcard: boolean) =>
  offered.filter((each) => (each === 'dns-01' ? type === 'dns' : !wildcard));

function refusalOf(
  { challengeTypes, refusedNames }: CheckedDevCaOptions,
  identifier: Identifier,
): ProblemInit | undefined {
  const { value } = identifier;
  const rejected = (detail: string): ProblemInit => ({ type: 'rejectedIdentifier', detail });
  if (refusedNames.some((name) => value === name || value.endsWith(`.${name}`)))
    return rejected(`${value} is among the names that are refused`);
  if (typesFor(challengeTypes, identifier, value.startsWith('*.')).length > 0) return undefined;
  return rejected(`${challengeTypes.join(', ')} cannot prove ${value}`);
}

/** What the order asks for; else from one hour ago, or less for a short one, as clocks differ. */
function validityOf(
  { validity }: OrderRecord,
  { validityDays }: CheckedDevCaOptions,
  authority: Authority,
): IssueOptions {
  const validityMs = validityDays * dayMs;
  const usual = Date.now() - Math.min(hourMs, validityMs / 10);
  const notBeforeAt = validity.notBeforeAt ?? new Date(usual);
  const usualEnd = Math.min(notBeforeAt.getTime() + validityMs - 1000, authority.notAfterAt.getTime());
  return { notBeforeAt, notAfterAt: validity.notAfterAt ?? new Date(usualEnd) };
}
