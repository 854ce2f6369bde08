import { concatMap, of, type SchedulerLike, type TimestampProvider } from 'rxjs';
import { sameIdentifiers } from '../codec/identifier.js';
import type { Identifier } from '../model/identifier.js';
import type { PublicJwk } from '../model/ports.js';
import { verifySignature } from '../signing/verify-signature.js';
import type { CaSettings } from './ca/operation.js';
import { type OrderRecord, orderStatus } from './ca/records.js';
import { Refusal } from './ca/refusal.js';
import type { FakeCaOptions } from './fake-ca-options.js';
import { extensionMeta, extensionSettings } from './extension-settings.js';
import { realCertificates } from './real-certificates.js';
import { fakeIssuer } from './synchronous/issue.js';
import { isSynchronousJwk, synchronousDigest, synchronousSignature } from './synchronous/keys.js';
import { readFakeRequest } from './synchronous/x509.js';
import { later, validationBy } from './validation.js';

const days7 = 7 * 24 * 3_600_000;
const days90 = 90 * 24 * 3_600_000;

/** How a fake CA decides: by its options, at once where keys and requests are those of `rxacme/testing`. */
export function fakeCaSettings(options: FakeCaOptions, scheduler: SchedulerLike, clock: TimestampProvider): CaSettings {
  const { validation = {}, issuance = {}, termsOfService, roots = ['fake root'], lifetimeMs = days90 } = options;
  let token = 0;
  const issueFake = fakeIssuer(roots);
  const real = realCertificates(clock, roots.length - 1, options.identifierTypes !== undefined);
  return {
    digest: synchronousDigest,
    verify: signatureCheck(),
    challenges: (identifier, wildcard) =>
      (options.challengeTypes ?? usualTypes)(identifier, wildcard).map((type) => ({
        type,
        ...(withoutToken.includes(type) ? {} : { token: `token-${++token}-for-${type}` }),
        more: (options.challengeMembers ?? usualMembers)(type, identifier, wildcard),
      })),
    identifierTypes: options.identifierTypes ?? [],
    validate: validationBy(options, scheduler),
    readRequest: (csr) => {
      const request = readFakeRequest(csr);
      return request === undefined ? real.readRequest(csr) : of(request);
    },
    issue: (order, request) =>
      later(issuance, scheduler, () => issuance.outcome?.(order.identifiers)).pipe(
        concatMap((problem) => {
          if (problem !== undefined) throw new Refusal(problem);
          const notBeforeAt = order.validity.notBeforeAt ?? new Date(clock.now());
          const notAfterAt = order.validity.notAfterAt ?? new Date(notBeforeAt.getTime() + lifetimeMs);
          const validity = { notBeforeAt, notAfterAt };
          return readFakeRequest(request.der) === undefined
            ? real.issue(request, validity)
            : of(issueFake(request, validity));
        }),
      ),
    reuseAuthorizations: options.reuseAuthorizations ?? false,
    reuseOrder: ({ orders }, identifiers) =>
      options.reuseOrders === true ? orders.find((each) => isFor(each, identifiers, clock)) : undefined,
    pendingMs: options.pendingMs ?? days7,
    refuseIdentifier: options.refuseIdentifier ?? (() => undefined),
    ...(options.renewalInfo === undefined ? {} : { renewalInfo: options.renewalInfo }),
    validationInAnswer: validation.delayMs === undefined,
    issuanceInAnswer: issuance.delayMs === undefined,
    retryAfter: options.retryAfter,
    externalAccounts: options.externalAccounts ?? {},
    externalAccountRequired: options.externalAccountRequired ?? false,
    ...extensionSettings(options),
    failedChallenges: options.failedChallenges ?? 'invalid',
    meta: {
      ...extensionMeta(options),
      ...(options.profiles === undefined ? {} : { profiles: options.profiles }),
      ...(termsOfService === undefined ? {} : { termsOfService }),
      ...(options.externalAccountRequired ? { externalAccountRequired: true } : {}),
      ...options.meta,
    },
  };
}

function signatureCheck(): CaSettings['verify'] {
  const known = new WeakMap<PublicJwk, boolean>();
  const isSynchronous = (jwk: PublicJwk): boolean => {
    const answer = known.get(jwk) ?? isSynchronousJwk(jwk);
    known.set(jwk, answer);
    return answer;
  };
  return (alg, jwk, input, signature) =>
    isSynchronous(jwk)
      ? of(alg === 'ES256' && isRight(jwk, input, signature))
      : verifySignature(alg, jwk, input, signature);
}

const isFor = (order: OrderRecord, identifiers: readonly Identifier[], clock: TimestampProvider): boolean =>
  sameIdentifiers(order.identifiers, identifiers) && orderStatus(order, new Date(clock.now())) !== 'invalid';

function isRight(jwk: PublicJwk, input: Uint8Array, signature: Uint8Array): boolean {
  const right = synchronousSignature(jwk, input);
  return signature.length === right.length && right.every((octet, index) => octet === signature[index]);
}

function usualTypes({ type }: Identifier, wildcard: boolean): readonly string[] {
  if (wildcard) return ['dns-01', 'dns-persist-01', 'unknown-01'];
  return type === 'ip'
    ? ['http-01', 'tls-alpn-01', 'unknown-01']
    : ['http-01', 'dns-01', 'tls-alpn-01', 'dns-persist-01', 'unknown-01'];
}

const withoutToken = ['dns-persist-01', 'onion-csr-01', 'bp-nodeid-00'];

const usualMembers = (type: string): object =>
  type === 'dns-persist-01' ? { 'issuer-domain-names': ['ca.test'] } : {};
