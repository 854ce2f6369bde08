import { asyncScheduler, defer } from 'rxjs';
import type { AcmeTransport } from '../model/ports.js';
import { type Behaviour, describeBehaviour, Scripts, type When } from './behaviour.js';
import { acmeCa } from './ca/acme-ca.js';
import type { OperationName } from './ca/operation.js';
import { operations } from './ca/operations.js';
import { newAuthz } from './ca/operations/pre-authorization.js';
import type { AccountRecord } from './ca/records.js';
import type { ProblemInit } from './ca/refusal.js';
import { checkFakeCaOptions } from './check-fake-ca-options.js';
import { fakeCaSettings } from './fake-ca-settings.js';
import type { FakeCaOptions } from './fake-ca-options.js';
import { fakeExchange } from './fake-exchange.js';
import { type CaHistory, RequestLog } from './history.js';
import { disorder } from './disorder.js';
import { synchronousThumbprint } from './synchronous/keys.js';
import type { AcmeSigner } from '../model/ports.js';
import { timeline } from './timeline.js';

/** A certification authority in the process. */
export interface FakeCa {
  /** Where its directory is, for `acmeSession`. */
  readonly directoryUrl: string;
  /** The way to it, for `acmeSession`. */
  readonly transport: AcmeTransport;
  /** What it saw. */
  readonly history: CaHistory;
  /** Refuses the next request of an operation, without carrying it out. Repeat it for the one after that. */
  failNext(operation: OperationName, problem: ProblemInit): void;
  /** Does something with requests of an operation, `*` being all of them. The function that comes back ends it. */
  script(operation: OperationName | '*', behaviour: Behaviour, when?: When): () => void;
  /** Has {@link verify} fail unless there were exactly so many requests of an operation. */
  expect(operation: OperationName, count: number): void;
  /** Forgets every nonce that it gave out, as a server does that is started again. */
  forgetNonces(): void;
  /** Opens an account without a request, and returns its URL; that of the account which the key has, where it has one. */
  openAccount(signer: AcmeSigner): string;
  /** Throws an error with a table of what is missing: scripts that met no request, expectations that do not hold, exchanges that are still open. */
  verify(): void;
  /** What happened, as a marble diagram in text, one line per resource. */
  timeline(): string;
}

/**
 * Makes a certification authority that lives in the process, for tests: as strict as real ones, synchronous where it
 * has no latency, driven by the scheduler and the clock that it is given.
 *
 * Emits nothing and does no I/O: the value is the CA. Cost: none. Throws `TypeError` that names the option on what
 * cannot work.
 *
 * @see RFC 8555 §7
 */
export function fakeCa(options: FakeCaOptions = {}): FakeCa {
  checkFakeCaOptions(options);
  const { scheduler = asyncScheduler, clock = scheduler, origin = 'https://ca.test' } = options;
  const offered = options.preAuthorization === true ? [...operations, newAuthz] : operations;
  const ca = acmeCa({ origin, operations: offered, settings: fakeCaSettings(options, scheduler, clock), clock });
  const history = new RequestLog(clock, options.historyLimit ?? 10_000);
  const scripts = new Scripts();
  const expected = new Map<OperationName, number>();
  const edit = disorder(options);
  let posts = 0;

  const transport: AcmeTransport = (request) =>
    defer(() => {
      const operation = ca.route(request.url)?.name ?? 'unknown';
      const record = history.begin(operation, request);
      const behaviours = [...scripts.take(operation, record.occurrence)];
      const { badNonceEvery } = options;
      if (request.method === 'POST' && badNonceEvery !== undefined && ++posts % badNonceEvery === 0) {
        behaviours.push({ problem: { type: 'badNonce', detail: 'refused, as every so often' } });
      }
      const { latencyMs = 0 } = options;
      const ownLatencyMs = typeof latencyMs === 'number' ? latencyMs : (latencyMs[operation] ?? 0);
      return fakeExchange({ ca, history, record, request, behaviours, latencyMs: ownLatencyMs, scheduler, edit });
    });

  return {
    directoryUrl: ca.directoryUrl,
    transport,
    history,
    failNext: (operation, problem) => {
      scripts.add(operation, { problem }, 'next');
    },
    script: (operation, behaviour, when = 'next') => scripts.add(operation, behaviour, when),
    expect: (operation, count) => {
      expected.set(operation, count);
    },
    forgetNonces: () => {
      ca.nonces.forget();
    },
    openAccount: ({ publicJwk }) => {
      const thumbprint = synchronousThumbprint(publicJwk);
      const known = ca.store.accountByKey(thumbprint);
      if (known !== undefined) return known.url;
      const account: AccountRecord = {
        ...ca.store.newResource('account'),
        jwk: publicJwk,
        thumbprint,
        status: 'valid',
        contact: [],
        termsOfServiceAgreed: true,
        orders: [],
        preAuthorizations: [],
      };
      ca.store.accounts.set(account.id, account);
      return account.url;
    },
    verify: () => {
      verify(scripts, expected, history);
    },
    timeline: () => timeline(history.requests),
  };
}

function verify(scripts: Scripts, expected: ReadonlyMap<OperationName, number>, history: CaHistory): void {
  const rows = [
    ...scripts
      .unused()
      .map(({ operation, behaviour }) => [operation, `scripted: ${describeBehaviour(behaviour)}`, 'no request came']),
    ...[...expected]
      .filter(([operation, count]) => history.count(operation) !== count)
      .map(([operation, count]) => [operation, `expected: ${count} requests`, `${history.count(operation)} came`]),
    ...history.requests
      .filter(({ outcome }) => outcome === 'open')
      .map(({ operation, url }) => [operation, url, 'is still open']),
  ];
  if (rows.length > 0) throw new Error(`the fake CA did not see what it was to see\n${table(rows)}`);
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd())
    .join('\n');
}
