import { concatMap, type SchedulerLike, type TimestampProvider } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  autoRenewal,
  cancelAutoRenewal,
  getOrder,
  obtainCertificate,
  type Order,
  toCertificate,
} from '../../lib/index.js';
import { fakeCa, recordingSolver, testAccount, virtualTime } from '../../lib/testing/index.js';
import { covers } from '../support/covers.js';

covers('star');

const inTime = (spec: (world: ReturnType<typeof worldIn> & { flush: () => void }) => void) => () =>
  virtualTime(({ scheduler, clock, flush }) => spec({ ...worldIn(scheduler, clock), flush }));

function worldIn(scheduler: SchedulerLike, clock: TimestampProvider) {
  const ca = fakeCa({ scheduler, clock, autoRenewal: {} });
  const account = testAccount(ca, { scheduler, clock });
  let order: Order | undefined;
  obtainCertificate(account, {
    identifiers: ['example.org'],
    solvers: [recordingSolver()],
    extensions: [autoRenewal({ endAt: new Date('2026-02-01T00:00:00Z'), lifetimeMs: 86_400_000 })],
  })
    .pipe(
      toCertificate(),
      concatMap(({ orderUrl = '' }) => getOrder(account, orderUrl)),
    )
    .subscribe((found) => (order = found));
  const seen: unknown[] = [];
  const cancel = (which = order as Order) => {
    cancelAutoRenewal(account, which).subscribe({
      next: ({ status }) => seen.push(status),
      error: (error: unknown) => seen.push(error),
      complete: () => seen.push('|'),
    });
  };
  const posts = () =>
    ca.history.requests.filter(({ operation, payload }) => operation === 'order' && payload !== '').length;
  return { ca, account, order: order as Order, seen, cancel, posts };
}

describe('cancelAutoRenewal', () => {
  it(
    'asks once, and emits the order',
    inTime(({ ca, cancel, seen }) => {
      cancel();
      expect(seen).toEqual(['canceled', '|']);
      expect(ca.history.requests.at(-1)?.payload).toEqual({ status: 'canceled' });
    }),
  );

  it.each(['before', 'after'] as const)('finds out what became of it where it is lost %s it was carried out', (lost) =>
    inTime(({ ca, cancel, seen, flush, posts }) => {
      ca.script('order', { lost });
      cancel();
      flush();
      expect(seen).toEqual(['canceled', '|']);
      expect(posts()).toBe(lost === 'before' ? 2 : 1);
    })(),
  );

  it(
    'errors where the server says yes and goes on',
    inTime(({ ca, cancel, seen }) => {
      ca.script('order', { edit: (order) => ({ ...order, status: 'valid' }) });
      cancel();
      expect(seen).toMatchObject([{ code: 'protocol' }]);
    }),
  );

  it(
    'errors where there is nothing to be ended any more',
    inTime(({ cancel, seen }) => {
      cancel();
      cancel();
      expect(seen[2]).toMatchObject({
        status: 400,
        problem: { type: 'urn:ietf:params:acme:error:autoRenewalCancellationInvalid' },
      });
    }),
  );

  it.each(['pending', 'ready', 'processing', 'invalid', 'canceled'])(
    'throws TypeError on an order that is %s',
    (status) =>
      inTime(({ account, order }) => {
        expect(() => cancelAutoRenewal(account, { ...order, status })).toThrow(`this one is ${status}`);
      })(),
  );
});
