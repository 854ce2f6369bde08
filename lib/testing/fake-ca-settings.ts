import { concatMap, defer, map, NEVER, type Observable, of, type SchedulerLike, type TimestampProvider } from 'rxjs';
import { sameIdentifiers } from '../codec/identifier.js';
import type { Identifier } from '../model/identifier.js';
import type { PublicJwk } from '../model/ports.js';
import { wait } from '../rx/wait.js';
import { verifySignature } from '../signing/verify-signature.js';
import type { CaSettings } from './ca/operation.js';
import { type AccountRecord, type AuthorizationRecord, orderStatus } from './ca/records.js';
import { type ProblemInit, Refusal } from './ca/refusal.js';
import type { FakeCaOptions, Processing } from './fake-ca-options.js';
import { realCertificates } from './real-certificates.js';
import { fakeIssuer } from './synchronous/issue.js';
import { isSynchronousJwk, synchronousDigest, synchronousSignature } from './synchronous/keys.js';
import { readFakeRequest } from './synchronous/x509.js';

const days90 = 90 * 24 * 3_600_000;

/** How a fake CA decides: by its options, at once where keys and requests are those of `rxacme/testing`. */
export function fakeCaSettings(options: FakeCaOptions, scheduler: SchedulerLike, clock: TimestampProvider): CaSettings {
  const {
    validation = {},
    issuance = {},
    solver,
    termsOfService,
    roots = ['fake root'],
    lifetimeMs = days90,
  } = options;
  let token = 0;
  const issueFake = fakeIssuer(roots, lifetimeMs);
  const real = realCertificates(clock, lifetimeMs, roots.length - 1);
  return {
    digest: synchronousDigest,
    verify: signatureCheck(),
    challenges: (identifier, wildcard) =>
      (options.challengeTypes ?? usualTypes)(identifier, wildcard).map((type) =>
        type === 'dns-persist-01'
          ? { type, more: { 'issuer-domain-names': ['ca.test'] } }
          : { type, token: `token-${++token}-for-${type}` },
      ),
    validate: ({ type, token: own, authorization: { identifier, wildcard } }, keyAuthorization) => {
      const shown =
        solver?.presented.some((task) => task.type === type && task.keyAuthorization === keyAuthorization) ?? true;
      const subject = { identifier, wildcard, type, token: own, keyAuthorization };
      return later(validation, scheduler, () =>
        shown ? validation.outcome?.(subject) : notPresented(identifier, type),
      );
    },
    readRequest: (csr) => {
      const request = readFakeRequest(csr);
      return request === undefined ? real.readRequest(csr) : of(request);
    },
    issue: (order, request) =>
      later(issuance, scheduler, () => issuance.outcome?.(order.identifiers)).pipe(
        concatMap((problem) => {
          if (problem !== undefined) throw new Refusal(problem);
          return readFakeRequest(request.der) === undefined ? real.issue(request) : of(issueFake(request, clock.now()));
        }),
      ),
    ...reuse(options),
    refuseIdentifier: options.refuseIdentifier ?? (() => undefined),
    validationInAnswer: validation.delayMs === undefined,
    issuanceInAnswer: issuance.delayMs === undefined,
    retryAfter: options.retryAfter,
    externalAccounts: options.externalAccounts ?? {},
    externalAccountRequired: options.externalAccountRequired ?? false,
    meta: {
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
    isSynchronous(jwk) ? of(isRight(jwk, input, signature)) : verifySignature(alg, jwk, input, signature);
}

const reuse = ({
  reuseAuthorizations = false,
  reuseOrders = false,
}: FakeCaOptions): Pick<CaSettings, 'reuse' | 'reuseOrder'> => ({
  reuse: (account, identifier, wildcard) => (reuseAuthorizations ? validOne(account, identifier, wildcard) : undefined),
  reuseOrder: ({ orders }, identifiers) =>
    reuseOrders
      ? orders.find((each) => orderStatus(each) !== 'invalid' && sameIdentifiers(each.identifiers, identifiers))
      : undefined,
});

const later = <Subject>(
  { delayMs }: Processing<Subject>,
  scheduler: SchedulerLike,
  outcome: () => ProblemInit | undefined,
): Observable<ProblemInit | undefined> => {
  if (delayMs === Infinity) return NEVER;
  return delayMs === undefined ? defer(() => of(outcome())) : wait(delayMs, scheduler).pipe(map(outcome));
};

function isRight(jwk: PublicJwk, input: Uint8Array, signature: Uint8Array): boolean {
  const right = synchronousSignature(jwk, input);
  return signature.length === right.length && right.every((octet, index) => octet === signature[index]);
}

const notPresented = ({ value }: Identifier, type: string): ProblemInit => ({
  type: type === 'dns-01' ? 'dns' : 'connection',
  detail: `nothing is presented for ${value} by ${type}`,
});

function usualTypes({ type }: Identifier, wildcard: boolean): readonly string[] {
  if (wildcard) return ['dns-01', 'dns-persist-01', 'unknown-01'];
  return type === 'ip'
    ? ['http-01', 'tls-alpn-01', 'unknown-01']
    : ['http-01', 'dns-01', 'tls-alpn-01', 'dns-persist-01', 'unknown-01'];
}

const validOne = (
  { orders }: AccountRecord,
  { type, value }: Identifier,
  wildcard: boolean,
): AuthorizationRecord | undefined =>
  orders
    .flatMap(({ authorizations }) => authorizations)
    .find(
      (each) =>
        each.status === 'valid' &&
        each.wildcard === wildcard &&
        each.identifier.type === type &&
        each.identifier.value === value,
    );
