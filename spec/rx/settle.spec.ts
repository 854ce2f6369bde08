import { EMPTY, EmptyError, from, mergeMap, NEVER, of, throwError, toArray } from 'rxjs';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { settle, type Settled } from '../../lib/index.js';
import { virtualTime } from '../support/marbles.js';
import { record } from '../support/virtual-time.js';

describe('settle', () => {
  it('emits the last value when the source completes, and no sooner', () =>
    virtualTime(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('-a-b--|');
      expectObservable(source.pipe(settle('one'))).toBe('------(s|)', {
        s: { status: 'fulfilled', id: 'one', value: 'b' },
      });
      expectSubscriptions(source.subscriptions).toBe('^-----!');
    }));

  it('emits the error when the source errors, and completes', () =>
    virtualTime(({ cold, expectObservable }) => {
      expectObservable(cold('-a-#', {}, 'broken').pipe(settle(7))).toBe('---(s|)', {
        s: { status: 'rejected', id: 7, error: 'broken' },
      });
    }));

  it('takes a stream without a value for a failure', () => {
    const [settled] = record(EMPTY.pipe(settle('none'))).values;
    expect(settled).toMatchObject({ status: 'rejected', id: 'none' });
    expect(settled?.status === 'rejected' && settled.error).toBeInstanceOf(EmptyError);
  });

  it.each([undefined, null, 0, '', false])('keeps the value %s', (value) => {
    expect(record(of(value).pipe(settle()))).toMatchObject({
      values: [{ status: 'fulfilled', id: undefined, value }],
      isComplete: true,
    });
  });

  it('has one failure of many end nothing', () => {
    const work = (id: number) => (id === 2 ? throwError(() => new Error('two')) : of(id * 10));
    const { values } = record(
      from([1, 2, 3]).pipe(
        mergeMap((id) => work(id).pipe(settle(id)), 1),
        toArray(),
      ),
    );
    expect(values[0]?.map(({ id, status }) => [id, status])).toEqual([
      [1, 'fulfilled'],
      [2, 'rejected'],
      [3, 'fulfilled'],
    ]);
  });

  it('does not catch what happens to its value further on', () => {
    const failing = of(1).pipe(
      settle(),
      mergeMap(() => throwError(() => 'later'), 1),
    );
    expect(record(failing).error).toBe('later');
  });

  it('is unsubscribed with its source', () =>
    virtualTime(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('-');
      expectObservable(source.pipe(settle('a')), '^--!').toBe('');
      expectSubscriptions(source.subscriptions).toBe('^--!');
    }));

  it('is told apart by its status', () => {
    const outcome$ = NEVER.pipe(settle<number, string>('a'));
    expectTypeOf(outcome$).toEqualTypeOf<typeof outcome$>();
    const read = (outcome: Settled<number, string>): number =>
      outcome.status === 'fulfilled' ? outcome.value : String(outcome.error).length;
    expect(read({ status: 'rejected', id: 'a', error: 'abc' })).toBe(3);
    expectTypeOf(of(1).pipe(settle())).toExtend<import('rxjs').Observable<Settled<number>>>();
  });
});
