import { EMPTY, NEVER, type Observable, type ObservableInput, of, take, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { pollUntil, type PollUntilOptions } from '../../lib/rx/poll-until.js';
import { virtualTime } from '../support/marbles.js';

interface Look {
  readonly id: string;
  readonly done?: boolean;
  readonly retryAfterMs?: number;
}

const pending = (id: string, retryAfterMs?: number): Look =>
  retryAfterMs === undefined ? { id } : { id, retryAfterMs };
const done = (id: string): Look => ({ id, done: true });

type Options = PollUntilOptions<Look, string>;

/** Emits a look as its name and the wait after it: `a+250`, and `a` for the last. */
const poll = (options: Partial<Options> & Pick<Options, 'read'>) =>
  pollUntil<Look, string>({
    settled: (look) => look.done === true,
    retryAfterMs: (look) => look.retryAfterMs,
    onTimeout: (last, nextLookMs) => `${last.id} is over, next look wanted: ${nextLookMs ?? 'any time'}`,
    select: ({ id }, nextLookMs) => (nextLookMs === undefined ? id : `${id}+${nextLookMs}`),
    random: () => 0.5,
    ...options,
  });

/** Reads these looks, one after the other. */
const reads = (...looks: readonly ObservableInput<Look>[]) => {
  let next = 0;
  const asked: string[] = [];
  const read = (last: Look): ObservableInput<Look> => {
    asked.push(last.id);
    return looks[next++] ?? throwError(() => 'one read too many');
  };
  return { read, asked };
};

const never = () => throwError(() => 'no read was to be made');

describe('pollUntil: the first look', () => {
  it('is the source value, passed on, and needs no timer where it is settled', () =>
    virtualTime(({ scheduler }) => {
      const seen: string[] = [];
      of(done('a'))
        .pipe(poll({ read: never, scheduler }))
        .subscribe({ next: (each) => seen.push(each), complete: () => seen.push('complete') });
      expect(seen).toEqual(['a', 'complete']);
      expect(scheduler.delays).toEqual([]);
    }));

  it('needs no timer and no wait where it is settled, whatever its Retry-After', () =>
    virtualTime(({ expectObservable, scheduler, flush }) => {
      const source = of({ ...done('a'), retryAfterMs: 5000 });
      expectObservable(source.pipe(poll({ read: never, scheduler }))).toBe('(a|)');
      flush();
      expect(scheduler.delays).toEqual([]);
    }));

  it('is handed to the first read, and each look to the next', () =>
    virtualTime(({ scheduler, expectObservable, flush }) => {
      const { read, asked } = reads(of(pending('b')), of(done('c')));
      expectObservable(of(pending('a')).pipe(poll({ read, scheduler }))).toBe('a 249ms b 374ms (c|)', {
        a: 'a+250',
        b: 'b+375',
        c: 'c',
      });
      flush();
      expect(asked).toEqual(['a', 'b']);
    }));

  it('completes without a look where the source has none', () =>
    virtualTime(({ expectObservable, scheduler }) => {
      expectObservable(EMPTY.pipe(poll({ read: never, scheduler }))).toBe('|');
    }));

  it('passes on the error of the source', () =>
    virtualTime(({ cold, expectObservable, scheduler }) => {
      const source: Observable<Look> = cold('--#');
      expectObservable(source.pipe(poll({ read: never, scheduler }))).toBe('--#');
    }));
});

describe('pollUntil: waits', () => {
  it('start at 250 ms and grow by 1.5 to 10 s', () =>
    virtualTime(({ expectObservable, scheduler }) => {
      const ids = ['b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l'];
      const { read } = reads(...ids.map((id) => of(pending(id))), of(done('z')));
      const waits = [250, 375, 563, 844, 1266, 1898, 2848, 4271, 6407, 9611, 10_000, 10_000];
      const marbles = waits.map((ms, index) => `${ms - 1}ms ${ids[index] ?? '(z|)'}`);
      const values = Object.fromEntries(['a', ...ids].map((id, index) => [id, `${id}+${waits[index]}`]));
      expectObservable(of(pending('a')).pipe(poll({ read, scheduler }))).toBe(['a', ...marbles].join(' '), {
        ...values,
        z: 'z',
      });
    }));

  it.each([
    [0, 225],
    [1, 275],
  ])('are shortened or drawn out by chance: %d makes 250 ms %d', (chance, ms) =>
    virtualTime(({ expectObservable, scheduler }) => {
      const source = of(pending('a')).pipe(poll({ read: () => of(done('b')), scheduler, random: () => chance }));
      expectObservable(source).toBe(`a ${ms - 1}ms (b|)`, { a: `a+${ms}`, b: 'b' });
    }),
  );

  it('take a pace of their own, its undefined members by default', () =>
    virtualTime(({ expectObservable, scheduler }) => {
      const { read } = reads(of(pending('b')), of(pending('c')), of(done('d')));
      const pace = { firstMs: 10, factor: 3, maxMs: 40, jitter: undefined, timeoutMs: undefined } as object;
      expectObservable(of(pending('a')).pipe(poll({ ...pace, read, scheduler }))).toBe('a 9ms b 29ms c 39ms (d|)', {
        a: 'a+10',
        b: 'b+30',
        c: 'c+40',
        d: 'd',
      });
    }));

  it('are counted from the answer, not from the question', () =>
    virtualTime(({ cold, expectObservable, scheduler }) => {
      const { read } = reads(cold('100ms (b|)', { b: pending('b') }), of(done('c')));
      expectObservable(of(pending('a')).pipe(poll({ read, scheduler }))).toBe('a 349ms b 374ms (c|)', {
        a: 'a+250',
        b: 'b+375',
        c: 'c',
      });
    }));

  it('have one timer at a time, besides the one of the limit', () =>
    virtualTime(({ scheduler, at, flush }) => {
      const { read } = reads(of(pending('b')), of(pending('c')), of(done('d')));
      of(pending('a')).pipe(poll({ read, scheduler })).subscribe();
      for (const frame of [0, 100, 250, 300, 625, 700]) at(frame, () => expect(scheduler.pending()).toBe(2));
      flush();
      expect(scheduler.delays).toEqual([250, 300_000, 375, 563]);
    }));
});

describe('pollUntil: Retry-After', () => {
  it('of the first look comes before the first read', () =>
    virtualTime(({ expectObservable, scheduler }) => {
      const source = of(pending('a', 3000)).pipe(poll({ read: () => of(done('b')), scheduler }));
      expectObservable(source).toBe('a 2999ms (b|)', { a: 'a+3000', b: 'b' });
    }));

  it('of any look is waited for to the millisecond, whatever chance says', () =>
    virtualTime(({ expectObservable, scheduler }) => {
      const { read } = reads(of(pending('b', 1)), of(pending('c', 60_000)), of(done('d')));
      expectObservable(of(pending('a')).pipe(poll({ read, scheduler, random: () => 1 }))).toBe(
        'a 274ms bc 59999ms (d|)',
        {
          a: 'a+275',
          b: 'b+1',
          c: 'c+60000',
          d: 'd',
        },
      );
    }));

  it('does not stop the backoff from growing', () =>
    virtualTime(({ expectObservable, scheduler }) => {
      const { read } = reads(of(pending('b')), of(done('c')));
      expectObservable(of(pending('a', 1000)).pipe(poll({ read, scheduler }))).toBe('a 999ms b 374ms (c|)', {
        a: 'a+1000',
        b: 'b+375',
        c: 'c',
      });
    }));

  it.each([0, -1, NaN])('of %d ms leaves the pace to the backoff', (retryAfterMs) =>
    virtualTime(({ expectObservable, scheduler }) => {
      const source = of(pending('a', retryAfterMs)).pipe(poll({ read: () => of(done('b')), scheduler }));
      expectObservable(source).toBe('a 249ms (b|)', { a: 'a+250', b: 'b' });
    }),
  );

  it('beyond the limit of the whole poll ends it at once, and says what was wanted', () =>
    virtualTime(({ expectObservable, scheduler, flush }) => {
      const wanted = 300_001;
      expectObservable(of(pending('a', wanted)).pipe(poll({ read: never, scheduler }))).toBe(
        '(a#)',
        { a: 'a+300001' },
        'a is over, next look wanted: 300001',
      );
      flush();
      expect(scheduler.pending()).toBe(0);
    }));

  it('beyond what is left of the time ends the poll at once', () =>
    virtualTime(({ expectObservable, scheduler }) => {
      const { read } = reads(of(pending('b', 1001)));
      expectObservable(of(pending('a', 1000)).pipe(poll({ read, scheduler, timeoutMs: 2000 }))).toBe(
        'a 999ms (b#)',
        { a: 'a+1000', b: 'b+1001' },
        'b is over, next look wanted: 1001',
      );
    }));

  it.each([
    [999, 'a 999ms b 998ms (c|)'],
    [1000, 'a 999ms (b#)'],
  ])('of %d ms is waited for only where it leaves time for a look, of 1000 left', (retryAfterMs, marbles) =>
    virtualTime(({ expectObservable, scheduler }) => {
      const { read } = reads(of(pending('b', retryAfterMs)), of(done('c')));
      expectObservable(of(pending('a', 1000)).pipe(poll({ read, scheduler, timeoutMs: 2000 }))).toBe(
        marbles,
        { a: 'a+1000', b: `b+${retryAfterMs}`, c: 'c' },
        'b is over, next look wanted: 1000',
      );
    }),
  );

  it.each([
    [1000, 'a 999ms (b|)'],
    [1001, '(a#)'],
  ])('of %d ms where 1000 are allowed', (retryAfterMs, marbles) =>
    virtualTime(({ expectObservable, scheduler }) => {
      const source = of(pending('a', retryAfterMs)).pipe(
        poll({ read: () => of(done('b')), scheduler, maxRetryAfterMs: 1000 }),
      );
      expectObservable(source).toBe(
        marbles,
        { a: `a+${retryAfterMs}`, b: 'b' },
        `a is over, next look wanted: ${retryAfterMs}`,
      );
    }),
  );

  it('is not allowed to be longer than the whole, whatever it may be itself', () =>
    virtualTime(({ expectObservable, scheduler }) => {
      const source = of(pending('a', 2001)).pipe(
        poll({ read: never, scheduler, maxRetryAfterMs: 1_000_000, timeoutMs: 2000 }),
      );
      expectObservable(source).toBe('(a#)', { a: 'a+2001' }, 'a is over, next look wanted: 2001');
    }));

  it('may be longer than the longest timer, where the time for it is given', () =>
    virtualTime(({ expectObservable, scheduler }) => {
      const monthMs = 30 * 86_400_000;
      const source = of(pending('a', monthMs)).pipe(
        poll({ read: () => of(done('b')), scheduler, timeoutMs: 2 * monthMs }),
      );
      expectObservable(source).toBe(`a ${monthMs - 1}ms (b|)`, { a: `a+${monthMs}`, b: 'b' });
    }));
});

describe('pollUntil: the limit', () => {
  it('is five minutes, and aborts a read that is under way', () =>
    virtualTime(({ cold, expectObservable, expectSubscriptions, scheduler }) => {
      const hanging = cold<Look>('-');
      const source = of(pending('a')).pipe(poll({ read: () => hanging, scheduler }));
      expectObservable(source).toBe('a 299999ms #', { a: 'a+250' }, 'a is over, next look wanted: any time');
      expectSubscriptions(hanging.subscriptions).toBe('250ms ^ 299749ms !');
    }));

  it('ends a wait that is under way, and names the last look', () =>
    virtualTime(({ expectObservable, scheduler }) => {
      const { read } = reads(of(pending('b')));
      expectObservable(of(pending('a')).pipe(poll({ read, scheduler, timeoutMs: 400 }))).toBe(
        'a 249ms b 149ms #',
        { a: 'a+250', b: 'b+375' },
        'b is over, next look wanted: any time',
      );
    }));

  it('lets a look of the last millisecond through', () =>
    virtualTime(({ expectObservable, scheduler }) => {
      const source = of(pending('a')).pipe(poll({ read: () => of(done('b')), scheduler, timeoutMs: 250 }));
      expectObservable(source).toBe('a 249ms (b|)', { a: 'a+250', b: 'b' });
    }));

  it('starts anew for each source value', () =>
    virtualTime(({ cold, expectObservable, scheduler }) => {
      const source = cold<Look>('a(b|)', { a: pending('a'), b: pending('b') });
      const { read } = reads(cold('100ms (c|)', { c: done('c') }), of(done('d')));
      expectObservable(source.pipe(poll({ read, scheduler, timeoutMs: 400 }))).toBe('a 349ms (cb) 246ms (d|)', {
        a: 'a+250',
        b: 'b+250',
        c: 'c',
        d: 'd',
      });
    }));

  it('errors with what onTimeout throws', () =>
    virtualTime(({ expectObservable, scheduler }) => {
      const onTimeout = () => {
        throw 'no error to be had';
      };
      const source = of(pending('a')).pipe(poll({ read: () => NEVER, scheduler, timeoutMs: 1, onTimeout }));
      expectObservable(source).toBe('a#', { a: 'a+250' }, 'no error to be had');
    }));
});

describe('pollUntil: what can be left out', () => {
  it('takes the wait from the look itself, and emits the look', () =>
    virtualTime(({ expectObservable, scheduler }) => {
      const settled = ({ done: isDone = false }: Look) => isDone;
      const options = { read: () => of(done('b')), settled, onTimeout: () => 'late', scheduler };
      expectObservable(of(pending('a', 40)).pipe(pollUntil(options))).toBe('a 39ms (b|)', {
        a: pending('a', 40),
        b: done('b'),
      });
    }));

  it('uses the async scheduler, and chance', () =>
    virtualTime(({ testScheduler, flush }) => {
      const frames: number[] = [];
      const options = {
        read: () => of(done('b')),
        settled: (look: Look) => look.done === true,
        onTimeout: () => 'late',
      };
      of(pending('a'))
        .pipe(pollUntil<Look>(options))
        .subscribe(() => frames.push(testScheduler.now()));
      flush();
      expect(frames).toEqual([0, expect.any(Number)]);
      expect(frames[1]).toBeGreaterThanOrEqual(225);
      expect(frames[1]).toBeLessThanOrEqual(275);
    }));

  it.each(['firstMs', 'factor', 'maxMs', 'jitter', 'maxRetryAfterMs', 'timeoutMs'])(
    'throws at the call where %s is no number, or negative',
    (name) => {
      for (const value of [-1, NaN, '5', null]) {
        expect(() => poll({ read: never, [name]: value })).toThrow(TypeError);
        expect(() => poll({ read: never, [name]: value })).toThrow(`${name} must be a number`);
      }
      for (const value of [0, Infinity, undefined]) expect(() => poll({ read: never, [name]: value })).not.toThrow();
    },
  );
});

describe('pollUntil: the source', () => {
  it('of several values is worked through in order, one at a time', () =>
    virtualTime(({ cold, expectObservable, scheduler, flush }) => {
      const source = cold<Look>('abc|', { a: pending('a', 10), b: done('b'), c: pending('c', 5) });
      const { read, asked } = reads(of(pending('d', 20)), of(done('e')), of(done('f')));
      expectObservable(source.pipe(poll({ read, scheduler }))).toBe('a 9ms d 19ms (ebc)(f|)', {
        a: 'a+10',
        d: 'd+20',
        e: 'e',
        b: 'b',
        c: 'c+5',
        f: 'f',
      });
      flush();
      expect(asked).toEqual(['a', 'd', 'c']);
    }));

  it('that goes on is waited for', () =>
    virtualTime(({ cold, expectObservable, scheduler }) => {
      const source = cold<Look>('a----|', { a: done('a') });
      expectObservable(source.pipe(poll({ read: never, scheduler }))).toBe('a----|');
    }));

  it('is polled anew by each subscription', () =>
    virtualTime(({ expectObservable, scheduler }) => {
      const polled = of(pending('a')).pipe(poll({ read: () => of(done('b')), scheduler }));
      expectObservable(polled, '^').toBe('a 249ms (b|)', { a: 'a+250', b: 'b' });
      expectObservable(polled, '----^').toBe('----a 249ms (b|)', { a: 'a+250', b: 'b' });
    }));
});

describe('pollUntil: errors', () => {
  it('of a read pass through and leave no timer', () =>
    virtualTime(({ cold, expectObservable, scheduler, at }) => {
      const source = of(pending('a')).pipe(poll({ read: () => cold<Look>('--#', {}, 'broken'), scheduler }));
      expectObservable(source).toBe('a 251ms #', { a: 'a+250' }, 'broken');
      at(252, () => expect(scheduler.pending()).toBe(0));
    }));

  it.each<[string, Partial<Options>]>([
    [
      'read',
      {
        read: () => {
          throw 'thrown';
        },
      },
    ],
    [
      'settled',
      {
        settled: ({ id }) => {
          if (id === 'b') throw 'thrown';
          return false;
        },
      },
    ],
    [
      'retryAfterMs',
      {
        retryAfterMs: ({ id }) => {
          if (id === 'b') throw 'thrown';
          return undefined;
        },
      },
    ],
    [
      'select',
      {
        select: ({ id }) => {
          if (id === 'b') throw 'thrown';
          return id;
        },
      },
    ],
  ])('that %s throws pass through too', (_, options) =>
    virtualTime(({ expectObservable, scheduler }) => {
      const source = of(pending('a')).pipe(poll({ read: () => of(pending('b')), scheduler, ...options }));
      expectObservable(source).toBe('a 249ms #', { a: options.select ? 'a' : 'a+250' }, 'thrown');
    }),
  );

  it('a read without a look ends the poll without a settled one', () =>
    virtualTime(({ expectObservable, scheduler }) => {
      const source = of(pending('a')).pipe(poll({ read: () => EMPTY, scheduler }));
      expectObservable(source).toBe('a 249ms |', { a: 'a+250' });
    }));
});

describe('pollUntil: unsubscribed', () => {
  it.each([0, 1, 249, 250, 300, 349, 350, 600, 725, 800, 825, 1000, 1388, 1400])(
    'in frame %d leaves no timer, and no read under way',
    (frame) =>
      virtualTime(({ cold, scheduler, at, flush }) => {
        const slow = [pending('b'), pending('c'), done('d')].map((look) => cold('100ms (l|)', { l: look }));
        const polling = of(pending('a'))
          .pipe(poll({ ...reads(...slow), scheduler }))
          .subscribe();
        at(frame, () => {
          expect(scheduler.pending()).toBeGreaterThan(0);
          polling.unsubscribe();
          expect(scheduler.pending()).toBe(0);
        });
        flush();
        for (const { unsubscribedFrame } of slow.flatMap(({ subscriptions }) => subscriptions)) {
          expect(unsubscribedFrame).toBeLessThanOrEqual(frame + 0.5);
        }
      }),
  );

  it.each([1, 2, 3])('by whoever takes %d looks goes no further', (count) =>
    virtualTime(({ scheduler, flush }) => {
      const seen: string[] = [];
      const { read, asked } = reads(of(pending('b')), of(pending('c')), of(pending('d')));
      of(pending('a'))
        .pipe(poll({ read, scheduler, select: ({ id }) => id }), take(count))
        .subscribe((each) => seen.push(each));
      flush();
      expect(seen).toEqual(['a', 'b', 'c'].slice(0, count));
      expect(asked).toEqual(['a', 'b', 'c'].slice(0, count - 1));
    }),
  );
});
