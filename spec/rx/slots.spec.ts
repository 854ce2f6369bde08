import fc from 'fast-check';
import {
  concat,
  defer,
  EMPTY,
  finalize,
  ignoreElements,
  NEVER,
  Observable,
  of,
  repeat,
  retry,
  Subject,
  take,
  throwError,
} from 'rxjs';
import { describe, expect, it } from 'vitest';
import { slots } from '../../lib/rx/slots.js';
import { virtualTime } from '../support/marbles.js';

/** Work that notes when it starts and ends, and how much of it runs at a time. */
const workshop = () => {
  const started: string[] = [];
  let running = 0;
  let most = 0;
  const work =
    <T>(name: string, stream: Observable<T>) =>
    () =>
      defer(() => {
        started.push(name);
        most = Math.max(most, ++running);
        return stream.pipe(finalize(() => running--));
      });
  return { work, started, running: () => running, most: () => most };
};

describe('slots', () => {
  it('start work at once while a place is free, then in the order of asking', () =>
    virtualTime(({ cold, expectObservable, flush }) => {
      const { run } = slots(2);
      const { work, started, most } = workshop();
      expectObservable(run(work('a', cold('--a--|')))).toBe('--a--|');
      expectObservable(run(work('b', cold('--b|')))).toBe('--b|');
      expectObservable(run(work('c', cold('-c-|')))).toBe('----c-|');
      expectObservable(run(work('d', cold('-d|')))).toBe('------d|');
      expectObservable(run(work('e', cold('e|')))).toBe('------e|');
      flush();
      expect(started).toEqual(['a', 'b', 'c', 'd', 'e']);
      expect(most()).toBe(2);
    }));

  it('run synchronous work within the subscription', () => {
    const seen: unknown[] = [];
    slots(1)
      .run(() => of('a', 'b'))
      .subscribe({ next: (each) => seen.push(each), complete: () => seen.push('complete') });
    expect(seen).toEqual(['a', 'b', 'complete']);
  });

  it('take a place for each subscription, not for each call', () =>
    virtualTime(({ cold, expectObservable }) => {
      const work = slots(1).run(() => cold('-a|'));
      expectObservable(work).toBe('-a|');
      expectObservable(work).toBe('---a|');
      expectObservable(work.pipe(repeat(2)), '----^').toBe('-----a-a|');
    }));

  it.each<[string, () => Observable<string>]>([
    ['errors', () => throwError(() => 'broken')],
    [
      'throws',
      () => {
        throw 'broken';
      },
    ],
  ])('get a place back from work that %s', (_, failing) =>
    virtualTime(({ cold, expectObservable }) => {
      const { run } = slots(1);
      expectObservable(run(failing)).toBe('#', undefined, 'broken');
      expectObservable(run(failing).pipe(retry(3))).toBe('#', undefined, 'broken');
      expectObservable(run(() => cold('-a|'))).toBe('-a|');
    }),
  );

  it('get a place back from work that errors later', () =>
    virtualTime(({ cold, expectObservable }) => {
      const { run } = slots(1);
      expectObservable(run(() => cold('--#', undefined, 'broken'))).toBe('--#', undefined, 'broken');
      expectObservable(run(() => cold('-a|'))).toBe('---a|');
    }));

  it('get a place back from work that is unsubscribed, and unsubscribe it', () =>
    virtualTime(({ cold, expectObservable, expectSubscriptions }) => {
      const { run } = slots(1);
      const long = cold('-');
      expectObservable(
        run(() => long),
        '^--!',
      ).toBe('');
      expectObservable(run(() => cold('-a|'))).toBe('----a|');
      expectSubscriptions(long.subscriptions).toBe('^--!');
    }));

  it('get a place back from work that the receiver cuts short within it', () =>
    virtualTime(({ cold, expectObservable }) => {
      const { run } = slots(1);
      expectObservable(run(() => concat(of('a'), NEVER)).pipe(take(1))).toBe('(a|)');
      expectObservable(run(() => cold('-b|'))).toBe('-b|');
    }));

  it('forget work that is unsubscribed in the queue, and never start it', () =>
    virtualTime(({ cold, expectObservable, flush }) => {
      const { run } = slots(1);
      const { work, started } = workshop();
      expectObservable(run(work('a', cold('----|')))).toBe('----|');
      expectObservable(run(work('b', cold('-|'))), '^-!').toBe('');
      expectObservable(run(work('c', cold('-|')))).toBe('-----|');
      flush();
      expect(started).toEqual(['a', 'c']);
    }));

  it('go on where the end of one piece of work unsubscribes the next', () => {
    const { run } = slots(1);
    const { work, started } = workshop();
    const first = new Subject<never>();
    run(work('a', first)).subscribe({ complete: () => second.unsubscribe() });
    const second = run(work('b', NEVER)).subscribe();
    run(work('c', EMPTY)).subscribe();
    first.complete();
    expect(started).toEqual(['a', 'c']);
  });

  it('let work ask for a place while it runs: it comes after those who wait', () => {
    const { run } = slots(1);
    const { work, started } = workshop();
    const gate = new Subject<never>();
    run(work('a', gate)).subscribe();
    const asking = defer(() => {
      run(work('d', EMPTY)).subscribe();
      return EMPTY;
    });
    run(work('b', asking)).subscribe();
    run(work('c', EMPTY)).subscribe();
    gate.complete();
    expect(started).toEqual(['a', 'b', 'c', 'd']);
  });

  it('start 10,000 that wait behind one, without a stack overflow', () => {
    const { run } = slots(1);
    const gate = new Subject<never>();
    let done = 0;
    run(() => gate).subscribe();
    for (let each = 0; each < 10_000; each++) run(() => of(each)).subscribe(() => done++);
    expect(done).toBe(0);
    gate.complete();
    expect(done).toBe(10_000);
  });

  it('let each of 10,000 ask for the next when it ends, without a stack overflow', () => {
    const { run } = slots(1);
    const gate = new Subject<never>();
    let done = 0;
    const next = () => {
      if (++done <= 10_000) run(() => EMPTY).subscribe({ complete: next });
    };
    run(() => gate).subscribe({ complete: next });
    gate.complete();
    expect(done).toBe(10_001);
  });

  it('let each of 10,000 ask for the next while it runs, without a stack overflow', () => {
    const { run } = slots(1);
    let started = 0;
    const work = (): Observable<never> => {
      if (++started < 10_000) run(work).subscribe();
      return EMPTY;
    };
    run(work).subscribe();
    expect(started).toBe(10_000);
  });

  it('keep their places apart', () =>
    virtualTime(({ cold, expectObservable }) => {
      expectObservable(slots(1).run(() => cold('-a|'))).toBe('-a|');
      expectObservable(slots(1).run(() => cold('-b|'))).toBe('-b|');
    }));

  it('never let more run than there are places, and leave none waiting, whatever each of them does', () => {
    const job = fc.record({
      startMs: fc.nat(20),
      lastsMs: fc.nat(10),
      end: fc.constantFrom('complete', 'error', 'hang'),
      leavesAfterMs: fc.nat(40),
    });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 4 }), fc.array(job, { maxLength: 30 }), (places, jobs) =>
        virtualTime(({ cold, at, flush }) => {
          const { run } = slots(places);
          const { work, running, most } = workshop();
          let left = jobs.length;
          for (const [index, { startMs, lastsMs, end, leavesAfterMs }] of jobs.entries()) {
            const marbles = `${lastsMs}ms ${{ complete: '|', error: '#', hang: '-' }[end]}`;
            at(startMs, () => {
              const working = run(work(`${index}`, cold(marbles).pipe(ignoreElements())))
                .pipe(finalize(() => left--))
                .subscribe({ error: () => undefined });
              at(leavesAfterMs, () => working.unsubscribe());
            });
          }
          flush();
          expect(most()).toBeLessThanOrEqual(places);
          expect(running()).toBe(0);
          expect(left).toBe(0);
        }),
      ),
      { numRuns: 50 },
    );
  });
});
