import { from } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { fixedDelay } from '../../../lib/solvers/dns/fixed-delay.js';
import { dns01 } from '../../../lib/solvers/dns01.js';
import { txtPublisher } from '../../../lib/solvers/dns/txt-publisher.js';
import { record, virtualTime } from '../../support/virtual-time.js';
import { taskOf } from '../tasks.js';
import { recordingProvider, recordOf } from './records.js';

const { name } = recordOf();
const waiting = (ms: number) => ({
  name,
  seen: 0,
  of: 1,
  waitingFor: [{ server: 'the clock', reason: `${ms} ms have to pass` }],
});
const over = { name, seen: 1, of: 1, waitingFor: [] };

describe('fixedDelay', () => {
  it('is over after a minute, or as long as it is told', () =>
    virtualTime(({ scheduler, expectObservable }) => {
      const seen = (options: object) => from(fixedDelay({ scheduler, ...options }).seen(recordOf()));
      expectObservable(seen({})).toBe('w 59999ms (o|)', { w: waiting(60_000), o: over });
      expectObservable(seen({ delayMs: 5 })).toBe('w----(o|)', { w: waiting(5), o: over });
    }));

  it('is one wait for all records of an order, and leaves no timer', () =>
    virtualTime(({ scheduler, flush, timers }) => {
      const solver = dns01(txtPublisher(recordingProvider().provider, { propagation: fixedDelay({ scheduler }) }));
      const all = ['a', 'b', 'c'].map((token) => record(from(solver.ready?.(taskOf({ token })) ?? [])));
      expect(timers()).toBe(3);
      all[0]?.unsubscribe();
      expect(timers()).toBe(2);
      flush();
      expect([scheduler.now(), all.map(({ isComplete }) => isComplete)]).toEqual([60_000, [false, true, true]]);
    }));

  it('refuses a delay that is none', () => {
    expect(() => fixedDelay({ delayMs: -1 })).toThrow(TypeError);
    expect(() => fixedDelay({ delayMs: NaN })).toThrow(TypeError);
  });
});
