import { describe, expect, it } from 'vitest';
import { wait, waitUntil } from '../../lib/rx/wait.js';
import { virtualTime } from '../support/marbles.js';

const longestTimerMs = 2_147_483_647;
const dayMs = 86_400_000;
const result = { z: 0 } as const;

describe('wait', () => {
  it('emits once after the time and completes', () =>
    virtualTime(({ expectObservable, scheduler }) => {
      expectObservable(wait(1500, scheduler)).toBe('1500ms (z|)', result);
    }));

  it.each([0, -1, -Infinity])('%d ms goes through the scheduler, in the same frame', (ms) =>
    virtualTime(({ scheduler, flush }) => {
      const seen: unknown[] = [];
      wait(ms, scheduler).subscribe((value) => seen.push(value));
      expect(seen).toEqual([]);
      expect(scheduler.delays).toEqual([0]);
      flush();
      expect(seen).toEqual([0]);
      expect(scheduler.now()).toBe(0);
    }),
  );

  it.each([
    longestTimerMs - 1,
    longestTimerMs,
    longestTimerMs + 1,
    2 * longestTimerMs,
    2 * longestTimerMs + 1,
    365 * dayMs,
  ])('waits %d ms, with no timer longer than timers can be', (ms) =>
    virtualTime(({ expectObservable, scheduler, flush }) => {
      expectObservable(wait(ms, scheduler)).toBe(`${ms}ms (z|)`, result);
      flush();
      expect(Math.max(...scheduler.delays)).toBeLessThanOrEqual(longestTimerMs);
      expect(scheduler.delays).toHaveLength(Math.ceil(ms / longestTimerMs));
    }),
  );

  it('has one timer at a time, and none after it was unsubscribed in any of its steps', () =>
    virtualTime(({ scheduler, at, flush }) => {
      for (const frame of [0, 5, longestTimerMs + 5, 2 * longestTimerMs + 5]) {
        const waiting = wait(3 * longestTimerMs, scheduler).subscribe();
        at(frame, () => {
          expect(scheduler.pending()).toBe(1);
          waiting.unsubscribe();
          expect(scheduler.pending()).toBe(0);
        });
        flush();
      }
    }));

  it('waits for ever where the time never comes', () =>
    virtualTime(({ expectObservable, scheduler }) => {
      expectObservable(wait(Infinity, scheduler), `${400 * dayMs}ms !`).toBe('');
    }));

  it('is cold: each subscription waits anew', () =>
    virtualTime(({ expectObservable, scheduler }) => {
      const waiting = wait(10, scheduler);
      expectObservable(waiting, '^').toBe('10ms (z|)', result);
      expectObservable(waiting, '5ms ^').toBe('15ms (z|)', result);
    }));

  it('uses the async scheduler where none is given', () =>
    virtualTime(({ expectObservable }) => {
      expectObservable(wait(10)).toBe('10ms (z|)', result);
    }));

  it('throws at the call where it is not given a number', () => {
    expect(() => wait(NaN)).toThrow(TypeError);
  });
});

describe('waitUntil', () => {
  const startMs = Date.UTC(2026, 0, 1);

  /** A clock that starts at a date, and can be set. */
  const settable = (scheduler: { now(): number }) => {
    let offsetMs = startMs;
    return { now: () => offsetMs + scheduler.now(), advance: (ms: number) => void (offsetMs += ms) };
  };
  const inMs = (ms: number) => new Date(startMs + ms);

  it('waits for the difference on the clock', () =>
    virtualTime(({ expectObservable, scheduler }) => {
      expectObservable(waitUntil(inMs(1500), { scheduler, clock: settable(scheduler) })).toBe('1500ms (z|)', result);
    }));

  it('takes the scheduler for the clock where none is given', () =>
    virtualTime(({ expectObservable, scheduler }) => {
      expectObservable(waitUntil(new Date(70), { scheduler })).toBe('70ms (z|)', result);
    }));

  it.each([0, -1, -365 * dayMs])('an instant %d ms away is there at once, through the scheduler', (ms) =>
    virtualTime(({ expectObservable, scheduler, flush }) => {
      expectObservable(waitUntil(inMs(ms), { scheduler, clock: settable(scheduler) })).toBe('(z|)', result);
      flush();
      expect(scheduler.delays).toEqual([0]);
    }),
  );

  it('waits 60 days, with no timer longer than timers can be', () =>
    virtualTime(({ expectObservable, scheduler, flush }) => {
      const ms = 60 * dayMs;
      expectObservable(waitUntil(inMs(ms), { scheduler, clock: settable(scheduler) })).toBe(`${ms}ms (z|)`, result);
      flush();
      expect(Math.max(...scheduler.delays)).toBeLessThanOrEqual(longestTimerMs);
    }));

  it('follows a clock that is set forward, at the next step', () =>
    virtualTime(({ expectObservable, scheduler, at }) => {
      const clock = settable(scheduler);
      at(dayMs, () => clock.advance(58 * dayMs));
      expectObservable(waitUntil(inMs(60 * dayMs), { scheduler, clock })).toBe(`${longestTimerMs}ms (z|)`, result);
    }));

  it('follows a clock that is set back during a step that is not the last', () =>
    virtualTime(({ expectObservable, scheduler, at }) => {
      const clock = settable(scheduler);
      at(dayMs, () => clock.advance(-5 * dayMs));
      expectObservable(waitUntil(inMs(30 * dayMs), { scheduler, clock })).toBe(`${35 * dayMs}ms (z|)`, result);
    }));

  it('never emits before the instant by its clock, also where the clock is set back during the last step', () =>
    virtualTime(({ expectObservable, scheduler, at }) => {
      const clock = settable(scheduler);
      at(dayMs, () => clock.advance(-5 * dayMs));
      expectObservable(waitUntil(inMs(10 * dayMs), { scheduler, clock })).toBe(`${15 * dayMs}ms (z|)`, result);
    }));

  it('reads the clock when it is subscribed, not when it is called', () =>
    virtualTime(({ expectObservable, scheduler }) => {
      const waiting = waitUntil(inMs(100), { scheduler, clock: settable(scheduler) });
      expectObservable(waiting, '60ms ^').toBe('100ms (z|)', result);
    }));

  it('leaves no timer when it is unsubscribed', () =>
    virtualTime(({ scheduler, at, flush }) => {
      const waiting = waitUntil(inMs(60 * dayMs), { scheduler, clock: settable(scheduler) }).subscribe();
      at(longestTimerMs + 1, () => waiting.unsubscribe());
      flush();
      expect(scheduler.pending()).toBe(0);
    }));

  it('throws at the call where the date is none', () => {
    expect(() => waitUntil(new Date(NaN))).toThrow(TypeError);
  });
});
