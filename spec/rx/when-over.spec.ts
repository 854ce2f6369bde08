import { NEVER, VirtualTimeScheduler } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { whenOver } from '../../lib/rx/when-over.js';
import { record, virtualTime } from '../support/virtual-time.js';

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('whenOver', () => {
  it.each([
    ['no work', undefined],
    ['something else', 'words' as never],
    ['work that ends when it is unsubscribed', NEVER],
    ['work that was over at once', [1]],
  ])('completes at once where there is %s, without a timer', (_, work) =>
    virtualTime(({ scheduler, timers }) => {
      expect(record(whenOver(work, scheduler))).toMatchObject({ values: [], isComplete: true });
      expect(timers()).toBe(0);
    }),
  );

  it.each([
    ['is done', (end: Ends) => end.resolve('value')],
    ['fails', (end: Ends) => end.reject(new Error('broken'))],
  ])('waits until the work %s, emits nothing and leaves no timer', async (_, end) => {
    const ends: Partial<Ends> = {};
    const work = new Promise((resolve, reject) => Object.assign(ends, { resolve, reject }));
    const scheduler = new VirtualTimeScheduler();
    const waiting = record(whenOver(work, scheduler));
    await turn();
    expect(waiting).toMatchObject({ values: [], isComplete: false });
    expect(scheduler.actions).toHaveLength(1);
    end(ends as Ends);
    await turn();
    expect(waiting).toMatchObject({ values: [], isComplete: true });
    expect(waiting.error).toBeUndefined();
    expect(scheduler.actions).toEqual([]);
  });

  it.each([
    [undefined, 10_000],
    [7, 7],
  ])('waits no longer than its time: %s', (ms, expected) =>
    virtualTime(({ scheduler, flush }) => {
      let endedAtMs = -1;
      whenOver(new Promise(() => undefined), scheduler, ms).subscribe({
        complete: () => (endedAtMs = scheduler.now()),
      });
      flush();
      expect(endedAtMs).toBe(expected);
    }),
  );
});

interface Ends {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}
