import { concat, defer, EMPTY, from, NEVER, throwError, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  AcmeAuthorizationError,
  type ChallengeSolver,
  type ChallengeTask,
  type Journal,
  journaled,
  type JournalEntry,
  memoryJournal,
  obtainCertificate,
  solverFor,
} from '../../../lib/index.js';
import { recordingSolver } from '../../../lib/testing/index.js';
import { ofType } from '../../flows/told.js';
import { withFakeCa } from '../../flows/with-fake-ca.js';
import { done } from '../../support/done.js';
import { completed, record, virtualTime, type VirtualTime } from '../../support/virtual-time.js';
import { challengeOf, taskOf } from '../tasks.js';

const identifiers = ['a.test', '*.a.test', 'b.test'];

/** A journal that writes down what is asked of it, takes a while, and may refuse. */
function slowJournal({ scheduler }: VirtualTime, refuse: (what: string, call: number) => boolean = () => false) {
  const calls: string[] = [];
  const inner = memoryJournal();
  const slow = (what: 'write' | 'erase', work: ReturnType<Journal['erase']>) =>
    defer(() => {
      const call = calls.push(what);
      return concat(
        timer(100, scheduler),
        defer(() => (refuse(what, call) ? throwError(() => new Error('the disk is full')) : work)),
      );
    });
  const journal: Journal = {
    write: (entry) => slow('write', inner.write(entry)),
    erase: (id) => slow('erase', inner.erase(id)),
    read: () => inner.read(),
  };
  const entries = () => record(from(inner.read())).values;
  return { calls, journal, entries };
}

function bench(time: VirtualTime, journal: Journal, behaviour: Partial<ChallengeSolver> = {}) {
  const { scheduler } = time;
  const solver = { ...recordingSolver(), ...behaviour };
  const { account, ca } = withFakeCa(time, { solver: undefined });
  const wrapped = journaled(solver, journal, { scheduler, clock: account.session.clock, name: 'own' });
  return { solver, ca, account, wrapped, events$: obtainCertificate(account, { identifiers, solvers: [wrapped] }) };
}

describe('journaled', () => {
  it('writes every name before it is presented, and erases it after it was withdrawn', () =>
    virtualTime((time) => {
      const { journal, entries, calls } = slowJournal(time);
      const seen: [string, readonly JournalEntry[]][] = [];
      const note = (what: string) => (task: ChallengeTask) =>
        defer(() => {
          seen.push([what, entries().filter(({ id }) => id === task.challenge.url)]);
          return EMPTY;
        });
      const { events$, account } = bench(time, journal, { present: note('present'), cleanUp: note('cleanUp') });
      const { values } = completed(time, events$);
      expect(values.at(-1)?.type).toBe('certificate-issued');
      expect(seen.map(([what, found]) => [what, found.length])).toEqual([
        ...identifiers.map(() => ['present', 1]),
        ...identifiers.map(() => ['cleanUp', 1]),
      ]);
      const [first] = seen[0]?.[1] ?? [];
      expect(first).toMatchObject({
        type: 'presented',
        solver: 'own',
        orderUrl: values[0]?.orderUrl,
        at: values[0]?.at,
        task: { accountUrl: account.url, orderUrl: values[0]?.orderUrl },
      });
      expect([entries(), calls.length, time.timers()]).toEqual([[], 6, 0]);
      // All names at once: one wait for the writes, one for the erasures.
      expect(time.scheduler.now()).toBe(200);
    }));

  it('presents nothing for a name whose entry cannot be written: that name fails, by the journal', () =>
    virtualTime((time) => {
      const { journal, entries } = slowJournal(time, (what, call) => what === 'write' && call === 2);
      const { events$, solver, ca } = bench(time, journal);
      const { error, values } = completed(time, events$);
      expect(error).toBeInstanceOf(AcmeAuthorizationError);
      const { failures } = error as AcmeAuthorizationError;
      expect(failures).toHaveLength(1);
      expect(failures[0]?.reason).toBe('the journal failed: the disk is full');
      expect(failures[0]?.cause).toMatchObject({ message: 'the disk is full' });
      expect([solver.calls.filter(({ call }) => call === 'present').length, ca.history.count('challenge')]).toEqual([
        2, 0,
      ]);
      // Nothing was presented for it, so there is nothing to withdraw.
      expect([solver.withdrawn.length, solver.presented, entries()]).toEqual([2, [], []]);
      expect(ofType(values, 'clean-up-failed')).toEqual([]);
    }));

  it('keeps the entry where the clean-up fails, and says so where the entry cannot be erased', () =>
    virtualTime((time) => {
      const failing = slowJournal(time);
      const first = completed(
        time,
        bench(time, failing.journal, { cleanUp: () => throwError(() => new Error('locked')) }).events$,
      );
      expect(ofType(first.values, 'clean-up-failed')).toHaveLength(3);
      expect([failing.entries().length, failing.calls.includes('erase')]).toEqual([3, false]);
      const full = slowJournal(time, (what) => what === 'erase');
      const { values } = completed(time, bench(time, full.journal).events$);
      expect(ofType(values, 'clean-up-failed').map(({ error }) => error)).toMatchObject(
        identifiers.map(() => ({ code: 'port', port: 'journal' })),
      );
      expect([full.entries().length, values.at(-1)?.type]).toEqual([3, 'certificate-issued']);
    }));

  it.each([50, 150])('erases what it wrote where it is unsubscribed after %i ms, and leaves no timer', (leaveMs) =>
    virtualTime((time) => {
      const { journal, entries } = slowJournal(time);
      const { events$, solver } = bench(time, journal, { ready: () => NEVER });
      const recording = record(events$);
      time.scheduler.schedule(() => recording.unsubscribe(), leaveMs);
      time.flush();
      const presents = solver.calls.filter(({ call }) => call === 'present').length;
      expect([presents, solver.presented]).toEqual([leaveMs < 100 ? 0 : 3, []]);
      expect([entries(), time.timers()]).toEqual([[], 0]);
    }),
  );

  it('waits for promises that cannot be stopped before it withdraws and erases', async () => {
    const seen: string[] = [];
    const later = (what: string) => () =>
      new Promise<void>((resolve) => setImmediate(() => (seen.push(what), resolve())));
    const journal: Journal = { write: later('written'), erase: later('erased'), read: () => EMPTY };
    const solver = journaled({ types: ['dns-01'], present: later('presented'), cleanUp: later('withdrawn') }, journal);
    const task = taskOf();
    const presenting = from(solver.present(task)).subscribe();
    await done(timer(0));
    presenting.unsubscribe();
    await done(solver.cleanUp(task));
    expect(seen.filter((each) => each !== 'presented')).toEqual(['written', 'withdrawn', 'erased']);
  });

  it('erases an entry that orders share when the last of them is done', async () => {
    const journal = memoryJournal();
    const count = async () => (await done(journal.read())).length;
    // One wrapper for each order, as applications make them.
    const [one, other] = [journaled(recordingSolver(), journal), journaled(recordingSolver(), journal)];
    const shared = challengeOf('dns-01', 'token');
    const [first, second] = [taskOf({ challenge: shared }), taskOf({ challenge: shared })];
    await done(concat(one.present(first), other.present(second)));
    await done(one.cleanUp(first));
    expect(await count()).toBe(1);
    await done(other.cleanUp(second));
    expect(await count()).toBe(0);
  });

  it('withdraws without present, after a restart', async () => {
    const inner = recordingSolver();
    const task = taskOf();
    const journal = memoryJournal();
    await done(journaled(recordingSolver(), journal).present(task));
    // Another process: nothing is known of the first one.
    const after = memoryJournal(await done(journal.read()));
    await done(journaled(inner, after).cleanUp(task));
    expect([inner.calls.map(({ call }) => call), await done(after.read())]).toEqual([['cleanUp'], []]);
  });

  it('keeps the rest of the solver, its name too', () => {
    const inner = solverFor({ ...recordingSolver(), name: 'inner', response: () => [{}] }, ['example.org']);
    const solver = journaled(inner, memoryJournal());
    expect([solver.name, journaled(inner, memoryJournal(), { name: 'outer' }).name]).toEqual(['inner', 'outer']);
    expect(Object.keys(solver).sort()).toEqual(['accepts', 'cleanUp', 'name', 'present', 'ready', 'response', 'types']);
  });

  it.each([undefined, {}, { write: () => EMPTY }])('refuses what is no journal: %j', (journal) => {
    expect(() => journaled(recordingSolver(), journal as never)).toThrow(TypeError);
  });
});
