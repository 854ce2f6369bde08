import { concat, config, defer, EMPTY, NEVER, type Observable, of, repeat, take, throwError } from 'rxjs';
import { afterEach, describe, expect, it } from 'vitest';
import { bracket, type BracketOptions } from '../../lib/rx/bracket.js';
import { virtualTime } from '../support/marbles.js';

type Options = BracketOptions<string, string, string>;

/** A bracket, and what was said where its stream could not say it. */
const recorded = (options: Pick<Options, 'acquire' | 'use' | 'release'> & Partial<Options>) => {
  const released: (readonly [string | undefined, string])[] = [];
  const detachedValues: string[] = [];
  const detachedErrors: unknown[] = [];
  const stream = bracket<string, string, string>({
    onDetachedValue: (value) => detachedValues.push(value),
    onDetachedError: (error) => detachedErrors.push(error),
    ...options,
    release: (resource, why) => {
      released.push([resource, why]);
      return options.release(resource, why);
    },
  });
  return { stream, released, detachedValues, detachedErrors };
};

describe('bracket: in the stream', () => {
  it('emits what use and then release emit, and completes after both', () =>
    virtualTime(({ cold, expectObservable, scheduler, flush }) => {
      const { stream, released, detachedValues, detachedErrors } = recorded({
        acquire: () => cold('--(h|)'),
        use: (resource) => concat(of(`using ${resource}`), cold('-b-|')),
        release: () => cold('-r-s|'),
        scheduler,
      });
      expectObservable(stream).toBe('--ab--r-s|', { a: 'using h', b: 'b', r: 'r', s: 's' });
      flush();
      expect(released).toEqual([['h', 'complete']]);
      expect([...detachedValues, ...detachedErrors]).toEqual([]);
    }));

  it('releases before it passes on an error of use', () =>
    virtualTime(({ cold, expectObservable, scheduler, flush }) => {
      const { stream, released } = recorded({
        acquire: () => of('h'),
        use: () => cold('a-#', undefined, 'broken'),
        release: () => cold('---r|'),
        scheduler,
      });
      expectObservable(stream).toBe('a----r#', undefined, 'broken');
      flush();
      expect(released).toEqual([['h', 'error']]);
    }));

  it('releases what acquire may have made before it failed', () =>
    virtualTime(({ cold, expectObservable, scheduler, flush }) => {
      const { stream, released } = recorded({
        acquire: () => cold('-#', undefined, 'not to be had'),
        use: () => of('a'),
        release: () => cold('--|'),
        scheduler,
      });
      expectObservable(stream).toBe('---#', undefined, 'not to be had');
      flush();
      expect(released).toEqual([[undefined, 'error']]);
    }));

  it('releases and completes where acquire makes nothing', () =>
    virtualTime(({ cold, expectObservable, scheduler, flush }) => {
      const { stream, released } = recorded({
        acquire: () => cold<string>('-|'),
        use: () => of('a'),
        release: () => cold('--|'),
        scheduler,
      });
      expectObservable(stream).toBe('---|');
      flush();
      expect(released).toEqual([[undefined, 'complete']]);
    }));

  it('takes the first value of acquire and no other', () =>
    virtualTime(({ cold, expectObservable, expectSubscriptions, scheduler, flush }) => {
      const acquire = cold('-x-y-z');
      const used: string[] = [];
      const { stream, released } = recorded({
        acquire: () => acquire,
        use: (resource) => {
          used.push(resource);
          return cold('---|');
        },
        release: () => EMPTY,
        scheduler,
      });
      expectObservable(stream).toBe('----|');
      expectSubscriptions(acquire.subscriptions).toBe('^!');
      flush();
      expect(used).toEqual(['x']);
      expect(released).toEqual([['x', 'complete']]);
    }));

  it.each<[string, Partial<Options>, string, readonly unknown[]]>([
    [
      'acquire',
      {
        acquire: () => {
          throw 'thrown';
        },
      },
      'r#',
      [undefined, 'error'],
    ],
    [
      'use',
      {
        use: () => {
          throw 'thrown';
        },
      },
      'r#',
      ['h', 'error'],
    ],
  ])('releases where %s throws instead of returning a stream', (_, options, marbles, expected) =>
    virtualTime(({ cold, expectObservable, scheduler, flush }) => {
      const { stream, released } = recorded({
        acquire: () => of('h'),
        use: () => of('a'),
        release: () => cold('r|'),
        scheduler,
        ...options,
      });
      expectObservable(stream).toBe(marbles, undefined, 'thrown');
      flush();
      expect(released).toEqual([expected]);
    }),
  );

  it('runs everything anew for each subscription', () =>
    virtualTime(({ cold, expectObservable, scheduler, flush }) => {
      const { stream, released } = recorded({
        acquire: () => of('h'),
        use: () => cold('-a|'),
        release: () => cold('r|'),
        scheduler,
      });
      expectObservable(stream.pipe(repeat(2))).toBe('-ar-ar|');
      flush();
      expect(released).toEqual([
        ['h', 'complete'],
        ['h', 'complete'],
      ]);
    }));

  it('calls nothing before it is subscribed', () => {
    let calls = 0;
    const call = () => {
      calls++;
      return EMPTY;
    };
    recorded({ acquire: call, use: call, release: call });
    expect(calls).toBe(0);
  });

  it('takes promises and arrays as well', async () => {
    const { stream } = recorded({
      acquire: () => Promise.resolve('h'),
      use: (resource) => [resource, 'a'],
      release: () => Promise.resolve('r'),
    });
    const seen: string[] = [];
    await stream.forEach((each) => seen.push(each));
    expect(seen).toEqual(['h', 'a', 'r']);
  });
});

describe('bracket: synchronous ports', () => {
  const watch = (stream: Observable<string>) => {
    const seen: unknown[] = [];
    stream.subscribe({
      next: (value) => seen.push(value),
      error: (error: unknown) => seen.push(['error', error]),
      complete: () => seen.push('complete'),
    });
    return seen;
  };

  it('complete within the subscription, without a timer', () =>
    virtualTime(({ scheduler }) => {
      const { stream, released } = recorded({
        acquire: () => of('h'),
        use: () => of('a', 'b'),
        release: () => of('r'),
        scheduler,
      });
      expect(watch(stream)).toEqual(['a', 'b', 'r', 'complete']);
      expect(released).toEqual([['h', 'complete']]);
      expect(scheduler.delays).toEqual([]);
    }));

  it('error within the subscription, without a timer', () =>
    virtualTime(({ scheduler }) => {
      const { stream, released } = recorded({
        acquire: () => of('h'),
        use: () =>
          concat(
            of('a'),
            throwError(() => 'broken'),
          ),
        release: () => of('r'),
        scheduler,
      });
      expect(watch(stream)).toEqual(['a', 'r', ['error', 'broken']]);
      expect(released).toEqual([['h', 'error']]);
      expect(scheduler.delays).toEqual([]);
    }));

  it('release once where the receiver takes only the first value', () =>
    virtualTime(({ scheduler }) => {
      const { stream, released, detachedValues } = recorded({
        acquire: () => of('h'),
        use: () => concat(of('a'), NEVER),
        release: () => of('r'),
        scheduler,
      });
      expect(watch(stream.pipe(take(1)))).toEqual(['a', 'complete']);
      expect(released).toEqual([['h', 'unsubscribe']]);
      expect(detachedValues).toEqual(['r']);
    }));

  it('stop where the receiver unsubscribes in the middle of a synchronous use', () =>
    virtualTime(({ scheduler }) => {
      const steps: number[] = [];
      const step = (number: number) =>
        defer(() => {
          steps.push(number);
          return of(`step ${number}`);
        });
      const { stream, released } = recorded({
        acquire: () => of('h'),
        use: () => concat(step(1), step(2), step(3)),
        release: () => EMPTY,
        scheduler,
      });
      expect(watch(stream.pipe(take(1)))).toEqual(['step 1', 'complete']);
      expect(steps).toEqual([1]);
      expect(released).toEqual([['h', 'unsubscribe']]);
    }));

  it('nest 50 deep', () => {
    let releases = 0;
    const nested = (depth: number): Observable<string> =>
      depth === 0
        ? of('a')
        : bracket<string, string>({
            acquire: () => of('h'),
            use: () => nested(depth - 1),
            release: () => {
              releases++;
              return EMPTY;
            },
            onDetachedError: () => undefined,
          });
    expect(watch(nested(50))).toEqual(['a', 'complete']);
    expect(releases).toBe(50);
  });
});

describe('bracket: unsubscribed', () => {
  const timeline = (frames: (marbles: string) => Observable<string>) => ({
    acquire: () => frames('--(h|)'), // frames 0 to 2
    use: () => frames('--a--|'), // frames 2 to 7
    release: () => frames('--r--|'), // frames 7 to 12
  });

  it.each([
    ...[0, 1].map((frame) => [frame, undefined, 'unsubscribe', ['r']] as const),
    ...[2, 3, 4, 5, 6].map((frame) => [frame, 'h', 'unsubscribe', ['r']] as const),
    ...[7, 8].map((frame) => [frame, 'h', 'complete', ['r']] as const),
    ...[9, 10, 11, 12].map((frame) => [frame, 'h', 'complete', []] as const),
  ])('in frame %d: releases once, to its end', (frame, resource, why, detached) =>
    virtualTime(({ cold, scheduler, at, flush }) => {
      const release = cold('--r--|');
      const { stream, released, detachedValues, detachedErrors } = recorded({
        ...timeline((marbles) => cold(marbles)),
        release: () => release,
        scheduler,
      });
      const using = stream.subscribe();
      at(frame, () => using.unsubscribe());
      flush();
      expect(released).toEqual([[resource, why]]);
      expect(detachedValues).toEqual(detached);
      expect(detachedErrors).toEqual([]);
      const [subscription] = release.subscriptions;
      expect(subscription?.unsubscribedFrame).toBe((subscription?.subscribedFrame ?? 0) + 5);
    }),
  );

  it('cuts acquire and use short at once', () =>
    virtualTime(({ cold, expectObservable, expectSubscriptions, scheduler }) => {
      const acquire = cold('-----(h|)');
      const use = cold('-');
      const base = { acquire: () => acquire, use: () => use, release: () => EMPTY, scheduler };
      expectObservable(recorded(base).stream, '^--!').toBe('');
      expectSubscriptions(acquire.subscriptions).toBe('^--!');
      expectObservable(recorded({ ...base, acquire: () => of('h') }).stream, '^--!').toBe('');
      expectSubscriptions(use.subscriptions).toBe('^--!');
    }));

  it.each([
    ['while it is used', 2],
    ['while it is released', 5],
  ])('%s: the failure of release goes to onDetachedError', (_, frame) =>
    virtualTime(({ cold, scheduler, at, flush }) => {
      const { stream, detachedErrors } = recorded({
        acquire: () => of('h'),
        use: () => cold('----|'),
        release: () => cold('---#', undefined, 'stuck'),
        scheduler,
      });
      const using = stream.subscribe();
      at(frame, () => using.unsubscribe());
      flush();
      expect(detachedErrors).toEqual(['stuck']);
    }),
  );

  it('gives a release that takes too long up, and says so', () =>
    virtualTime(({ scheduler, at, flush }) => {
      const { stream, detachedErrors } = recorded({
        acquire: () => of('h'),
        use: () => NEVER,
        release: () => NEVER,
        scheduler,
      });
      const using = stream.subscribe();
      at(10, () => using.unsubscribe());
      at(30_009, () => expect(detachedErrors).toEqual([]));
      at(30_011, () =>
        expect(detachedErrors).toEqual([new Error('bracket: release took longer than releaseTimeoutMs')]),
      );
      flush();
    }));

  it('hears of nothing where nobody asked to', () =>
    virtualTime(({ cold, scheduler, at, flush }) => {
      const using = bracket<string, string, string>({
        acquire: () => of('h'),
        use: () => cold('-a-'),
        release: () => cold('-r|'),
        onDetachedError: () => expect.unreachable(),
        scheduler,
      }).subscribe();
      at(2, () => using.unsubscribe());
      flush();
    }));

  it('by whoever hears what release emits: the rest of it is detached', () =>
    virtualTime(({ cold, expectObservable, scheduler, flush }) => {
      const { stream, released, detachedValues } = recorded({
        acquire: () => of('h'),
        use: () => cold('a|'),
        release: () => cold('-rst|'),
        scheduler,
      });
      expectObservable(stream.pipe(take(2))).toBe('a-(r|)');
      flush();
      expect(released).toEqual([['h', 'complete']]);
      expect(detachedValues).toEqual(['s', 't']);
    }));

  it('twice, or after its end, releases no second time', () =>
    virtualTime(({ cold, scheduler, flush }) => {
      const { stream, released } = recorded({
        acquire: () => of('h'),
        use: () => cold('a-|'),
        release: () => EMPTY,
        scheduler,
      });
      const using = stream.subscribe();
      flush();
      using.unsubscribe();
      using.unsubscribe();
      expect(released).toEqual([['h', 'complete']]);
    }));
});

describe('bracket: a release that fails', () => {
  it('is the outcome where use completed', () =>
    virtualTime(({ cold, expectObservable, scheduler, flush }) => {
      const { stream, detachedErrors } = recorded({
        acquire: () => of('h'),
        use: () => cold('a|'),
        release: () => cold('-r--#', undefined, 'stuck'),
        scheduler,
      });
      expectObservable(stream).toBe('a-r--#', undefined, 'stuck');
      flush();
      expect(detachedErrors).toEqual([]);
    }));

  it('does not hide why use failed', () =>
    virtualTime(({ cold, expectObservable, scheduler, flush }) => {
      const { stream, detachedErrors } = recorded({
        acquire: () => of('h'),
        use: () => throwError(() => 'broken'),
        release: () => cold('--#', undefined, 'stuck'),
        scheduler,
      });
      expectObservable(stream).toBe('--#', undefined, 'broken');
      flush();
      expect(detachedErrors).toEqual(['stuck']);
    }));

  it.each([
    ['complete', of('a'), '(a#)', 'thrown', []],
    ['error', throwError(() => 'broken'), '#', 'broken', ['thrown']],
  ] as const)('by throwing counts as one that errors, on %s', (_, use, marbles, error, detached) =>
    virtualTime(({ expectObservable, scheduler, flush }) => {
      const { stream, detachedErrors } = recorded({
        acquire: () => of('h'),
        use: () => use,
        release: () => {
          throw 'thrown';
        },
        scheduler,
      });
      expectObservable(stream).toBe(marbles, undefined, error);
      flush();
      expect(detachedErrors).toEqual(detached);
    }),
  );
});

describe('bracket: a release that takes too long', () => {
  const stuck = (options: Partial<Options>) =>
    recorded({ acquire: () => of('h'), use: () => of('a'), release: () => NEVER, ...options });

  it('errors after 30 s', () =>
    virtualTime(({ expectObservable, scheduler }) => {
      const { stream } = stuck({ scheduler });
      expectObservable(stream).toBe(
        'a 29999ms #',
        undefined,
        new Error('bracket: release took longer than releaseTimeoutMs'),
      );
    }));

  it('errors after the time given, with the error given', () =>
    virtualTime(({ expectObservable, scheduler }) => {
      const { stream } = stuck({ scheduler, releaseTimeoutMs: 50, onReleaseTimeout: () => 'too long' });
      expectObservable(stream).toBe('a 49ms #', undefined, 'too long');
    }));

  it('passes on why use failed, and tells onDetachedError', () =>
    virtualTime(({ expectObservable, scheduler, flush }) => {
      const { stream, detachedErrors } = stuck({
        use: () => throwError(() => 'broken'),
        scheduler,
        releaseTimeoutMs: 50,
        onReleaseTimeout: () => 'too long',
      });
      expectObservable(stream).toBe('50ms #', undefined, 'broken');
      flush();
      expect(detachedErrors).toEqual(['too long']);
    }));

  it('takes its timer back when it ends in time', () =>
    virtualTime(({ cold, expectObservable, scheduler, at, flush }) => {
      const { stream } = stuck({ scheduler, release: () => cold('---|') });
      expectObservable(stream).toBe('a--|');
      at(3, () => expect(scheduler.pending()).toBe(0));
      flush();
      expect(scheduler.delays).toEqual([30_000]);
    }));

  it('takes for ever, and sets no timer, where there is no limit', () =>
    virtualTime(({ expectObservable, scheduler, flush }) => {
      const { stream } = stuck({ scheduler, releaseTimeoutMs: Infinity });
      expectObservable(stream, `${86_400_000}ms !`).toBe('a');
      flush();
      expect(scheduler.delays).toEqual([]);
    }));

  it('uses the async scheduler where none is given', () =>
    virtualTime(({ expectObservable }) => {
      expectObservable(stuck({ releaseTimeoutMs: 50, onReleaseTimeout: () => 'too long' }).stream).toBe(
        'a 49ms #',
        undefined,
        'too long',
      );
    }));
});

describe('bracket: listeners that throw', () => {
  const reported: unknown[] = [];
  afterEach(() => {
    config.onUnhandledError = null;
    reported.length = 0;
  });

  it('do not keep the outcome back', () =>
    virtualTime(({ cold, expectObservable, scheduler }) => {
      config.onUnhandledError = (error) => reported.push(error);
      const { stream } = recorded({
        acquire: () => of('h'),
        use: () => throwError(() => 'broken'),
        release: () => cold('--#', undefined, 'stuck'),
        onDetachedError: () => {
          throw 'the listener is broken';
        },
        scheduler,
      });
      expectObservable(stream).toBe('--#', undefined, 'broken');
    }));
});
