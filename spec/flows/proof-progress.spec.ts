import { inspect } from 'node:util';
import { concat, EMPTY, from, map, NEVER, type Observable, of, take, takeWhile, throwError, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  AcmeAuthorizationError,
  type ChallengeTask,
  dns01,
  fixedDelay,
  type IssuanceEvent,
  obtainCertificate,
  txtLookups,
  txtPublisher,
  withSelfCheck,
} from '../../lib/index.js';
import { recordingSolver } from '../../lib/testing/index.js';
import { completed, virtualTime, type VirtualTime } from '../support/virtual-time.js';
import { ofType } from './told.js';
import { withFakeCa } from './with-fake-ca.js';

const progressOf = (events: readonly IssuanceEvent[]) => ofType(events, 'proof-progress').map((each) => each.progress);

/** Obtains with a solver whose ready is this. */
const withReady = (time: VirtualTime, ready: (task: ChallengeTask) => Observable<unknown>) => {
  const solver = recordingSolver({ types: ['dns-01'], ready });
  return { solver, ...withFakeCa(time, { solver }).obtained({ identifiers: ['*.a.test'], solvers: [solver] }) };
};

describe('the progress of proofs', () => {
  it('is an event each time that the solver’s ready emits, when it does, between presented and answered', () =>
    virtualTime((time) => {
      const { scheduler } = time;
      const { values } = withReady(time, () =>
        timer(0, 1_000, scheduler).pipe(
          take(3),
          map((step) => ({ step })),
        ),
      );
      const seen = values.filter(({ type }) => /presented|progress|answered/.test(type));
      expect(seen.map(({ type }) => type)).toEqual([
        'challenge-presented',
        ...Array.from({ length: 3 }, () => 'proof-progress'),
        'challenge-answered',
      ]);
      const { at: start } = seen[0] as IssuanceEvent;
      expect(seen.slice(1, 4)).toEqual(
        [0, 1, 2].map((step) => ({
          type: 'proof-progress',
          at: new Date(start.getTime() + step * 1_000),
          orderUrl: seen[0]?.orderUrl,
          identifier: { type: 'dns', value: 'a.test' },
          wildcard: true,
          name: '*.a.test',
          challengeType: 'dns-01',
          progress: { step },
        })),
      );
    }));

  it('is told of all names while they are waited for at the same time', () =>
    virtualTime((time) => {
      const { scheduler } = time;
      const solver = dns01(
        txtPublisher(
          { add: () => EMPTY, remove: () => EMPTY },
          { propagation: fixedDelay({ delayMs: 5_000, scheduler }), scheduler },
        ),
      );
      const { values } = withFakeCa(time, { solver: undefined }).obtained({
        identifiers: ['a.test', 'b.test'],
        solvers: [solver],
      });
      const told = ofType(values, 'proof-progress').map(({ name, progress }) => [
        name,
        (progress as { seen: number }).seen,
      ]);
      expect(told).toEqual([
        ['a.test', 0],
        ['b.test', 0],
        ['a.test', 1],
        ['b.test', 1],
      ]);
    }));

  it('of the solvers of rxacme is plain data without a secret', () =>
    virtualTime((time) => {
      const { scheduler } = time;
      const values = new Map<string, string>();
      const tasks: ChallengeTask[] = [];
      let looks = 0;
      const lookup = (name: string) => of(looks++ < 2 ? ['another value'] : [values.get(name) ?? '']);
      const published = dns01(
        txtPublisher(
          { add: ({ name, value }) => (values.set(name, value), EMPTY), remove: () => EMPTY },
          { propagation: txtLookups({ servers: [{ server: 'ns1', lookup }], scheduler }), scheduler },
        ),
      );
      const solver = withSelfCheck(
        published,
        (task) => (tasks.push(task), of(looks++ < 6 ? { passed: false, found: 'nothing' } : { passed: true })),
        { scheduler, random: () => 0.5 },
      );
      const { values: events } = withFakeCa(time, { solver: undefined }).obtained({ solvers: [solver] });
      expect(events.at(-1)?.type).toBe('certificate-issued');
      const progress = progressOf(events);
      expect(progress.length).toBeGreaterThan(5);
      expect(progress[0]).toMatchObject({ name: '_acme-challenge.example.org', seen: 0, of: 1 });
      expect(progress.at(-1)).toMatchObject({ type: 'self-check', passed: true });
      expect(JSON.parse(JSON.stringify(progress))).toEqual(progress);
      const [task] = tasks;
      const printed = inspect(events, { depth: 12 }) + JSON.stringify(events);
      for (const secret of [task?.token, task?.keyAuthorization, task?.keyAuthorizationDigest]) {
        expect(secret).toBeDefined();
        expect(printed).not.toContain(secret);
      }
    }));

  it('leaves the secrets out that a solver lets slip, and what is no plain data', () =>
    virtualTime((time) => {
      const circle: Record<string, unknown> = {};
      circle['own'] = circle;
      const { values, solver } = withReady(time, (task) =>
        from([
          task,
          { record: task.keyAuthorizationDigest, [`${task.token}`]: [`${task.keyAuthorization}`] },
          circle,
          1n,
          undefined,
          () => 0,
          7,
        ]),
      );
      expect(values.at(-1)?.type).toBe('certificate-issued');
      const task = solver.calls[0]?.task as ChallengeTask;
      const progress = progressOf(values);
      expect(progress.slice(1)).toEqual([{ record: '<token>', '<token>': ['<token>'] }, null, null, null, null, 7]);
      expect(progress[0]).toMatchObject({ type: 'dns-01', wildcard: true });
      for (const secret of [task.token, task.keyAuthorization, task.keyAuthorizationDigest]) {
        expect(JSON.stringify(progress)).not.toContain(secret);
      }
    }));

  it('that ends in an error names the name, and stops where the order is left', () =>
    virtualTime((time) => {
      const { error, values } = withReady(time, () =>
        concat(
          of(1),
          throwError(() => new Error('never seen')),
        ),
      );
      expect(error).toBeInstanceOf(AcmeAuthorizationError);
      expect(progressOf(values)).toEqual([1]);
    }));

  it('can be what the order is left at', () =>
    virtualTime((time) => {
      const solver = recordingSolver({ ready: () => concat(of(1), NEVER) });
      const { account, ca } = withFakeCa(time, { solver });
      const left$ = obtainCertificate(account, { identifiers: ['a.test', 'b.test'], solvers: [solver] }).pipe(
        takeWhile(({ type }) => type !== 'proof-progress', true),
      );
      const { values, isComplete } = completed(time, left$);
      expect([values.at(-1)?.type, isComplete, time.timers()]).toEqual(['proof-progress', true, 0]);
      expect([solver.withdrawn.length, ca.history.count('challenge')]).toEqual([2, 0]);
    }));
});
