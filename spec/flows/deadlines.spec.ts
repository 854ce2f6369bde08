import { NEVER } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  AcmeTimeoutError,
  AcmeTransportError,
  deadline,
  getOrder,
  type IssuanceEvent,
  newOrder,
  obtainCertificate,
  pollOrder,
} from '../../lib/index.js';
import { completed, errorOf, virtualTime } from '../support/virtual-time.js';
import { withFakeCa } from './with-fake-ca.js';

const identifiers = ['a.test'];

describe('a deadline', () => {
  it('of a request says which one it was, and how long it was waited for', () =>
    virtualTime((time) => {
      const { ca, account } = withFakeCa(time, {}, { requestTimeoutMs: 4_000, retry: () => undefined });
      const [order] = completed(time, newOrder(account, { identifiers })).values;
      ca.script('order', { never: 'before' });
      const startedMs = time.scheduler.now();
      const error = errorOf(time, getOrder(account, order?.url ?? ''));
      expect(error).toBeInstanceOf(AcmeTransportError);
      expect((error as Error).message).toBe(`POST ${order?.url ?? ''}: no whole answer within 4000 ms`);
      expect(time.scheduler.now() - startedMs).toBe(4_000);
    }));

  it('of a request holds for an answer whose body never ends', () =>
    virtualTime((time) => {
      const { account } = withFakeCa(
        time,
        {},
        { requestTimeoutMs: 4_000, retry: () => undefined, interceptors: [() => NEVER] },
      );
      expect(errorOf(time, newOrder(account, { identifiers }))).toBeInstanceOf(AcmeTransportError);
      expect([time.scheduler.now(), time.timers()]).toEqual([4_000, 0]);
    }));

  it('of a poll says the last status, and when the server wants to be asked next', () =>
    virtualTime((time) => {
      const { account, ca, clock } = withFakeCa(time);
      ca.script('order', { headers: { 'retry-after': '120' } }, 'always');
      const [order] = completed(time, newOrder(account, { identifiers })).values;
      const error = errorOf(time, pollOrder(account, order?.url ?? '', { timeoutMs: 60_000 }));
      expect(error).toBeInstanceOf(AcmeTimeoutError);
      expect(error).toMatchObject({ url: order?.url, retryAfterMs: 120_000, last: { status: 'pending' } });
      const retryAt = new Date(clock.now() + 120_000);
      expect(error).toMatchObject({ retryAt });
      expect((error as Error).message).toMatch(/the order is still "pending"/);
      expect((error as Error).message).toContain(retryAt.toISOString());
    }));

  it('of an order within its workflow says the same, and which order it was', () =>
    virtualTime((time) => {
      const { obtained, solver } = withFakeCa(time, { issuance: { delayMs: Infinity } });
      const { error, values } = obtained({ poll: { timeoutMs: 30_000 } });
      expect(error).toBeInstanceOf(AcmeTimeoutError);
      expect(error).toMatchObject({
        orderUrl: values[0]?.orderUrl,
        last: { status: 'processing' },
        message: expect.stringContaining('is still "processing"') as unknown,
      });
      expect([solver.presented, time.timers()]).toEqual([[], 0]);
    }));

  it('of the whole, by the operator, knows the last event, and everything is withdrawn', () =>
    virtualTime((time) => {
      const { account, solver } = withFakeCa(time, { validation: { delayMs: Infinity } });
      const onTimeout = (last: IssuanceEvent | undefined) =>
        new AcmeTimeoutError(`no certificate in time; the last that happened was ${last?.type ?? 'nothing'}`, last);
      const events$ = obtainCertificate(account, { identifiers, solvers: [solver] }).pipe(
        deadline({ forMs: 20_000, scheduler: time.scheduler, onTimeout }),
      );
      const { error } = completed(time, events$);
      expect(error).toMatchObject({
        message: 'no certificate in time; the last that happened was polled',
        last: { type: 'polled', status: 'pending' },
      });
      expect([solver.presented, time.timers()]).toEqual([[], 0]);
    }));
});
