import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defer, of, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import * as rxacme from '../../lib/index.js';
import { covers } from '../support/covers.js';
import { repoRoot } from '../support/repo-root.js';
import { problem, type Script } from '../support/scripted-ca.js';
import { syncBench } from '../support/sync-ports.js';
import { errorOf, record, virtualTime } from '../support/virtual-time.js';
import { never, unreachable } from './scripts.js';

covers('rateLimits');

/** The rows of the table of a page whose head begins with this text. */
function rowsOf(page: string, head: string): string[][] {
  const lines = readFileSync(join(repoRoot, 'pages', page), 'utf8').split('\n');
  const start = lines.findIndex((line) => line.startsWith(`| ${head} |`)) + 2;
  const end = lines.findIndex((line, index) => index >= start && !line.startsWith('|'));
  return lines.slice(start, end).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1_000, min: 60_000, h: 3_600_000 };

const durationsMs = (text: string): number[] =>
  text === ''
    ? []
    : text.split(', ').map((each) => {
        const [number = '', unit = ''] = each.split(' ');
        return Number(number) * (unitMs[unit] ?? NaN);
      });

/** What the first column says, as what a scripted server does. */
function scriptFor(text: string): Script {
  if (text === 'no connection') return unreachable;
  if (text.startsWith('no answer within')) return never;
  const [what = '', header] = text.split(' and Retry-After: ');
  const headers = header === undefined ? {} : { 'retry-after': header };
  const status = Number(/^\d{3}/.exec(what)?.[0] ?? NaN);
  if (what.endsWith('HTML')) return () => ({ status, headers: { 'content-type': 'text/html' }, body: '<html>' });
  if (!Number.isNaN(status)) return () => ({ status, headers, body: '' });
  return () => problem(what, {}, headers);
}

describe('the table of retries', () => {
  const rows = rowsOf('retries.md', 'what happens each time');

  it('has rows, each different', () => {
    expect(new Set(rows.map(([what]) => what)).size).toBe(rows.length);
    expect(rows.length).toBeGreaterThan(10);
  });

  it.each(rows)('%s: tried again after [%s], ends in %s', (what = '', waits = '', end = '') =>
    virtualTime((time) => {
      const { ca, account } = syncBench(time.scheduler, {}, { random: () => 0.5 });
      record(rxacme.getAccount(account));
      ca.history.length = 0;
      ca.script('account', scriptFor(what), 'every');
      const error = errorOf(time, rxacme.getAccount(account));
      expect((error as Error).constructor.name).toBe(end);
      // What is not answered takes the whole of the time limit.
      const limitMs = what.startsWith('no answer') ? 30_000 : 0;
      const atMs = ca.history.filter(({ operation }) => operation === 'account').map((each) => each.atMs);
      const passed = atMs.slice(1).map((each, index) => each - (atMs[index] ?? 0) - limitMs);
      expect(passed).toEqual(durationsMs(waits));
    }),
  );
});

describe('the schedule for failed issuance', () => {
  it('waits as its table says, and goes on', () =>
    virtualTime((time) => {
      const { scheduler } = time;
      const attemptsAtMs: number[] = [];
      const failing = defer(() => {
        attemptsAtMs.push(scheduler.now());
        return attemptsAtMs.length < 9 ? throwError(() => new rxacme.AcmeTransportError('down')) : of('certificate');
      });
      const { values } = record(
        failing.pipe(rxacme.retryTransient({ policy: rxacme.failedIssuanceSchedule, scheduler })),
      );
      time.flush();
      const passed = attemptsAtMs.slice(1).map((each, index) => each - (attemptsAtMs[index] ?? 0));
      const table = rowsOf('retries.md', 'failure').flatMap(([, wait = '']) => durationsMs(wait));
      expect(passed.slice(0, table.length)).toEqual(table);
      expect(passed.slice(table.length)).toEqual(new Array(8 - table.length).fill(table.at(-1)));
      expect(values).toEqual(['certificate']);
    }));
});
