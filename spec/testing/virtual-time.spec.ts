import { concat, map, of, throwError, timer } from 'rxjs';
import { describe, expect, it, vi } from 'vitest';
import { AcmeTransportError } from '../../lib/index.js';
import { offsetClock, virtualTime } from '../../lib/testing/index.js';

const messageOf = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    return (error as Error).message;
  }
  return 'no error';
};

describe('virtualTime', () => {
  it('returns what the test returns, when all its time is over', () => {
    const seen: number[] = [];
    const returned = virtualTime(({ scheduler }) => {
      timer(3_000, scheduler).subscribe(() => seen.push(scheduler.now()));
      return 'returned';
    });
    expect([returned, seen]).toEqual(['returned', [3_000]]);
  });

  it('has the helpers of RxJS', () =>
    virtualTime(({ cold, hot, expectObservable, expectSubscriptions, time, animate }) => {
      const source$ = cold('-a-(b|)');
      expectObservable(source$.pipe(map((each) => each.toUpperCase()))).toBe('-A-(B|)');
      expectSubscriptions(source$.subscriptions).toBe('^--!');
      expectObservable(hot('--a'), '-^').toBe('--a');
      expect(time('-----|')).toBe(5);
      expect(animate).toBeTypeOf('function');
    }));

  it('fails with the expected and the actual emissions, and with what describe says', () => {
    const failed = () =>
      virtualTime(
        ({ expectObservable, scheduler }) => {
          expectObservable(concat(of({ a: [1] }), timer(3_600_000, scheduler))).toBe('x 9ms (y|)', {
            x: { a: [2] },
            y: 0,
          });
        },
        { describe: () => 'what happened' },
      );
    expect(messageOf(failed)).toBe(
      [
        'expected:',
        '         0 ms  {"a":[2]}',
        '        10 ms  0',
        '        10 ms  |',
        'actual:',
        '         0 ms  {"a":[1]}',
        '   3600000 ms  0',
        '   3600000 ms  |',
        'what happened',
      ].join('\n'),
    );
  });

  it('shows errors, values that JSON has no word for, and nothing', () => {
    const shows = (
      source: ReturnType<typeof of<unknown[]>>,
      marbles: string,
      values: Record<string, unknown> = {},
      error?: unknown,
    ) => messageOf(() => virtualTime(({ expectObservable }) => expectObservable(source).toBe(marbles, values, error)));
    expect(shows(throwError(() => new RangeError('too far')) as never, '|')).toBe(
      'expected:\n         0 ms  |\nactual:\n         0 ms  # RangeError: too far',
    );
    expect(shows(of(undefined), '')).toBe(
      'expected:\n  (nothing)\nactual:\n         0 ms  undefined\n         0 ms  |',
    );
    expect(shows(of(new Date(0)), '(a|)', { a: new Date(1) })).toContain('1970-01-01T00:00:00.001Z');
    expect(shows(of(1), '(a|)', { a: '1' })).toContain('"1"');
    expect(shows(of(10n), '(a|)', { a: 11n })).toContain('"10n"');
    const round: { self?: unknown } = {};
    round.self = round;
    expect(shows(of(round), '|')).toContain('[object Object]');
    expect(
      shows(
        of(() => 1),
        '|',
      ),
    ).toContain('=>');
  });

  it('takes for the same what is the same', () => {
    const same = (value: unknown, as: unknown, error?: [unknown, unknown]) =>
      virtualTime(({ expectObservable }) => {
        expectObservable(error ? throwError(() => error[0]) : of(value)).toBe(
          error ? '#' : '(a|)',
          { a: as },
          error?.[1],
        );
      });
    same({ a: [1, { b: NaN }], c: undefined }, { a: [1, { b: NaN }], c: undefined });
    same(new Date(5), new Date(5));
    same(new Uint8Array([1, 2]), new Uint8Array([1, 2]));
    same(new Map([['a', 1]]), new Map([['a', 1]]));
    same(new URL('https://a.test'), new URL('https://a.test'));
    const loop = (): object => {
      const self: { self?: object } = {};
      return Object.assign(self, { self });
    };
    same(loop(), loop());
    same(/a/g, /a/g);
    same(Uint8Array.of(1).buffer, Uint8Array.of(1).buffer);
    same(null, null);
    same(0, 0, [new AcmeTransportError('lost'), new AcmeTransportError('lost')]);
    const differs = (...args: Parameters<typeof same>) => messageOf(() => same(...args)) !== 'no error';
    expect(differs({ a: 1 }, { a: 1, b: 2 })).toBe(true);
    expect(differs({ a: 1, c: undefined }, { a: 1, b: undefined })).toBe(true);
    expect(differs([1], { 0: 1 })).toBe(true);
    expect(differs(null, {})).toBe(true);
    expect(differs(new URL('https://a.test'), new URL('https://b.test'))).toBe(true);
    expect(differs(new Map([['a', 1]]), new Map([['a', 2]]))).toBe(true);
    expect(differs(/a/, /b/)).toBe(true);
    expect(differs(Uint8Array.of(1).buffer, Uint8Array.of(2).buffer)).toBe(true);
    expect(differs(new Set([1]), new Set([2]))).toBe(true);
    expect(differs(0, 0, [new AcmeTransportError('lost'), new Error('lost')])).toBe(true);
    expect(differs(0, 0, [new Error('lost'), new Error('found')])).toBe(true);
  });

  it('has no description where none is asked for, and asks for none where all is well', () => {
    const describe = vi.fn(() => 'never');
    virtualTime(({ expectObservable }) => expectObservable(of(1)).toBe('(a|)', { a: 1 }), { describe });
    expect(describe).not.toHaveBeenCalled();
  });

  it('has a clock that begins when it is told to', () => {
    const at = (startAt?: Date) =>
      virtualTime(({ clock, scheduler }) => {
        const seen = [clock.now()];
        scheduler.schedule(() => seen.push(clock.now()), 1_000);
        scheduler.flush();
        return seen;
      }, startAt && { startAt });
    expect(at()).toEqual([Date.UTC(2026, 0, 1), Date.UTC(2026, 0, 1) + 1_000]);
    expect(at(new Date(77))).toEqual([77, 1_077]);
  });
});

describe('offsetClock', () => {
  it('goes as another clock does, from a date on', () => {
    let now = 500;
    const clock = offsetClock({ now: () => now }, new Date(10_000));
    expect(clock.now()).toBe(10_000);
    now = 650;
    expect(clock.now()).toBe(10_150);
  });
});
