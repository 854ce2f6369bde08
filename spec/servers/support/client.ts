import { lastValueFrom, firstValueFrom, type Observable, switchMap, toArray } from 'rxjs';
import { onTestFinished } from 'vitest';
import {
  type AcmeAccount,
  acmeErrorNamespace,
  type AcmeSession,
  acmeSession,
  type AcmeSessionOptions,
  type CertificateIssued,
  type Challenge,
  closeSession,
  generateSigner,
  type GeneratedAlgorithm,
  getAuthorization,
  type IssuanceEvent,
  newAccount,
  obtainCertificate,
  type ObtainCertificateOptions,
  type RegisteredAccount,
} from '../../../lib/index.js';
import { nodeTransport } from '../../../lib/node/index.js';
import type { Pebble } from '../../support/pebble.js';

/** A session with a Pebble, closed when the spec is over, or earlier. */
export function openSession(
  { directoryUrl, caPem }: Pebble,
  options: Partial<AcmeSessionOptions> = {},
  until?: AbortSignal,
): AcmeSession {
  const session = acmeSession({ directoryUrl, transport: nodeTransport({ ca: caPem }), ...options });
  onTestFinished(() => closeSession(session));
  until?.addEventListener('abort', () => closeSession(session));
  return session;
}

/** A new account with a new key. */
export const register = (session: AcmeSession, alg?: GeneratedAlgorithm): Promise<RegisteredAccount> =>
  firstValueFrom(
    generateSigner(alg).pipe(switchMap((signer) => newAccount(session, { signer, termsOfServiceAgreed: true }))),
  );

/** A new account in a session of its own. */
export const openAccount = (...session: Parameters<typeof openSession>): Promise<RegisteredAccount> =>
  register(openSession(...session));

/** For a server that is done within milliseconds. */
export const quickPoll = { firstMs: 40 } as const;

/** How a stream went, to its end. */
export interface Outcome<T> {
  readonly events: readonly T[];
  /** What it errored with. */
  readonly error: unknown;
}

export const outcomeOf = <T>(stream: Observable<T>): Promise<Outcome<T>> =>
  new Promise((resolve) => {
    const events: T[] = [];
    stream.subscribe({
      next: (event) => events.push(event),
      error: (error: unknown) => resolve({ events, error }),
      complete: () => resolve({ events, error: undefined }),
    });
  });

/** All events of an issuance, which must not error. */
export const eventsOf = (issuance: Observable<IssuanceEvent>): Promise<readonly IssuanceEvent[]> =>
  lastValueFrom(issuance.pipe(toArray()));

/** Obtains a certificate and emits all events; the last is its issuance. */
export const obtain = (account: AcmeAccount, options: ObtainCertificateOptions): Promise<readonly IssuanceEvent[]> =>
  eventsOf(obtainCertificate(account, { poll: quickPoll, ...options }));

/** The events of one type. */
export const ofType = <Type extends IssuanceEvent['type']>(events: readonly IssuanceEvent[], type: Type) =>
  events.filter((event): event is Extract<IssuanceEvent, { type: Type }> => event.type === type);

/** The last event, which must be the certificate. */
export function issued(events: readonly IssuanceEvent[]): CertificateIssued {
  const last = events.at(-1);
  if (last?.type !== 'certificate-issued') throw new Error(`the last event is ${last?.type ?? 'none'}`);
  return last;
}

/** What the events of one type are about, sorted. */
export const namesIn = (events: readonly IssuanceEvent[], type: 'authorization-pending' | 'challenge-presented') =>
  ofType(events, type)
    .map(({ identifier, wildcard, challengeType }) => `${wildcard ? '*.' : ''}${identifier.value} ${challengeType}`)
    .sort();

/** The http-01 challenge of an authorization. */
export async function http01Of(account: AcmeAccount, authorizationUrl: string): Promise<Challenge & { token: string }> {
  const { challenges } = await firstValueFrom(getAuthorization(account, authorizationUrl));
  const challenge = challenges.find(({ type }) => type === 'http-01');
  if (challenge?.token === undefined) throw new Error('no http-01 on offer');
  return { ...challenge, token: challenge.token };
}

/** How many requests a Pebble has logged since the last reset, by route. */
export function requestCounts(pebble: Pebble): { total: number } & Record<string, number> {
  const counts: { total: number } & Record<string, number> = { total: 0 };
  for (const { path } of pebble.requests()) {
    counts.total++;
    counts[path] = (counts[path] ?? 0) + 1;
  }
  return counts;
}

/** The type of a problem that RFC 8555 names. */
export const problemType = (name: string): string => `${acmeErrorNamespace}${name}`;

/** The values of identifiers or records, sorted: their order means nothing. */
export const valuesOf = (items: readonly { readonly value: string }[]): readonly string[] =>
  items.map(({ value }) => value).sort();
