import { concat, defer, EMPTY, from, map, NEVER, of, Subject, throwError, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { manualDns01, type ManualDns01Options, type ManualEntry } from '../../lib/browser/index.js';
import {
  AcmeAuthorizationError,
  type DnsPropagation,
  obtainCertificate,
  type PropagationCheck,
} from '../../lib/index.js';
import { fakeCa, testAccount } from '../../lib/testing/index.js';
import { taskOf } from '../solvers/tasks.js';
import { covers } from '../support/covers.js';
import { completed, record, virtualTime } from '../support/virtual-time.js';

covers('dns01');

const look = (seen: number): DnsPropagation => ({ name: '_acme-challenge.example.org', seen, of: 1, waitingFor: [] });
const atOnce: PropagationCheck = { seen: () => of(look(0), look(1)) };
const states = (entries: readonly ManualEntry[] | undefined) =>
  entries?.map(({ record: { value }, state }) => [value, state]);
const solverWith = (options: ManualDns01Options = {}) => {
  const solver = manualDns01({ propagation: atOnce, ...options });
  return { solver, lists: record(solver.entries$).values };
};

describe('manualDns01', () => {
  it('says what to enter, how far it has come, and what to remove', () => {
    const { solver, lists } = solverWith();
    const task = taskOf();
    record(from(solver.present(task)));
    expect(record(from(solver.ready?.(task) ?? EMPTY))).toMatchObject({ values: [look(0), look(1)], isComplete: true });
    record(from(solver.cleanUp(task)));
    const states = lists.map((list) => list.map(({ state, propagation }) => [state, propagation?.seen]));
    expect(states).toEqual([
      [],
      [['to-add', undefined]],
      [['to-add', 0]],
      [['to-add', 1]],
      [['seen', 1]],
      [['to-remove', 1]],
    ]);
    expect(lists.at(-1)?.[0]?.record).toMatchObject({ name: '_acme-challenge.example.org', value: 'digest' });
    solver.dismiss(lists.at(-1)?.[0] as ManualEntry);
    expect(lists.at(-1)).toEqual([]);
  });

  it('keeps apart the two values of a name and its wildcard', () => {
    const { solver, lists } = solverWith();
    const [name, wildcard] = [taskOf(), taskOf({ wildcard: true, keyAuthorizationDigest: 'other' })];
    for (const task of [name, wildcard]) record(from(solver.present(task)));
    record(from(solver.ready?.(wildcard) ?? EMPTY));
    expect(states(lists.at(-1))).toEqual([
      ['digest', 'to-add'],
      ['other', 'seen'],
    ]);
  });

  it('does nothing before it is subscribed', () => {
    const { solver, lists } = solverWith();
    for (const act of [solver.present, solver.ready, solver.cleanUp]) void act?.(taskOf());
    expect(lists).toEqual([[]]);
  });

  it('looks for nothing before the person says so, where that is wanted', () => {
    const word = new Subject<boolean>();
    let looks = 0;
    const propagation = { seen: () => defer(() => (looks++, of(look(1)))) };
    const { solver } = solverWith({ propagation, confirmed: () => word });
    const ready = record(from(solver.ready?.(taskOf()) ?? NEVER));
    expect([looks, ready.isComplete]).toEqual([0, false]);
    word.next(true);
    expect([looks, ready.isComplete]).toEqual([1, true]);
  });

  it('ends where the person refuses', () => {
    const { solver } = solverWith({ confirmed: () => of(false) });
    expect(record(from(solver.ready?.(taskOf()) ?? NEVER)).error).toMatchObject({ code: 'port', port: 'solver' });
  });

  it('proves the names of an order while a person works, and its events tell how far it is', () =>
    virtualTime((time) => {
      const { scheduler } = time;
      const propagation: PropagationCheck = {
        seen: () => concat(of(look(0)), timer(60_000, scheduler).pipe(map(() => look(1)))),
      };
      const { solver, lists } = solverWith({ propagation });
      const account = testAccount(fakeCa({ scheduler }), { scheduler });
      const options = { identifiers: ['example.org', '*.example.org'], solvers: [solver] };
      const { values, error } = completed(time, obtainCertificate(account, options));
      expect([values.at(-1)?.type, error]).toEqual(['certificate-issued', undefined]);
      const progress = values.flatMap((event) => (event.type === 'proof-progress' ? [event.progress] : []));
      expect(progress).toHaveLength(4);
      expect(Math.max(...lists.map((list) => list.length))).toBe(2);
      expect(new Set(lists.at(-1)?.map(({ state }) => state))).toEqual(new Set(['to-remove']));
    }));

  it('ends the order where the value is not seen in time', () => {
    const { solver, lists } = solverWith({ propagation: { seen: () => throwError(() => new Error('not seen')) } });
    const { error } = record(
      obtainCertificate(testAccount(fakeCa()), { identifiers: ['example.org'], solvers: [solver] }),
    );
    expect(error).toBeInstanceOf(AcmeAuthorizationError);
    expect(lists.at(-1)?.[0]?.state).toBe('to-remove');
  });

  it.each([
    ['propagation', { propagation: {} }],
    ['propagation', { propagation: null }],
    ['confirmed', { confirmed: true }],
  ])('throws on a %s that cannot work', (name, options) => {
    expect(() => manualDns01(options as ManualDns01Options)).toThrow(TypeError);
    expect(() => manualDns01(options as ManualDns01Options)).toThrow(`manualDns01: ${name} must`);
  });
});
