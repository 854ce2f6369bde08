import { inspect } from 'node:util';
import { map } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  AcmeError,
  AcmeTimeoutError,
  type Authorization,
  newOrder,
  pollAuthorization,
  pollOrder,
} from '../../lib/index.js';
import { bend } from '../request/scripts.js';
import { covers } from '../support/covers.js';
import type { Answer, CaSettings } from '../support/scripted-ca.js';
import { syncBench } from '../support/sync-ports.js';
import { completed, errorOf, virtualTime, type VirtualTime } from '../support/virtual-time.js';

covers('newOrder', 'authorization');

const orderUrl = 'https://ca.test/order/1';
const authorizationUrl = 'https://ca.test/authorization/1/0';

/** A bench with an order, and answers that say one status after the other, the last of them for ever. */
function polled(time: VirtualTime, statuses: string[], headers: Answer['headers'] = {}, settings: CaSettings = {}) {
  const bench = syncBench(time.scheduler, settings);
  completed(time, newOrder(bench.account, { identifiers: ['example.org'] }));
  bench.ca.history.length = 0;
  let looks = 0;
  const say = bend((body) => ({ ...body, status: statuses[Math.min(looks++, statuses.length - 1)] }), headers);
  bench.ca.script('order', say, 'every');
  bench.ca.script('authorization', say, 'every');
  return { ...bench, times: () => bench.ca.history.map(({ atMs }) => atMs) };
}

const statuses = map(({ status }: { status: string }) => status);

describe('pollOrder', () => {
  it('emits every look and completes with the settled one, one POST each', () =>
    virtualTime((time) => {
      const { account, ca } = polled(time, ['pending', 'processing', 'ready'], {}, { latencyMs: { order: 5 } });
      time.expectObservable(pollOrder(account, orderUrl).pipe(statuses)).toBe('5ms p 254ms r 379ms (y|)', {
        p: 'pending',
        r: 'processing',
        y: 'ready',
      });
      time.flush();
      expect(ca.operations()).toEqual(['order', 'order', 'order']);
      expect(ca.history.every(({ payload }) => payload === '')).toBe(true);
    }));

  it.each(['ready', 'valid', 'invalid', 'odd'])('is settled by %s at once', (status) =>
    virtualTime((time) => {
      const { account, ca } = polled(time, [status]);
      expect(completed(time, pollOrder(account, orderUrl).pipe(statuses)).values).toEqual([status]);
      expect([ca.history.length, time.scheduler.now()]).toEqual([1, 0]);
    }),
  );

  it('looks first after 250 ms, then after 1.5 times as long, at most every 10 s', () =>
    virtualTime((time) => {
      const { account, times } = polled(time, [...Array<string>(13).fill('processing'), 'valid']);
      completed(time, pollOrder(account, orderUrl));
      const waits = times()
        .slice(1)
        .map((at, index) => at - (times()[index] ?? 0));
      expect(waits).toEqual([250, 375, 563, 844, 1266, 1898, 2848, 4271, 6407, 9611, 10_000, 10_000, 10_000]);
    }));

  it('waits as long as the server asks, by seconds or by a date of its own clock', () =>
    virtualTime((time) => {
      const date = 'Thu, 01 Jan 1998 00:00:00 GMT';
      const { account, times } = polled(time, ['pending', 'pending', 'valid'], {
        'retry-after': 'Thu, 01 Jan 1998 00:00:07 GMT',
        date,
      });
      completed(time, pollOrder(account, orderUrl));
      expect(times()).toEqual([0, 7_000, 14_000]);
    }));

  it('keeps its own pace where Retry-After is 0 or cannot be read', () =>
    virtualTime((time) => {
      const { account, times } = polled(time, ['pending', 'valid'], { 'retry-after': '0' });
      completed(time, pollOrder(account, orderUrl));
      expect(times()).toEqual([0, 250]);
    }));

  it('gives up after five minutes, with the last look', () =>
    virtualTime((time) => {
      const { account } = polled(time, ['pending', 'processing']);
      const error = errorOf(time, pollOrder(account, orderUrl));
      expect(error).toBeInstanceOf(AcmeTimeoutError);
      expect(error).toMatchObject({ code: 'timeout', url: orderUrl, last: { status: 'processing', url: orderUrl } });
      expect(time.scheduler.now()).toBe(300_000);
      expect(time.timers()).toBe(0);
    }));

  it('gives up when its time is over, also in the middle of a request', () =>
    virtualTime((time) => {
      const { account, ca } = polled(time, ['pending'], {}, { latencyMs: { order: 700 } });
      const error = errorOf(time, pollOrder(account, orderUrl, { timeoutMs: 500 }));
      expect(error).toMatchObject({ code: 'timeout', last: { status: 'pending' } });
      expect(time.scheduler.now()).toBe(700 + 500);
      expect(ca.aborted).toHaveLength(1);
    }));

  it('does not sleep for a day, but says when to come back', () =>
    virtualTime((time) => {
      const { account, ca } = polled(time, ['pending'], { 'retry-after': '86400' });
      const error = errorOf(time, pollOrder(account, orderUrl));
      expect(error).toMatchObject({
        code: 'timeout',
        retryAfterMs: 86_400_000,
        retryAt: new Date(Date.UTC(2026, 0, 2)),
      });
      expect([ca.history.length, time.scheduler.now()]).toEqual([1, 0]);
    }));

  it('takes a longer wait of the server where the caller allows it, and no longer one', () =>
    virtualTime((time) => {
      const pace = { timeoutMs: 100_000, maxRetryAfterMs: 60_000 };
      const patient = polled(time, ['pending', 'valid'], { 'retry-after': '60' });
      expect(completed(time, pollOrder(patient.account, orderUrl, pace).pipe(statuses)).values).toEqual([
        'pending',
        'valid',
      ]);
      const impatient = polled(time, ['pending', 'valid'], { 'retry-after': '61' });
      expect(errorOf(time, pollOrder(impatient.account, orderUrl, pace))).toBeInstanceOf(AcmeTimeoutError);
    }));

  it('errors with AcmeTimeoutError however long the server asks to wait', () =>
    virtualTime((time) => {
      const { account } = polled(time, ['pending'], { 'retry-after': '99999999999999' });
      const error = errorOf(time, pollOrder(account, orderUrl));
      expect(error).toBeInstanceOf(AcmeError);
      expect(error).toBeInstanceOf(AcmeTimeoutError);
    }));

  it('leaves no timer and no request when it is unsubscribed', () =>
    virtualTime((time) => {
      const { account, ca } = polled(time, ['pending'], {}, { latencyMs: { order: 10 } });
      time.expectObservable(pollOrder(account, orderUrl).pipe(statuses), '^ 264ms !').toBe('10ms p', { p: 'pending' });
      time.flush();
      expect(time.scheduler.now()).toBe(265);
      expect(ca.aborted).toHaveLength(1);
    }));
});

describe('pollAuthorization', () => {
  it('emits every look and completes with the settled one', () =>
    virtualTime((time) => {
      const { account, ca } = polled(time, ['pending', 'processing', 'invalid'], { 'retry-after': '2' });
      time
        .expectObservable(pollAuthorization(account, authorizationUrl).pipe(statuses))
        .toBe('p 1999ms r 1999ms (i|)', {
          p: 'pending',
          r: 'processing',
          i: 'invalid',
        });
      time.flush();
      expect(ca.operations()).toEqual(['authorization', 'authorization', 'authorization']);
    }));

  it.each(['valid', 'invalid', 'expired', 'revoked', 'deactivated', 'odd'])('is settled by %s at once', (status) =>
    virtualTime((time) => {
      const { account } = polled(time, [status]);
      expect(completed(time, pollAuthorization(account, authorizationUrl).pipe(statuses)).values).toEqual([status]);
    }),
  );

  const timedOut = () =>
    virtualTime((time) => {
      const { account } = polled(time, ['pending']);
      return errorOf(time, pollAuthorization(account, authorizationUrl, { timeoutMs: 1_000 })) as AcmeTimeoutError;
    });

  it('gives up with the last look', () => {
    const { last } = timedOut();
    expect((last as Authorization).challenges.map(({ token }) => token)).toContain('token-http-01-1-0');
  });

  it('gives up without printing a token', () => {
    const error = timedOut();
    expect(String(error)).not.toContain('token-');
    expect(inspect(error, { depth: 9 })).not.toContain('token-');
    expect(JSON.stringify(error)).not.toContain('token-');
  });
});
