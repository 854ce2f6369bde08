import { throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { turns } from '../../../lib/solvers/dns/turns.js';
import { record, virtualTime } from '../../support/virtual-time.js';

describe('turns', () => {
  it('does the work of one name one after another, other work at the same time', () =>
    virtualTime(({ cold, expectSubscriptions, expectObservable }) => {
      const { run } = turns(9);
      const [one, two, other] = [cold('---|'), cold('---|'), cold('---|')];
      expectObservable(run('a', () => one)).toBe('---|');
      expectObservable(run('a', () => two)).toBe('------|');
      expectObservable(run('b', () => other)).toBe('---|');
      expectSubscriptions(two.subscriptions).toBe('---^--!');
      expectSubscriptions(other.subscriptions).toBe('^--!');
    }));

  it('goes on after work that failed or was left, also while it waited', () =>
    virtualTime(({ cold, expectObservable }) => {
      const { run } = turns(1);
      expectObservable(
        run('a', () => cold('-----|')),
        '^-!',
      ).toBe('');
      expectObservable(
        run('a', () => cold('-----|')),
        '^!',
      ).toBe('');
      expectObservable(run('a', () => throwError(() => 'error'))).toBe('---#');
      // It came to the one place before the next of the other name did.
      expectObservable(run('b', () => cold('-|'))).toBe('---|');
    }));

  it('starts nothing before it is subscribed', () => {
    let started = 0;
    const work$ = turns(1).run('a', () => (started++, []));
    expect(started).toBe(0);
    expect(record(work$).isComplete).toBe(true);
    expect(started).toBe(1);
  });
});
