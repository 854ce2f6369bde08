import { lastValueFrom, firstValueFrom, type Observable, switchMap, toArray } from 'rxjs';
import { onTestFinished } from 'vitest';
import {
  type AcmeAccount,
  type AcmeSession,
  acmeSession,
  type AcmeSessionOptions,
  type CertificateIssued,
  closeSession,
  generateSigner,
  type GeneratedAlgorithm,
  type IssuanceEvent,
  newAccount,
  obtainCertificate,
  type ObtainCertificateOptions,
  type RegisteredAccount,
} from '../../../lib/index.js';
import { nodeTransport } from '../../../lib/node/index.js';
import type { Pebble } from '../../support/pebble.js';

/** A session with a Pebble, closed when the spec is over. */
export function openSession({ directoryUrl, caPem }: Pebble, options: Partial<AcmeSessionOptions> = {}): AcmeSession {
  const session = acmeSession({ directoryUrl, transport: nodeTransport({ ca: caPem }), ...options });
  onTestFinished(() => closeSession(session));
  return session;
}

/** A new account with a new key. */
export const register = (session: AcmeSession, alg?: GeneratedAlgorithm): Promise<RegisteredAccount> =>
  firstValueFrom(
    generateSigner(alg).pipe(switchMap((signer) => newAccount(session, { signer, termsOfServiceAgreed: true }))),
  );

/** A new account in a session of its own. */
export const openAccount = (pebble: Pebble, options?: Partial<AcmeSessionOptions>): Promise<RegisteredAccount> =>
  register(openSession(pebble, options));

/** For a server that is done within milliseconds. */
export const quickPoll = { firstMs: 40 } as const;

/** How an issuance went, to its end. */
export interface Outcome {
  readonly events: readonly IssuanceEvent[];
  /** What it errored with. */
  readonly error: unknown;
}

export const outcomeOf = (issuance: Observable<IssuanceEvent>): Promise<Outcome> =>
  new Promise((resolve) => {
    const events: IssuanceEvent[] = [];
    issuance.subscribe({
      next: (event) => events.push(event),
      error: (error: unknown) => { resolve({ events, error }); },
      complete: () => { resolve({ events, error: undefined }); },
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
