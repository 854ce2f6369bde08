import { inspect } from 'node:util';
import { concatMap, tap, type SchedulerAction, type SchedulerLike, type Subscription } from 'rxjs';
import { AcmeError, isAcmeError, newAccount, obtainCertificate } from '../../lib/index.js';
import { fakeCa, recordingSolver, synchronousSigner, testSession } from '../../lib/testing/index.js';
import type { Fault } from '../support/fault-answers.js';
import { faultInjector, type LoggedRequest } from '../support/fault-interceptor.js';
import { offsetClock } from '../support/sync-ports.js';
import { record, type VirtualTime, virtualTime } from '../support/virtual-time.js';
import { type Cell, faultOf, type Finding } from './cells.js';
import { isPrinted, sentTwice } from './invariants.js';

const names = ['a.test', '*.a.test'];

/** An issuance that has not ended by then never will. */
const limitMs = 20 * 60_000;

const paths: Readonly<Record<string, string>> = {
  'new-nonce': 'newNonce',
  'new-account': 'newAccount',
  'new-order': 'newOrder',
};

const operationOf = (url: string): string => {
  const [, path = ''] = new URL(url).pathname.split('/');
  return paths[path] ?? path;
};

/** Runs one issuance, from the directory to the certificate, with a fault in it: the one given, or the one of that name. */
export const course = (cell?: Cell, fault?: Fault): Finding & { readonly requests: readonly LoggedRequest[] } =>
  virtualTime((time) => {
    const own = apartFrom(time);
    const clock = offsetClock(time.scheduler);
    const solver = recordingSolver();
    const ca = fakeCa({
      scheduler: own.scheduler,
      clock,
      solver,
      latencyMs: 10,
      validation: { delayMs: 400 },
      issuance: { delayMs: 400 },
    });
    const injector = faultInjector({
      operationOf,
      newNonceUrl: 'https://ca.test/new-nonce',
      now: () => clock.now(),
      ...(cell === undefined ? {} : { faultOf: faultOf(cell, fault) }),
    });
    const session = testSession(ca, { scheduler: time.scheduler, clock, interceptors: [injector.interceptor] });
    const signer = synchronousSigner();
    const issuance$ = newAccount(session, { signer, termsOfServiceAgreed: true }).pipe(
      concatMap((account) => obtainCertificate(account, { identifiers: names, solvers: [solver] })),
    );

    const done = (): readonly number[] => [injector.requests.length, solver.calls.length, recording.values.length];
    const left = { endedAtMs: -1, timers: 0, open: 0, done: [] as readonly number[] };
    const ended = (): void => {
      guard.unsubscribe();
      left.endedAtMs = time.scheduler.now();
      own.later(() => Object.assign(left, { timers: own.others(), open: injector.open(), done: done() }));
    };
    const recording = record(issuance$.pipe(tap({ error: ended, complete: ended })));
    const guard = own.scheduler.schedule(() => recording.unsubscribe(), limitMs);
    time.flush();

    const { values, error, isComplete } = recording;
    const issued = values.at(-1);
    const violations = [
      left.endedAtMs < 0 && `no end within ${limitMs / 60_000} minutes`,
      left.timers > 0 && `${left.timers} timers left`,
      left.open > 0 && `${left.open} exchanges left open`,
      left.endedAtMs >= 0 && String(left.done) !== String(done()) && 'went on after its end',
      ...sentTwice(injector.requests),
      solver.presented.length > 0 && `${solver.presented.length} proofs not withdrawn`,
      isComplete &&
        (issued?.type !== 'certificate-issued' ||
          String(issued.certificate.leaf.identifiers.map(({ value }) => value).sort()) !== String([...names].sort())) &&
        'completed without the certificate',
      error !== undefined && !(error instanceof AcmeError) && `an error of no type of ours: ${inspect(error)}`,
      error !== undefined &&
        isPrinted(
          error,
          solver.calls.flatMap(({ task }) => [task.keyAuthorization, task.token]),
        ) &&
        'a secret in the printed error',
      ({} as Record<string, unknown>)['polluted'] !== undefined && 'polluted Object.prototype',
      cell !== undefined && !injector.requests.some(({ isHit }) => isHit) && 'the fault met no request',
    ].filter((each) => each !== false);
    const outcome = isComplete ? 'certificate' : isAcmeError(error) ? error.code : 'none';
    return { outcome, violations, message: String(error ?? ''), requests: injector.requests };
  });

/** A scheduler for the server and the spec, so that the client's timers can be told from theirs. */
function apartFrom({ scheduler }: VirtualTime) {
  const own = new Set<unknown>();
  const schedule = <T>(work: (this: SchedulerAction<T>, state?: T) => void, delay = 0, state?: T): Subscription => {
    const action = scheduler.schedule(work, delay, state as T);
    own.add(action);
    return action;
  };
  const apart = { now: () => scheduler.now(), schedule } as SchedulerLike;
  return {
    scheduler: apart,
    later: (work: () => void) => apart.schedule(work),
    others: () => scheduler.actions.filter((action) => !own.has(action)).length,
  };
}
