import { defer, EMPTY, finalize, map, NEVER, type Observable, of, throwError, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { AcmeDnsError, type DnsFailure } from '../../../lib/model/errors/dns-error.js';
import { AcmeTimeoutError } from '../../../lib/model/errors/timeout-error.js';
import type { TxtServer } from '../../../lib/solvers/dns/propagation.js';
import { watchPropagation } from '../../../lib/solvers/dns/watch-propagation.js';
import { completed, errorOf, record, virtualTime } from '../../support/virtual-time.js';

const record_ = { name: '_acme-challenge.example.org', value: 'value' };
const fails = (failure: DnsFailure, rememberedMs?: number): Observable<never> =>
  throwError(() => new AcmeDnsError(failure, `it is ${failure}`, { rememberedMs }));

/** A server that answers its looks one after another, the last answer for ever. */
function server(name: string, ...answers: readonly Observable<readonly string[]>[]) {
  const looks = { count: 0 };
  const lookup = () => defer(() => answers[Math.min(looks.count++, answers.length - 1)] ?? EMPTY);
  return { server: name, looks, lookup };
}

describe('watchPropagation', () => {
  it('looks at once, then after 2 s, growing by half: all in virtual time', () =>
    virtualTime((time) => {
      const { scheduler } = time;
      const at: number[] = [];
      const one: TxtServer = {
        server: 'one',
        lookup: () => (at.push(scheduler.now()), of(at.length < 5 ? [] : ['value'])),
      };
      const { values, isComplete } = completed(time, watchPropagation(record_, [one], { scheduler, jitter: 0 }));
      expect(at).toEqual([0, 2000, 5000, 9500, 16_250]);
      expect([values.length, isComplete, time.timers()]).toEqual([5, true, 0]);
      const waitingFor = [{ server: 'one', reason: 'the name has no TXT record' }];
      expect(values[0]).toEqual({ name: record_.name, seen: 0, of: 1, waitingFor });
      expect(values[4]).toEqual({ name: record_.name, seen: 1, of: 1, waitingFor: [] });
    }));

  it('completes when all show the value, and does not ask those again that have shown it', () =>
    virtualTime((time) => {
      const fast = server('fast', of(['value', 'sibling']));
      const slow = server('slow', of(['sibling']), fails('no-such-name', 300_000), of(['value']));
      const { values } = completed(time, watchPropagation(record_, [fast, slow], { scheduler: time.scheduler }));
      expect(values.map(({ seen, of: needed }) => [seen, needed])).toEqual([
        [1, 2],
        [1, 2],
        [2, 2],
      ]);
      expect(values.flatMap(({ waitingFor }) => waitingFor.map(({ reason }) => reason))).toEqual([
        '1 other values',
        'it is no-such-name, which resolvers may remember for 300 s',
      ]);
      expect([fast.looks.count, slow.looks.count]).toEqual([1, 3]);
    }));

  it('gives up after two minutes and names those without the value', () =>
    virtualTime((time) => {
      const servers = [server('ns1', of(['value'])), server('ns2', fails('server-failure')), server('ns3', of([]))];
      const error = errorOf(time, watchPropagation(record_, servers, { scheduler: time.scheduler }));
      expect(error).toBeInstanceOf(AcmeTimeoutError);
      expect(String(error)).toMatch(/1 of 3 servers.*ns2: it is server-failure; ns3: the name has no TXT record/);
      expect(String(error)).not.toContain('ns1');
      expect((error as AcmeTimeoutError).last).toMatchObject({ seen: 1, of: 3 });
      expect([time.scheduler.now(), time.timers()]).toEqual([120_000, 0]);
    }));

  it.each<[string, number, readonly TxtServer[]]>([
    ['has no way to', 1, [server('here', of(['value'])), server('away', fails('unreachable'))]],
    ['gets no answer from, twice', 2, [server('here', of(['value'])), server('mute', fails('no-answer'))]],
  ])('does not wait for an address that it %s, where another shows the value', (_, looks, servers) =>
    virtualTime((time) => {
      const { values } = completed(time, watchPropagation(record_, servers, { scheduler: time.scheduler }));
      expect(values).toHaveLength(looks);
      expect(values.at(-1)).toEqual({ name: record_.name, seen: 1, of: 1, waitingFor: [] });
    }),
  );

  it('waits all the same where none can be reached', () =>
    virtualTime((time) => {
      const servers = [server('a', fails('unreachable')), server('b', fails('no-answer'))];
      const error = errorOf(time, watchPropagation(record_, servers, { scheduler: time.scheduler, timeoutMs: 20_000 }));
      expect(String(error)).toMatch(/0 of 1 servers.*a: it is unreachable; b: it is no-answer/);
    }));

  it('is satisfied with as many as it is told to be', () =>
    virtualTime((time) => {
      const servers = [server('a', of(['value'])), server('b', of([])), server('c', of(['value']))];
      const { values } = completed(time, watchPropagation(record_, servers, { scheduler: time.scheduler, atLeast: 2 }));
      expect(values).toEqual([{ name: record_.name, seen: 2, of: 2, waitingFor: [] }]);
    }));

  it('limits each answer, also the first', () =>
    virtualTime((time) => {
      const { scheduler } = time;
      const watch$ = watchPropagation(record_, [server('a', NEVER)], {
        scheduler,
        lookupTimeoutMs: 500,
        timeoutMs: 900,
      });
      expect(String(errorOf(time, watch$))).toContain('a: no answer within 500 ms');
      expect(scheduler.now()).toBe(1400);
    }));

  it('waits before the first look where it is told to', () =>
    virtualTime(({ scheduler, expectObservable }) => {
      const servers = [server('a', of(['value']))];
      const last = { name: record_.name, seen: 1, of: 1, waitingFor: [] };
      expectObservable(watchPropagation(record_, servers, { scheduler }, 5000)).toBe('5s (a|)', { a: last });
      expectObservable(watchPropagation(record_, servers, { scheduler, delayMs: 10 }, 5000)).toBe('10ms (a|)', {
        a: last,
      });
      expectObservable(watchPropagation(record_, servers, { scheduler, delayMs: 0 }, 5000)).toBe('(a|)', { a: last });
    }));

  it.each([0, 300, 1200, 2000, 2300])('leaves nothing when it is unsubscribed after %d ms', (afterMs) =>
    virtualTime((time) => {
      const { scheduler } = time;
      let open = 0;
      const slow: TxtServer = {
        server: 'slow',
        lookup: () =>
          defer(() => {
            open++;
            return timer(500, scheduler).pipe(
              map(() => []),
              finalize(() => open--),
            );
          }),
      };
      const recording = record(watchPropagation(record_, [slow, slow], { scheduler }));
      scheduler.schedule(() => {
        recording.unsubscribe();
        expect([open, time.timers()]).toEqual([0, 0]);
      }, afterMs);
      time.flush();
      expect(recording.error).toBeUndefined();
    }),
  );
});
