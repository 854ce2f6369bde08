import { describe, expect, it } from 'vitest';
import { Timetable } from '../../lib/rx/timetable.js';
import { virtualTime } from '../support/marbles.js';

const dayMs = 24 * 3_600_000;

describe('Timetable', () => {
  it('hands out each value at its time, in the order of their times and of their coming', () =>
    virtualTime(({ scheduler, flush }) => {
      const seen: [string, number][] = [];
      const table = new Timetable<string>({ scheduler, clock: scheduler }, (value) => {
        seen.push([value, scheduler.now()]);
      });
      for (const [value, atMs] of [
        ['c', 30],
        ['a', 10],
        ['b', 10],
        ['past', -5],
        ['now', 0],
      ] as const)
        table.add(value, atMs);
      expect(seen).toEqual([]);
      flush();
      expect(seen).toEqual([
        ['past', 0],
        ['now', 0],
        ['a', 10],
        ['b', 10],
        ['c', 30],
      ]);
    }));

  it('has one timer, for the first of all, however many wait', () =>
    virtualTime(({ scheduler, flush }) => {
      let most = 0;
      let handedOut = 0;
      const table = new Timetable<number>({ scheduler, clock: scheduler }, () => {
        handedOut++;
        most = Math.max(most, scheduler.pending());
      });
      for (let each = 0; each < 10_000; each++) {
        table.add(each, ((each * 7919) % 10_007) + 1);
        most = Math.max(most, scheduler.pending());
      }
      flush();
      expect([handedOut, most]).toEqual([10_000, 1]);
    }));

  it('takes values while it hands others out, at once where their time has come', () =>
    virtualTime(({ scheduler, flush }) => {
      const seen: [number, number][] = [];
      const table = new Timetable<number>({ scheduler, clock: scheduler }, (value) => {
        seen.push([value, scheduler.now()]);
        if (value < 3) table.add(value + 1, scheduler.now());
        else if (value < 5) table.add(value + 1, scheduler.now() + 10);
      });
      table.add(1, 10);
      flush();
      expect(seen).toEqual([
        [1, 10],
        [2, 10],
        [3, 10],
        [4, 20],
        [5, 30],
      ]);
    }));

  it('hands out nothing after it was stopped, in the middle of it either, and leaves no timer', () =>
    virtualTime(({ scheduler, flush }) => {
      const seen: string[] = [];
      const table = new Timetable<string>({ scheduler, clock: scheduler }, (value) => {
        seen.push(value);
        if (value === 'b') table.stop();
      });
      for (const value of ['a', 'b', 'c']) table.add(value, 10);
      table.add('d', 20);
      flush();
      table.add('e', 30);
      expect([seen, scheduler.pending()]).toEqual([['a', 'b'], 0]);
    }));

  it('waits for a year in timers that are short enough', () =>
    virtualTime(({ scheduler, flush }) => {
      const seen: number[] = [];
      const table = new Timetable<string>({ scheduler, clock: scheduler }, () => {
        seen.push(scheduler.now());
      });
      table.add('a', 365 * dayMs);
      flush();
      expect(seen).toEqual([365 * dayMs]);
      expect(Math.max(...scheduler.delays)).toBe(2 ** 31 - 1);
    }));

  it('goes by the clock: one that was set back in the meantime is waited for', () =>
    virtualTime(({ scheduler, at, flush }) => {
      let offsetMs = 1_000;
      const seen: number[] = [];
      const table = new Timetable<string>({ scheduler, clock: { now: () => scheduler.now() + offsetMs } }, () => {
        seen.push(scheduler.now());
      });
      table.add('a', 1_100);
      at(50, () => (offsetMs = 950));
      flush();
      expect(seen).toEqual([150]);
    }));
});
