import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as rxacme from '../../lib/index.js';
import { AcmeProblemError, AcmeTransportError } from '../../lib/index.js';
import { fakeCa, testAccount } from '../../lib/testing/index.js';
import { type Fault, type FaultName, faults } from '../support/fault-answers.js';
import { faultInjector } from '../support/fault-interceptor.js';
import { repoRoot } from '../support/repo-root.js';
import { offsetClock } from '../support/sync-ports.js';
import { completed, virtualTime } from '../support/virtual-time.js';
import { delegationExample } from '../vectors/delegations.js';
import { type LossBench, type LossRow, lossRows } from './lost-answers-table.js';

const notCarriedOut: readonly FaultName[] = [
  'lost before it was carried out',
  'never answered',
  'a 500',
  '502 with HTML',
  'a 503',
];
const carriedOut: readonly FaultName[] = [
  'lost after it was carried out',
  'cut in the middle of the answer',
  'carried out and never answered',
  'carried out and 500',
];

const names: Readonly<Record<string, string>> = {
  'new-nonce': 'newNonce',
  'new-account': 'newAccount',
  'new-order': 'newOrder',
  'new-authz': 'newAuthz',
  'key-change': 'keyChange',
  'revoke-cert': 'revokeCert',
};
const operationOf = (url: string): string => {
  const [, path = ''] = new URL(url).pathname.split('/');
  return names[path] ?? path;
};

/** Calls one function with a fault in its first request, or in all of them. */
const lossOf = ({ operation, call }: LossRow, fault?: Fault, moment: 'once' | 'always' = 'once') =>
  virtualTime((time) => {
    const { scheduler } = time;
    const clock = offsetClock(scheduler);
    const ca = fakeCa({
      scheduler,
      clock,
      preAuthorization: true,
      reuseAuthorizations: true,
      autoRenewal: {},
      roots: ['One', 'Two'],
      delegations: [delegationExample],
    });
    const injector = faultInjector({
      operationOf,
      newNonceUrl: 'https://ca.test/new-nonce',
      now: () => clock.now(),
      faultOf: (at, occurrence) => (at === operation && (moment === 'always' || occurrence === 1) ? fault : undefined),
    });
    const ports = { scheduler, clock };
    const bench: LossBench = {
      ca,
      sure: testAccount(ca, ports),
      account: testAccount(ca, { ...ports, interceptors: [injector.interceptor] }),
      ended: (stream$) => {
        const { values, error } = completed(time, stream$);
        if (error !== undefined) throw error as Error;
        return values.at(-1) as never;
      },
    };
    const called$ = call(bench);
    const recording = completed(time, called$);
    const requests = injector.requests.filter((each) => !['directory', 'newNonce'].includes(each.operation));
    return {
      ...recording,
      error: recording.error,
      sent: requests.map((each) => each.operation + (each.isRead ? '?' : '')).join(' '),
      done: requests.filter((each) => each.operation === operation && !each.isRead && each.isCarriedOut).length,
      open: injector.open(),
      timers: time.timers(),
      tookMs: scheduler.now(),
    };
  });

describe.each(Object.entries(lossRows))('where an answer is lost, %s', (_name, row) => {
  const clean = lossOf(row);
  const { lostBefore, lostAfter, again, outcome } = row;

  it('goes well where nothing is lost', () => {
    expect(clean).toMatchObject({ isComplete: true, error: undefined, timers: 0, open: 0 });
    expect(clean.values.length).toBeGreaterThan(0);
  });

  it.each([...notCarriedOut, ...carriedOut])('finds out and ends as if nothing was: %s', (fault) => {
    const { values, sent, done, ...found } = lossOf(row, faults[fault]);
    expect(found).toMatchObject({ error: undefined, isComplete: true, timers: 0, open: 0 });
    expect(values.map((each) => outcome(each as never))).toEqual(clean.values.map((each) => outcome(each as never)));
    expect(sent).toBe(carriedOut.includes(fault) ? lostAfter : lostBefore);
    if (again === undefined) expect(done).toBeLessThanOrEqual(1);
  });

  it.each([...notCarriedOut, ...carriedOut])('gives up in time where that goes on: %s', (fault) => {
    const { error, isComplete, done, timers, open, tookMs } = lossOf(row, faults[fault], 'always');
    expect([timers, open]).toEqual([0, 0]);
    expect(tookMs).toBeLessThan(10 * 60_000);
    if (!isComplete) expect(error instanceof AcmeTransportError || error instanceof AcmeProblemError).toBe(true);
    if (again === undefined) expect(done).toBeLessThanOrEqual(1);
    // Whoever looks somewhere else finds it.
    const finds = lostAfter !== lostBefore && row.lostAfter.split(' ')[1] !== `${row.operation}?`;
    if (carriedOut.includes(fault)) expect(isComplete).toBe(finds);
  });
});

describe('without leave to send it again, a request whose answer is lost', () => {
  const never: LossRow = {
    ...(lossRows['signedPost'] as LossRow),
    call: ({ account }) => rxacme.signedPost(account, account.url, { contact: [] }),
  };

  it.each([...notCarriedOut, ...carriedOut])('is an error at once: %s', (fault) => {
    const { error, sent } = lossOf(never, faults[fault]);
    expect(error instanceof AcmeTransportError || error instanceof AcmeProblemError).toBe(true);
    expect(sent).toBe('account');
  });
});

it('the table has every function that sends signed requests', () => {
  const folder = join(repoRoot, 'lib', 'resources');
  const sends = readdirSync(folder)
    .map((file) => readFileSync(join(folder, file), 'utf8'))
    .filter((text) => /\b(signedPost|signedRequest|postAsGet|listPages|getCertificate)\(/.test(text))
    .flatMap((text) => [...text.matchAll(/^export (?:const|function) (\w+)/gm)].map(([, name]) => name ?? ''))
    .filter((name) => name in rxacme && /^[a-z]/.test(name));
  const elsewhere = [
    // Signs nothing.
    ...['unsignedGet'],
    // What it sends is in the table: getCertificate's and getOrder's requests, one after the other.
    ...['followCertificate', 'getFullChain', 'getIssuerCertificates'],
    // Sends nothing.
    ...['issuedBy', 'shortestChain', 'pollPorts', 'delegation'],
  ];
  expect(sends.length).toBeGreaterThan(20);
  expect(sends.filter((name) => !(name in lossRows) && !elsewhere.includes(name))).toEqual([]);
});
