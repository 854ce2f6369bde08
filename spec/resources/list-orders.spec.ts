import { take } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { AcmeProtocolError, AcmeUnsupportedError, listOrders } from '../../lib/index.js';
import { bend } from '../request/scripts.js';
import type { Operation } from '../support/scripted-ca.js';
import { syncBench } from '../support/sync-ports.js';
import { completed, errorOf, record, virtualTime, type VirtualTime } from '../support/virtual-time.js';
import { covers } from '../support/covers.js';

covers('orderList');

const first = 'https://ca.test/orders/1';
const order = (number: number) => `https://ca.test/order/${number}`;
const orders = 'orders' as Operation;
const next = { link: '<https://ca.test/directory>;rel="index", </orders/1?page=2>;rel="next"' };

function benchWith(time: VirtualTime, latencyMs = 0) {
  const bench = syncBench(time.scheduler, { latencyMs });
  bench.ca.script(
    'account',
    bend((body: object) => ({ ...body, orders: first })),
    'every',
  );
  return { ...bench, pages: () => bench.ca.operations().filter((each) => each === orders).length };
}

describe('listOrders', () => {
  it('emits the orders of page after page, in both forms, then completes', () =>
    virtualTime((time) => {
      const { ca, account } = benchWith(time);
      ca.script(orders, () => ({ body: { orders: [order(1), order(2)] }, headers: next }), 1);
      ca.script(orders, () => ({ body: [order(3)] }), 2);
      const { values, isComplete } = completed(time, listOrders(account));
      expect([values, isComplete]).toEqual([[order(1), order(2), order(3)], true]);
      expect(ca.history.slice(-2).map(({ http, payload }) => [http.url, payload])).toEqual([
        [first, ''],
        [`${first}?page=2`, ''],
      ]);
    }));

  it.each([{ orders: [] }, [], { orders: null }, 'null'])('emits nothing for %j', (body) =>
    virtualTime((time) => {
      const { ca, account } = benchWith(time);
      ca.script(orders, () => ({ body }));
      expect(completed(time, listOrders(account))).toMatchObject({ values: [], isComplete: true });
    }),
  );

  it.each([0, 10])('reads no page that nobody waits for, at a latency of %i ms', (latencyMs) =>
    virtualTime((time) => {
      const { ca, account, pages } = benchWith(time, latencyMs);
      ca.script(orders, () => ({ body: [order(1), order(2)], headers: next }), 'every');
      expect(completed(time, listOrders(account).pipe(take(2))).values).toEqual([order(1), order(2)]);
      expect(pages()).toBe(1);
    }),
  );

  it('aborts the page under way when it is unsubscribed', () =>
    virtualTime((time) => {
      const { ca, account } = benchWith(time, 10);
      ca.script(orders, () => ({ body: [order(1)], headers: next }), 'every');
      const recording = record(listOrders(account));
      time.scheduler.schedule(() => recording.unsubscribe(), 45);
      time.flush();
      expect(ca.aborted).toHaveLength(1);
    }));

  it('errors after what it has read where a page leads back, each time anew', () =>
    virtualTime((time) => {
      const { ca, account, pages } = benchWith(time);
      ca.script(orders, () => ({ body: [order(1)], headers: next }), 'every');
      const list$ = listOrders(account);
      for (let run = 1; run <= 2; run++) {
        const { values, error } = completed(time, list$);
        expect(values).toEqual([order(1), order(1)]);
        expect(error).toBeInstanceOf(AcmeProtocolError);
        expect(pages()).toBe(2 * run);
      }
    }));

  it('reads a thousand pages and no more', () =>
    virtualTime((time) => {
      const { ca, account, pages } = benchWith(time, 1);
      let page = 0;
      ca.script(
        orders,
        () => ({ body: [order(++page)], headers: { link: `</orders/1?page=${page}>;rel="next"` } }),
        'every',
      );
      const { values, error } = completed(time, listOrders(account));
      expect([values.length, pages()]).toEqual([1_000, 1_000]);
      expect(error).toMatchObject({ code: 'protocol', message: expect.stringContaining('1000 pages') as unknown });
    }));

  it.each([{ orders: ['order/1'] }, { orders: 'x' }, {}, [7], '"x"'])('errors where a page is %j', (body) =>
    virtualTime((time) => {
      const { ca, account } = benchWith(time);
      ca.script(orders, () => ({ body }));
      expect(errorOf(time, listOrders(account))).toBeInstanceOf(AcmeProtocolError);
    }),
  );

  it('errors where the account has no list', () =>
    virtualTime((time) => {
      const { account } = syncBench(time.scheduler);
      expect(errorOf(time, listOrders(account))).toBeInstanceOf(AcmeUnsupportedError);
    }));
});
