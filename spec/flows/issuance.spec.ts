import { concatMap, map, of } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { AcmeProtocolError, AcmeRateLimitedError, AcmeTimeoutError, obtainCertificate } from '../../lib/index.js';
import { bend, lost, unreachable } from '../request/scripts.js';
import { problem } from '../support/scripted-ca.js';
import { recordingSolver, syncBench } from '../support/sync-ports.js';
import { completed, record, virtualTime } from '../support/virtual-time.js';
import { obtained, startMs } from './obtained.js';
import { ofType, told } from './told.js';

describe('an order that takes its time', () => {
  it('is told event by event, and its waits with it', () =>
    virtualTime((time) => {
      const { values, times, solver } = obtained(time, {
        latencyMs: 10,
        validationMs: 3_000,
        issuanceMs: 2_000,
        retryAfter: { challenge: '2', finalize: '1', order: '4' },
      });
      expect(values.map((event) => [event.at.getTime() - startMs, told(event)])).toEqual([
        [30, 'order-created pending'],
        [40, 'authorization-pending example.org http-01'],
        [40, 'challenge-presented example.org http-01'],
        [50, 'challenge-answered example.org http-01 processing'],
        [50, 'waiting pending'],
        [2_060, 'polled pending'],
        [6_070, 'polled ready'],
        [6_070, 'authorization-settled example.org valid'],
        [6_070, 'order-ready'],
        [6_080, 'order-finalized processing'],
        [6_080, 'waiting processing'],
        [7_090, 'polled processing'],
        [11_100, 'polled valid'],
        [11_110, 'certificate-issued'],
      ]);
      expect(ofType(values, 'polled').map(({ nextPollAt }) => nextPollAt && nextPollAt.getTime() - startMs)).toEqual([
        6_060,
        undefined,
        11_090,
        undefined,
      ]);
      expect(times('order')).toEqual([2_050, 6_060, 7_080, 11_090]);
      expect(solver.calls.map(({ what, atMs }) => [what, atMs])).toEqual([
        ['present', 40],
        ['ready', 40],
        ['cleanUp', 6_070],
      ]);
      expect(values.every(({ orderUrl }) => orderUrl === 'https://ca.test/order/1')).toBe(true);
    }));

  it('says of each event when it happened', () =>
    virtualTime((time) => {
      const { account } = syncBench(time.scheduler, { latencyMs: 10, validationMs: 3_000, issuanceMs: 2_000 });
      const late: string[] = [];
      record(obtainCertificate(account, { identifiers: ['example.org'], solvers: [recordingSolver()] }), (event) => {
        const lateMs = startMs + time.scheduler.now() - event.at.getTime();
        if (lateMs !== 0) late.push(`${told(event)}: ${lateMs} ms`);
      });
      time.flush();
      expect(late).toEqual([]);
    }));

  it('is looked at by its own pace where the server says nothing', () =>
    virtualTime((time) => {
      const { times } = obtained(time, { validationMs: 600, issuanceMs: 600 });
      expect(times('order')).toEqual([250, 625, 875, 1_250]);
    }));

  it('honours the longest Retry-After among the answers to its challenges, not that of newOrder', () =>
    virtualTime((time) => {
      const { times } = obtained(
        time,
        { validationMs: 100, retryAfter: { newOrder: '60' } },
        {
          identifiers: ['a.test', 'b.test', 'c.test'],
          script: (ca) => {
            for (const seconds of ['3', '9', '6'])
              ca.script(
                'challenge',
                bend((body) => body, { 'retry-after': seconds }),
              );
          },
        },
      );
      expect(times('order')).toEqual([9_000]);
    }));

  it('keeps its own pace where only newOrder asked for a wait', () =>
    virtualTime((time) => {
      expect(obtained(time, { validationMs: 100, retryAfter: { newOrder: '60' } }).times('order')).toEqual([250]);
    }));

  it('honours a Retry-After date of the server’s own clock in the answer to finalize', () =>
    virtualTime((time) => {
      const headers = { date: 'Thu, 01 Jan 1998 00:00:00 GMT', 'retry-after': 'Thu, 01 Jan 1998 00:00:05 GMT' };
      const { times } = obtained(
        time,
        { issuanceMs: 100 },
        {
          script: (ca) =>
            ca.script(
              'finalize',
              bend((body) => body, headers),
            ),
        },
      );
      expect(times('order')).toEqual([5_000]);
    }));

  it('takes its pace from the options', () =>
    virtualTime((time) => {
      const poll = { firstMs: 1_000, factor: 2, jitter: 0, maxMs: 3_000 };
      const { times } = obtained(time, { validationMs: 9_000 }, { poll });
      expect(times('order')).toEqual([1_000, 3_000, 6_000, 9_000]);
    }));

  it('never asks a challenge more than once, and no authorization while it waits', () =>
    virtualTime((time) => {
      const { ca } = obtained(time, { validationMs: 60_000 }, { identifiers: ['a.test', 'b.test'] });
      const operations = ca.operations();
      expect(operations.filter((each) => each === 'challenge')).toHaveLength(2);
      expect(operations.filter((each) => each === 'authorization')).toHaveLength(2);
    }));
});

describe('time runs out', () => {
  it.each([
    ['pending', { validationMs: Infinity }, 1],
    ['processing', { issuanceMs: Infinity }, 1],
  ])(
    'where the order stays %s: the last state is in the error, and everything is cleaned up',
    (status, settings, cleanUps) =>
      virtualTime((time) => {
        const { error, solver } = obtained(time, settings);
        expect(error).toBeInstanceOf(AcmeTimeoutError);
        expect(error).toMatchObject({
          code: 'timeout',
          url: 'https://ca.test/order/1',
          last: { status, url: 'https://ca.test/order/1' },
        });
        expect(time.scheduler.now()).toBe(300_000);
        expect(solver.names('cleanUp')).toHaveLength(cleanUps);
        expect(time.timers()).toBe(0);
      }),
  );

  it('where the options say so', () =>
    virtualTime((time) => {
      expect(obtained(time, { validationMs: Infinity }, { poll: { timeoutMs: 5_000 } }).error).toBeInstanceOf(
        AcmeTimeoutError,
      );
      expect(time.scheduler.now()).toBe(5_000);
    }));

  it('at once where the server wants to be asked in a day, and says when that is', () =>
    virtualTime((time) => {
      const { error, solver } = obtained(time, { issuanceMs: Infinity, retryAfter: { finalize: '86400' } });
      expect(error).toMatchObject({
        code: 'timeout',
        retryAt: new Date(startMs + 86_400_000),
        last: { status: 'processing' },
      });
      expect([time.scheduler.now(), solver.names('cleanUp')]).toEqual([0, ['example.org']]);
    }));

  it('with an error of ours however long the server wants to be left alone', () =>
    virtualTime((time) => {
      const { error } = obtained(time, { issuanceMs: Infinity, retryAfter: { finalize: '99999999999999' } });
      expect(error).toBeInstanceOf(AcmeTimeoutError);
    }));
});

describe('what ends an order is passed on as it is', () => {
  it.each(['newOrder', 'authorization', 'order', 'finalize', 'certificate'] as const)(
    'rate limiting at %s',
    (operation) =>
      virtualTime((time) => {
        const { error, solver } = obtained(
          time,
          { validationMs: 100, issuanceMs: 100 },
          {
            script: ({ script }) =>
              script(operation, () => problem('rateLimited', { status: 429 }, { 'retry-after': '120' })),
          },
        );
        expect(error).toBeInstanceOf(AcmeRateLimitedError);
        expect(error).toMatchObject({ retryAfterMs: 120_000, url: expect.stringContaining(operation) });
        if (operation !== 'newOrder') expect(error).toMatchObject({ orderUrl: 'https://ca.test/order/1' });
        expect(solver.names('cleanUp')).toEqual(solver.names('present'));
      }),
  );

  it('an answer that cannot be read', () =>
    virtualTime((time) => {
      const { error } = obtained(
        time,
        {},
        { script: ({ script }) => script('authorization', () => ({ body: '<html>' })) },
      );
      expect(error).toBeInstanceOf(AcmeProtocolError);
    }));
});

it('asks for a new order each time it is subscribed', () =>
  virtualTime((time) => {
    const { account } = syncBench(time.scheduler);
    const events$ = obtainCertificate(account, { identifiers: ['example.org'], solvers: [recordingSolver()] });
    const urls = of(1, 2).pipe(
      concatMap(() => events$),
      map(({ orderUrl }) => orderUrl),
    );
    expect(new Set(completed(time, urls).values)).toEqual(
      new Set(['https://ca.test/order/1', 'https://ca.test/order/2']),
    );
  }));
describe('when one answer is lost', () => {
  const operations = [
    'directory',
    'newNonce',
    'newOrder',
    'authorization',
    'challenge',
    'order',
    'finalize',
    'certificate',
  ] as const;

  it.each(operations)('that of %s, after it was carried out, the certificate comes all the same', (operation) =>
    virtualTime((time) => {
      const { isComplete, ca } = obtained(
        time,
        { validationMs: 100, issuanceMs: 100 },
        { script: ({ script }) => script(operation, lost) },
      );
      expect(isComplete).toBe(true);
      expect(ca.operations().filter((each) => each === 'challenge')).toHaveLength(1);
      expect(ca.operations().filter((each) => each === 'finalize')).toHaveLength(1);
      expect(ca.history.every(({ isNonceFresh, http }) => isNonceFresh || http.method === 'GET')).toBe(true);
    }),
  );

  it.each(operations.filter((each) => each !== 'challenge'))(
    'that of %s, before it was carried out, the certificate comes all the same',
    (operation) =>
      virtualTime((time) => {
        const { isComplete } = obtained(
          time,
          { validationMs: 100, issuanceMs: 100 },
          { script: ({ script }) => script(operation, unreachable) },
        );
        expect(isComplete).toBe(true);
      }),
  );
});

describe('with one place for requests', () => {
  it('an order of many names comes to its end, one request after the other', () =>
    virtualTime((time) => {
      const { ca, account } = syncBench(
        time.scheduler,
        { latencyMs: 10, validationMs: 50, issuanceMs: 50 },
        { maxRequestsInFlight: 1 },
      );
      const identifiers = Array.from({ length: 10 }, (_, index) => `host-${index}.test`);
      expect(
        completed(time, obtainCertificate(account, { identifiers, solvers: [recordingSolver()] })).isComplete,
      ).toBe(true);
      const times = ca.history.map(({ atMs }) => atMs);
      expect(new Set(times).size).toBe(times.length);
    }));

  it.each(['newNonce', 'authorization', 'challenge', 'order', 'finalize', 'certificate'] as const)(
    'a lost answer of %s does not block it',
    (operation) =>
      virtualTime((time) => {
        const { ca, account } = syncBench(
          time.scheduler,
          { latencyMs: 10, validationMs: 50, issuanceMs: 50 },
          { maxRequestsInFlight: 1 },
        );
        ca.script(operation, lost);
        const events$ = obtainCertificate(account, { identifiers: ['a.test', 'b.test'], solvers: [recordingSolver()] });
        expect(completed(time, events$).isComplete).toBe(true);
      }),
  );
});
