/** Issuances with real keys, one that goes well and one for each way in which each request can fail, searched for secrets. */
import { concatMap, firstValueFrom, of, tap, throwError } from 'rxjs';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  type AcmeInterceptor,
  acmeSession,
  type CertificateKey,
  type ChallengeTask,
  externalAccountBinding,
  generateCertificateKey,
  generateSigner,
  type Journal,
  type JournalEntry,
  journaled,
  memoryJournal,
  newAccount,
  obtainCertificate,
  recordOrders,
} from '../../lib/index.js';
import { fakeCa } from '../../lib/testing/index.js';
import { type Fault, type FaultName, faults } from '../support/fault-answers.js';
import { faultInjector } from '../support/fault-interceptor.js';
import { inspectedForm, printedForms, secretsIn } from '../support/printed.js';

const macKey = 'bXkgc2VjcmV0IG1hYyBrZXkgb2YgMzIgb2N0ZXRzISE';

/** The private part of a key, in each of the forms in which it may be written. */
function privateForms(name: string, pem: string, secrets: Map<string, string>): void {
  const lines = pem.split('\n').filter((line) => line !== '' && !line.startsWith('-'));
  for (const [index, line] of lines.entries()) secrets.set(`${name}, line ${index + 1}`, line);
}

/** What goes wrong in an issuance. */
interface Course {
  readonly operation?: string;
  readonly occurrence?: number;
  readonly fault?: Fault;
  readonly identifiers?: readonly string[];
  /** Who repeats what it was told in its error. */
  readonly quotes?: 'the server' | 'the server’s refusal' | 'present' | 'cleanUp';
}

/** A server that says what it had wanted. */
const quotingRefusal = (tasks: readonly ChallengeTask[]): Fault => ({
  carriedOut: false,
  end: ({ headers }) => ({
    status: 403,
    headers: { ...headers, 'content-type': 'application/problem+json' },
    body: new TextEncoder().encode(
      JSON.stringify({
        type: 'urn:ietf:params:acme:error:unauthorized',
        detail: tasks.map(({ keyAuthorization, token }) => `not ${keyAuthorization} of ${token}`).join(),
      }),
    ),
  }),
});

/** One issuance: all that was emitted or thrown, all objects that had a part in it, and all secrets. */
async function issuance({
  operation,
  occurrence = 1,
  fault,
  quotes,
  identifiers = ['a.test', '*.a.test'],
}: Course = {}) {
  const secrets = new Map([['MAC key', macKey]]);
  const tasks: ChallengeTask[] = [];
  const bodies: string[] = [];
  const values: unknown[] = [];
  const ca = fakeCa({
    externalAccounts: { one: macKey },
    externalAccountRequired: true,
    validation: {
      delayMs: 1,
      outcome: ({ keyAuthorization, token }) =>
        quotes === 'the server'
          ? { type: 'unauthorized', detail: `wanted ${keyAuthorization} of ${token}` }
          : undefined,
    },
    issuance: { delayMs: 1 },
  });
  const injector = faultInjector({
    operationOf: (url) => new URL(url).pathname.split('/')[1] ?? '',
    newNonceUrl: 'https://ca.test/new-nonce',
    now: () => Date.now(),
    faultOf: (at, index) =>
      at === 'challenge' && quotes === 'the server’s refusal'
        ? quotingRefusal(tasks)
        : at === operation && index >= occurrence
          ? fault
          : undefined,
  });
  const listener: AcmeInterceptor = (request, next) => {
    if (request.body !== undefined) bodies.push(request.body);
    return next(request);
  };
  const session = acmeSession({
    directoryUrl: ca.directoryUrl,
    transport: ca.transport,
    interceptors: [listener, injector.interceptor],
    requestTimeoutMs: 300,
    retry: () => undefined,
    onDetachedError: (error) => values.push(error),
  });
  const signer = await firstValueFrom(generateSigner());
  const key = await firstValueFrom(generateCertificateKey('P-256'));
  privateForms('account key', await firstValueFrom(signer.exportPem()), secrets);
  privateForms('certificate key', await firstValueFrom(key.exportPem()), secrets);
  const memory = memoryJournal();
  const entries: JournalEntry[] = [];
  const journal: Journal = { ...memory, write: (entry) => (entries.push(entry), memory.write(entry)) };
  const quoting = (what: Course['quotes'], { keyAuthorization = '', keyAuthorizationDigest = '' }: ChallengeTask) =>
    quotes === what ? throwError(() => new Error(`no ${keyAuthorization} ${keyAuthorizationDigest}`)) : of(undefined);
  const solver = journaled(
    {
      types: ['http-01', 'dns-01'],
      present: (task) => (tasks.push(task), quoting('present', task)),
      cleanUp: (task) => quoting('cleanUp', task),
    },
    journal,
  );
  const externalAccount = externalAccountBinding({ keyId: 'one', macKey });
  const stored: CertificateKey[] = [];
  const keyStore = { save: (_url: string, each: CertificateKey) => (stored.push(each), of(undefined)) };
  const events$ = newAccount(session, { signer, externalAccount, termsOfServiceAgreed: true }).pipe(
    tap((account) => values.push(account)),
    concatMap((account) =>
      obtainCertificate(account, {
        identifiers,
        solvers: [solver],
        key,
        keyStore,
        poll: { firstMs: 1, timeoutMs: 200 },
      }).pipe(recordOrders(account, journal)),
    ),
  );
  let isComplete = false;
  await new Promise<void>((resolve) => {
    events$.subscribe({
      next: (event) => values.push(event),
      error: (error: unknown) => {
        values.push(error);
        resolve();
      },
      complete: () => {
        isComplete = true;
        resolve();
      },
    });
  });
  for (const [index, { token, keyAuthorization, keyAuthorizationDigest }] of tasks.entries()) {
    const named = { token, keyAuthorization, keyAuthorizationDigest };
    for (const [name, secret] of Object.entries(named)) if (secret) secrets.set(`${name} ${index + 1}`, secret);
  }
  for (const [index, body] of bodies.entries()) {
    const { signature, payload } = JSON.parse(body) as { signature: string; payload: string };
    secrets.set(`signature ${index + 1}`, signature);
    if (payload.length > 40) secrets.set(`payload ${index + 1}`, payload);
  }
  const objects = {
    session,
    signer,
    key,
    externalAccount,
    solver,
    journal,
    entries,
    tasks,
    transport: ca.transport,
    stored,
  };
  return { values, objects, secrets, isComplete, requests: injector.requests };
}

/** What is printed of a value; and what is there for whoever looks behind what is not enumerable. */
const everywhere = (value: unknown) => [...printedForms(value), inspectedForm(value)];

const certain: readonly FaultName[] = [
  'lost after it was carried out',
  'never answered',
  'a 500',
  '502 with HTML',
  'a 429',
  'badNonce, three times',
  'garbage',
  'JSON of another shape',
  'a body too large',
  'a redirect',
  'Retry-After of a day',
];

describe('secrets', () => {
  let clean: Awaited<ReturnType<typeof issuance>>;
  beforeAll(async () => {
    clean = await issuance();
  });

  it('are known to the spec, and found where they are', () => {
    expect(clean.values.at(-1)).toMatchObject({ type: 'certificate-issued' });
    expect(clean.isComplete).toBe(true);
    expect(clean.secrets.size).toBeGreaterThan(25);
    const [, line = ''] = [...clean.secrets].find(([name]) => name.startsWith('account key')) ?? [];
    expect(secretsIn(everywhere(new Error('x', { cause: { line } })), clean.secrets)).toEqual(['account key, line 1']);
    expect(secretsIn(everywhere({ deep: { er: { still: [line] } } }), clean.secrets)).toHaveLength(1);
  });

  it('are in no event of an order that goes well', () => {
    expect(clean.values.length).toBeGreaterThan(8);
    for (const value of clean.values) expect(secretsIn(everywhere(value), clean.secrets)).toEqual([]);
  });

  it.each(['session', 'signer', 'key', 'externalAccount', 'solver', 'journal', 'transport', 'stored'] as const)(
    'are not even seen behind what has them: %s',
    (name) => {
      expect(secretsIn(everywhere(clean.objects[name]), clean.secrets)).toEqual([]);
    },
  );

  it.each(['tasks', 'entries'] as const)('are not printed of what must hand them on: %s', (name) => {
    expect(clean.objects[name].length).toBeGreaterThan(0);
    for (const each of clean.objects[name]) expect(secretsIn(printedForms(each), clean.secrets)).toEqual([]);
  });

  it.each(certain)('are in no event and no error of an order in which a request meets this: %s', async (name) => {
    const { burst: _, ...fault }: Fault = faults[name];
    const places = clean.requests.map(({ operation, occurrence }) => ({ operation, occurrence, fault }));
    for (const { values, secrets } of await Promise.all(places.map(issuance))) {
      for (const value of values) expect(secretsIn(printedForms(value), secrets), String(value)).toEqual([]);
    }
  });

  it.each(['the server', 'the server’s refusal', 'present', 'cleanUp'] as const)(
    'are in no event and no error where they are quoted by %s',
    async (quotes) => {
      const { values, secrets, isComplete } = await issuance({ quotes, identifiers: ['a.test'] });
      expect(isComplete).toBe(quotes === 'cleanUp');
      expect(values.some((each) => /clean-up-failed|AuthorizationError/.test(printedForms(each).join()))).toBe(true);
      for (const value of values) expect(secretsIn(printedForms(value), secrets), String(value)).toEqual([]);
    },
  );
});
