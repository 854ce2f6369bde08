import { inspect } from 'node:util';
import { concat, defer, EMPTY, finalize, from, NEVER, of, throwError, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  AcmeInputError,
  AcmePortError,
  AcmeTimeoutError,
  type ChallengeSolver,
  type Journal,
  journaled,
  type JournalEntry,
  memoryJournal,
  obtainCertificate,
  solverFor,
  withdrawAbandoned,
  type WithdrawalEvent,
  withSelfCheck,
} from '../../lib/index.js';
import { recordingSolver } from '../../lib/testing/index.js';
import { withFakeCa } from '../flows/with-fake-ca.js';
import { completed, errorOf, record, virtualTime, type VirtualTime } from '../support/virtual-time.js';

const identifiers = ['a.test', '*.a.test', 'b.test'];

/** What a process that is gone had in its journal, while its order waited for the records to be seen. */
function leftBehind(time: VirtualTime, names = identifiers, name?: string): readonly JournalEntry[] {
  const journal = memoryJournal();
  const { account } = withFakeCa(time);
  const solver = journaled(recordingSolver({ types: ['dns-01'], ready: () => NEVER }), journal, {
    ...(name === undefined ? {} : { name }),
    clock: account.session.clock,
  });
  // The process does not get to unsubscribe.
  record(obtainCertificate(account, { identifiers: names, solvers: [solver] }));
  return record(from(journal.read())).values;
}

const idsOf = (journal: Journal) => record(from(journal.read())).values.map(({ id }) => id);
const told = ({ type, name, challengeType }: WithdrawalEvent) => `${type} ${name} ${challengeType}`;

describe('withdrawAbandoned', () => {
  it('withdraws by the very values, tells of each, and erases it', () =>
    virtualTime((time) => {
      const entries = leftBehind(time);
      const journal = memoryJournal(entries);
      const solver = recordingSolver({ types: ['dns-01'] });
      const { scheduler } = time;
      const { values, isComplete } = completed(time, withdrawAbandoned(journal, [solver], { scheduler }));
      expect([isComplete, idsOf(journal), time.timers()]).toEqual([true, [], 0]);
      expect(values.map(told)).toEqual(identifiers.map((each) => `withdrawn ${each} dns-01`));
      expect(values[0]).toMatchObject({ at: new Date(scheduler.now()), orderUrl: expect.stringContaining('https://') });
      expect(solver.calls.map(({ call }) => call)).toEqual(['cleanUp', 'cleanUp', 'cleanUp']);
      const proofs = entries.map((entry) => entry.type === 'presented' && entry.task.keyAuthorizationDigest);
      expect(solver.calls.map(({ task }) => task.keyAuthorizationDigest)).toEqual(proofs);
      expect(new Set(proofs).size).toBe(3);
      // The same stream again finds nothing.
      expect(completed(time, withdrawAbandoned(journal, [solver], { scheduler })).values).toEqual([]);
    }));

  it('keeps what cannot be withdrawn, and says why without a secret', () =>
    virtualTime((time) => {
      const { scheduler } = time;
      const entries = leftBehind(time);
      const journal = memoryJournal(entries);
      const solver = recordingSolver({
        cleanUp: ({ wildcard, keyAuthorizationDigest }) =>
          wildcard ? throwError(() => new Error(`cannot remove ${keyAuthorizationDigest}`)) : EMPTY,
      });
      const { values } = completed(time, withdrawAbandoned(journal, [solver], { scheduler }));
      expect(values.map(told).sort()).toEqual([
        'clean-up-failed *.a.test dns-01',
        'withdrawn a.test dns-01',
        'withdrawn b.test dns-01',
      ]);
      const [failed] = values.filter((each) => each.type === 'clean-up-failed');
      expect(failed?.error).toBeInstanceOf(AcmePortError);
      expect(idsOf(journal)).toHaveLength(1);
      for (const entry of entries) {
        if (entry.type !== 'presented') continue;
        expect(inspect(values, { depth: 12 })).not.toContain(entry.task.keyAuthorizationDigest);
      }
    }));

  it('does a few at a time, gives each its time, and one that hangs keeps nobody', () =>
    virtualTime((time) => {
      const { scheduler } = time;
      const names = Array.from({ length: 12 }, (_, index) => `n${index}.test`);
      const journal = memoryJournal(leftBehind(time, names));
      let [running, most] = [0, 0];
      const cleanUp: ChallengeSolver['cleanUp'] = ({ identifier: { value } }) =>
        defer(() => {
          most = Math.max(most, ++running);
          const work$ = value === 'n3.test' ? NEVER : timer(1_000, scheduler);
          return work$.pipe(finalize(() => running--));
        });
      const solver = { ...recordingSolver(), cleanUp };
      const options = { atATime: 3, timeoutMs: 2_500, scheduler };
      const { values } = completed(time, withdrawAbandoned(journal, [solver], options));
      expect([most, values.length, idsOf(journal).length]).toEqual([3, 12, 1]);
      const failed = values.filter((each) => each.type === 'clean-up-failed');
      expect(failed.map(({ name, error }) => [name, error instanceof AcmeTimeoutError])).toEqual([['n3.test', true]]);
      expect(scheduler.now()).toBeLessThanOrEqual(6_000);
    }));

  it('asks the solver of the name; without a name, the first of the type that accepts it', () =>
    virtualTime((time) => {
      const { scheduler } = time;
      const [one, two] = [recordingSolver({ types: ['dns-01'] }), recordingSolver({ types: ['dns-01'] })];
      const check = () => of({ passed: true });
      const solvers = [{ ...one, name: 'one' }, withSelfCheck(solverFor({ ...two, name: 'two' }, ['test']), check)];
      completed(time, withdrawAbandoned(memoryJournal(leftBehind(time, ['a.test'], 'two')), solvers, { scheduler }));
      expect([one.calls.length, two.calls.length]).toEqual([0, 1]);
      const nameless = [
        recordingSolver({ types: ['http-01'] }),
        solverFor(one, ['b.test']),
        solverFor(two, ['a.test']),
      ];
      completed(time, withdrawAbandoned(memoryJournal(leftBehind(time, ['a.test'])), nameless, { scheduler }));
      expect([one.calls.length, two.calls.length]).toEqual([0, 2]);
    }));

  it.each([
    ['a type', undefined, 'for dns-01'],
    ['a name', 'gone', 'named "gone"'],
  ])('says which solver is missing, by %s, and keeps the entry', (_, name, message) =>
    virtualTime((time) => {
      const journal = memoryJournal(leftBehind(time, ['a.test'], name));
      const solvers = [recordingSolver({ types: name === undefined ? ['http-01'] : ['dns-01'] })];
      const { values } = completed(time, withdrawAbandoned(journal, solvers, { scheduler: time.scheduler }));
      expect(values).toMatchObject([{ type: 'clean-up-failed', error: { message: expect.stringContaining(message) } }]);
      expect(values[0]?.type === 'clean-up-failed' && values[0].error).toBeInstanceOf(AcmeInputError);
      expect(idsOf(journal)).toHaveLength(1);
    }),
  );

  it('leaves alone what this process has under way, orders, and what is not from before', () =>
    virtualTime((time) => {
      const { scheduler } = time;
      const old = leftBehind(time, ['old.test']);
      const { account } = withFakeCa(time, { origin: 'https://other.test' });
      const order = { accountUrl: 'https://ca.test/a', identifiers: [], at: new Date(0) };
      const journal = memoryJournal([...old, { ...order, type: 'order', id: 'o', orderUrl: 'https://ca.test/o' }]);
      const own = recordingSolver({ types: ['dns-01'], ready: () => NEVER });
      const going = record(
        obtainCertificate(account, { identifiers: ['new.test'], solvers: [journaled(own, journal, { scheduler })] }),
      );
      const solver = recordingSolver({ types: ['dns-01'] });
      const before = new Date((old[0]?.at.getTime() ?? 0) - 1);
      expect(completed(time, withdrawAbandoned(journal, [solver], { scheduler, before })).values).toEqual([]);
      const { values } = completed(time, withdrawAbandoned(journal, [solver], { scheduler }));
      expect(values.map(told)).toEqual(['withdrawn old.test dns-01']);
      expect(idsOf(journal)).toHaveLength(2);
      going.unsubscribe();
      expect(idsOf(journal)).toEqual(['o']);
    }));

  it('tells of all that can be read before it errors with what cannot', () =>
    virtualTime((time) => {
      const { scheduler } = time;
      const kept = memoryJournal(leftBehind(time));
      const cause = new Error('a bad sector');
      const journal: Journal = {
        write: (entry) => kept.write(entry),
        erase: (id) => kept.erase(id),
        read: () =>
          concat(
            kept.read(),
            throwError(() => cause),
          ),
      };
      const solver = recordingSolver({ cleanUp: () => timer(1_000, scheduler) });
      const { values, error } = completed(time, withdrawAbandoned(journal, [solver], { scheduler, atATime: 1 }));
      expect([values.length, idsOf(journal)]).toEqual([3, []]);
      expect(error).toMatchObject({ code: 'port', port: 'journal', cause });
      expect(errorOf(time, withdrawAbandoned(journal, [solver], { scheduler }))).toBeInstanceOf(AcmePortError);
    }));

  it('keeps the entry where it cannot be erased, and stops where it is left', () =>
    virtualTime((time) => {
      const { scheduler } = time;
      const entries = leftBehind(time);
      const journal: Journal = { ...memoryJournal(entries), erase: () => throwError(() => new Error('read only')) };
      const { values } = completed(time, withdrawAbandoned(journal, [recordingSolver()], { scheduler }));
      expect(values).toMatchObject(identifiers.map(() => ({ type: 'clean-up-failed', error: { port: 'journal' } })));
      const left = memoryJournal(entries);
      const slow = recordingSolver({ cleanUp: () => timer(1_000, scheduler) });
      const recording = record(withdrawAbandoned(left, [slow], { scheduler }));
      scheduler.schedule(() => recording.unsubscribe(), 500);
      time.flush();
      expect([recording.values, idsOf(left).length, time.timers()]).toEqual([[], 3, 0]);
    }));

  it.each([{ atATime: 0 }, { atATime: NaN }, { timeoutMs: -1 }])('refuses at the call: %j', (options) => {
    expect(() => withdrawAbandoned(memoryJournal(), [], options)).toThrow(TypeError);
    expect(() => withdrawAbandoned({} as never, [])).toThrow(/journal/);
  });
});
