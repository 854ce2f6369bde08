import { concat, concatMap, defer, EMPTY, from, NEVER, of, retry, take, throwError, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  abandonedOrders,
  type AcmeError,
  AcmePortError,
  type Journal,
  type JournalEntry,
  memoryJournal,
  obtainCertificate,
  recordOrders,
  resumeOrder,
  toCertificate,
  withFallback,
} from '../../lib/index.js';
import { type FakeCaOptions, recordingSolver } from '../../lib/testing/index.js';
import { memoryKeyStore } from '../flows/told.js';
import { withFakeCa } from '../flows/with-fake-ca.js';
import { completed, record, virtualTime, type VirtualTime } from '../support/virtual-time.js';

function bench(time: VirtualTime, options: FakeCaOptions = {}, journal: Journal = memoryJournal()) {
  const detached: AcmeError[] = [];
  const made = withFakeCa(time, options, { onDetachedError: (error) => detached.push(error) });
  const { account, solver } = made;
  const obtain$ = obtainCertificate(account, { identifiers: ['a.test'], solvers: [solver] });
  const entries = (): readonly JournalEntry[] => record(from(journal.read())).values;
  const recorded$ = obtain$.pipe(recordOrders(account, journal));
  return { ...made, journal, detached, obtain$, recorded$, entries };
}

describe('recordOrders', () => {
  it('has the order written when it tells of it, and erased when the certificate was passed on', () =>
    virtualTime((time) => {
      const { recorded$, entries, account, detached } = bench(time);
      const seen: [string, number][] = [];
      const { values } = completed(
        time,
        defer(() => recorded$.pipe(concatMap((event) => (seen.push([event.type, entries().length]), of(event))))),
      );
      expect(new Set(seen.map(([, count]) => count))).toEqual(new Set([1]));
      expect(seen.at(-1)?.[0]).toBe('certificate-issued');
      expect(entries()).toEqual([]);
      expect([values.length, detached, time.timers()]).toEqual([seen.length, [], 0]);
      const [first] = values;
      const open = bench(time, { validation: { delayMs: Infinity } });
      record(open.recorded$);
      expect(open.entries()).toMatchObject([
        { type: 'order', accountUrl: account.url, identifiers: [{ type: 'dns', value: 'a.test' }], at: first?.at },
      ]);
    }));

  it('adds no turn: it all happens in one frame where nothing takes time', () =>
    virtualTime((time) => {
      const { recorded$ } = bench(time);
      time
        .expectObservable(
          recorded$.pipe(
            toCertificate(),
            concatMap(() => of('c')),
          ),
        )
        .toBe('(c|)');
    }));

  it('forgets the order also where the stream is left at the certificate', () =>
    virtualTime((time) => {
      const { recorded$, entries } = bench(time);
      const issued = completed(time, recorded$.pipe(toCertificate(), take(1)));
      expect(issued.values).toHaveLength(1);
      expect(entries()).toEqual([]);
    }));

  it('keeps the order where the stream is left before, or the connection is lost, or a rate limit is met', () =>
    virtualTime((time) => {
      const left = bench(time, { validation: { delayMs: 60_000 } });
      const recording = record(left.recorded$);
      time.scheduler.schedule(() => recording.unsubscribe(), 30_000);
      time.flush();
      expect(left.entries()).toHaveLength(1);
      const lost = bench(time);
      lost.ca.script('challenge', { lost: 'before' }, 'always');
      expect(completed(time, lost.recorded$).error).toMatchObject({ code: 'transport' });
      expect(lost.entries()).toHaveLength(1);
      const limited = bench(time);
      limited.ca.failNext('finalize', { type: 'rateLimited', retryAfter: '3600' });
      expect(completed(time, limited.recorded$).error).toMatchObject({ code: 'rateLimited' });
      expect(limited.entries()).toHaveLength(1);
    }));

  it.each<[string, FakeCaOptions]>([
    ['its name is not proven', { solver: undefined, validation: { outcome: () => ({ type: 'connection' }) } }],
    ['it is not issued', { issuance: { delayMs: 10, outcome: () => ({ type: 'serverInternal' }) } }],
  ])('forgets an order that has come to nothing: %s', (_, options) =>
    virtualTime((time) => {
      const { recorded$, entries } = bench(time, options);
      expect(['authorization', 'order']).toContain((completed(time, recorded$).error as AcmeError).code);
      expect(entries()).toEqual([]);
    }),
  );

  it('forgets the order before where the stream goes on with another one', () =>
    virtualTime((time) => {
      const { account, ca, journal, obtain$, entries } = bench(time);
      ca.script('challenge', { lost: 'before' }, (occurrence) => occurrence < 9 && ca.history.count('newOrder') === 1);
      const seen: number[] = [];
      const { values } = completed(
        time,
        obtain$.pipe(
          retry({ count: 3, delay: () => timer(60_000, time.scheduler) }),
          recordOrders(account, journal),
          concatMap((event) => (seen.push(entries().length), of(event))),
        ),
      );
      expect(ca.history.count('newOrder')).toBeGreaterThan(1);
      expect([values.at(-1)?.type, Math.max(...seen), entries()]).toEqual(['certificate-issued', 1, []]);
    }));

  it('follows a fallback from order to order', () =>
    virtualTime((time) => {
      const outcome = ({ type }: { readonly type: string }) =>
        type === 'http-01' ? ({ type: 'connection' } as const) : undefined;
      const { account, journal, entries } = bench(time, { solver: undefined, validation: { outcome } });
      const solvers = ['http-01', 'dns-01'].map((type) => recordingSolver({ types: [type] }));
      const seen: string[] = [];
      const { values } = completed(
        time,
        withFallback(account, { solvers }, (each) =>
          obtainCertificate(account, { identifiers: ['a.test'], solvers: each }),
        ).pipe(
          recordOrders(account, journal),
          concatMap((event) => {
            if (event.type === 'order-created') seen.push(...entries().map(({ id }) => id));
            return of(event);
          }),
        ),
      );
      const orders = values.filter(({ type }) => type === 'order-created').map(({ orderUrl }) => orderUrl);
      expect([seen, orders.length, entries()]).toEqual([orders, 2, []]);
    }));

  it('errors with the order’s URL where it cannot be written; the proofs are withdrawn', () =>
    virtualTime((time) => {
      const cause = new Error('the disk is full');
      const late = () =>
        concat(
          timer(5, time.scheduler),
          throwError(() => cause),
        );
      const { recorded$, solver } = bench(
        time,
        { validation: { delayMs: 10_000 } },
        { ...memoryJournal(), write: late },
      );
      const { error } = completed(time, recorded$);
      expect(error).toBeInstanceOf(AcmePortError);
      expect(error).toMatchObject({ port: 'journal', cause, orderUrl: expect.stringContaining('https://ca.test/') });
      expect([solver.withdrawn.length, solver.presented, time.timers()]).toEqual([1, [], 0]);
    }));

  it('does not spoil a certificate where the entry cannot be erased: the session hears of it', () =>
    virtualTime((time) => {
      const journal = { ...memoryJournal(), erase: () => throwError(() => new Error('read only')) };
      const { recorded$, detached } = bench(time, {}, journal);
      const { values, error } = completed(time, recorded$);
      expect([values.at(-1)?.type, error]).toEqual(['certificate-issued', undefined]);
      expect(detached).toMatchObject([{ port: 'journal' }]);
    }));

  it('is taken up by another process, which resumes the order and forgets it', () =>
    virtualTime((time) => {
      const keyStore = memoryKeyStore();
      const first = bench(time, { validation: { delayMs: 20_000 }, issuance: { delayMs: 20_000 } });
      const csr = '-----BEGIN CERTIFICATE REQUEST-----\nMAA=\n-----END CERTIFICATE REQUEST-----\n';
      const options = { identifiers: ['a.test'], solvers: [first.solver], keyStore };
      const killed = record(
        obtainCertificate(first.account, options).pipe(
          recordOrders(first.account, first.journal, { keyReference: 'k' }),
        ),
      );
      time.scheduler.schedule(() => killed.unsubscribe(), 30_000);
      time.flush();
      // Another process: another journal object over the same entries.
      const [entry] = first.entries();
      const journal = memoryJournal(first.entries());
      expect(entry).toMatchObject({ keyReference: 'k' });
      const during: JournalEntry[] = [];
      const resumed$ = abandonedOrders(journal).pipe(
        concatMap((each) =>
          resumeOrder(first.account, each.orderUrl, { solvers: [first.solver], keyStore }).pipe(
            recordOrders(first.account, journal, { ...each, csr }),
          ),
        ),
        concatMap((event) => {
          during.push(...record(from(journal.read())).values);
          expect(record(abandonedOrders(journal)).values).toEqual([]);
          return of(event);
        }),
      );
      const { values } = completed(time, resumed$);
      expect(values.map(({ type }) => type)).toContain('certificate-issued');
      expect(values[0]).toMatchObject({ type: 'order-created', resumed: true });
      expect(during[0]).toMatchObject({ keyReference: 'k', csr });
      expect(record(from(journal.read())).values).toEqual([]);
    }));

  it('forgets an order that the server does not know any more', () =>
    virtualTime((time) => {
      const { account, ca, journal, entries } = bench(time);
      const orderUrl = 'https://ca.test/order/gone';
      const order = { type: 'order', id: orderUrl, orderUrl, accountUrl: account.url, identifiers: [] } as const;
      record(from(journal.write({ ...order, at: new Date(0) })));
      ca.script('order', { problem: { type: 'malformed', status: 404 } }, 'always');
      const { error } = completed(
        time,
        resumeOrder(account, orderUrl, { solvers: [] }).pipe(recordOrders(account, journal)),
      );
      expect(error).toMatchObject({ code: 'problem' });
      expect(entries()).toEqual([]);
    }));

  it('keeps a request as PEM, whichever way it is given', () =>
    virtualTime((time) => {
      const { account, journal, entries } = bench(time, { validation: { delayMs: Infinity } });
      const event = {
        type: 'order-created',
        at: new Date(0),
        orderUrl: 'https://ca.test/order/1',
        status: 'pending',
      } as const;
      const events$ = concat(of({ ...event, identifiers: [], resumed: false } as const), NEVER);
      const going = record(events$.pipe(recordOrders(account, journal, { csr: Uint8Array.of(0x30, 0) })));
      expect(entries()).toMatchObject([
        { csr: '-----BEGIN CERTIFICATE REQUEST-----\nMAA=\n-----END CERTIFICATE REQUEST-----\n' },
      ]);
      going.unsubscribe();
    }));

  it('refuses what is no journal', () =>
    virtualTime((time) => {
      const { account } = bench(time);
      expect(() => recordOrders(account, {} as never)).toThrow(TypeError);
      expect(() => abandonedOrders({ read: () => EMPTY } as never)).toThrow(TypeError);
    }));
});
