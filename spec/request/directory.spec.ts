import { concat, concatMap, ignoreElements, map, merge, mergeMap, type Observable, range, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  AcmeProblemError,
  AcmeProtocolError,
  type AcmeSession,
  AcmeTransportError,
  getAccount,
  getDirectory,
  getOrder,
  newOrder,
  withRetryPolicy,
} from '../../lib/index.js';
import { directoryUrl, problem } from '../support/scripted-ca.js';
import { syncBench } from '../support/sync-ports.js';
import { completed, errorOf, record, virtualTime } from '../support/virtual-time.js';
import { bend, never, unreachable } from './scripts.js';

const anHourMs = 3_600_000;

describe('getDirectory', () => {
  it('emits the directory once and completes, by one GET without a nonce', () =>
    virtualTime(({ scheduler, expectObservable, flush }) => {
      const { ca, session } = syncBench(scheduler, { latencyMs: 3 });
      expectObservable(getDirectory(session).pipe(map(({ newOrder }) => newOrder))).toBe('---(d|)', {
        d: 'https://ca.test/newOrder',
      });
      flush();
      expect(ca.history).toHaveLength(1);
      expect(ca.history[0]?.http).toMatchObject({
        method: 'GET',
        url: directoryUrl,
        headers: { accept: 'application/json' },
      });
      expect(ca.history[0]?.http).not.toHaveProperty('body');
    }));

  it('keeps what the server says of itself, unknown members too', () =>
    virtualTime((time) => {
      const { ca, session } = syncBench(time.scheduler);
      const meta = { termsOfService: 'data:text/plain,Agree', website: 'https://ca.test/', caaIdentities: ['ca.test'] };
      ca.script(
        'directory',
        bend((body) => ({ ...body, meta: { ...meta, odd: [1] }, Xy7: 'https://ca.test/random' })),
      );
      const [directory] = completed(time, getDirectory(session)).values;
      expect(directory).toMatchObject({ url: directoryUrl, meta: { ...meta, externalAccountRequired: false } });
      expect(directory?.raw).toHaveProperty('Xy7');
    }));

  it('is one request for all who ask at the same time', () =>
    virtualTime((time) => {
      const { ca, session } = syncBench(time.scheduler, { latencyMs: 10 });
      const early = range(5).pipe(mergeMap(() => getDirectory(session)));
      const late = timer(5, time.scheduler).pipe(concatMap(() => getDirectory(session)));
      expect(completed(time, merge(early, late)).values).toHaveLength(6);
      expect(ca.operations()).toEqual(['directory']);
      expect(time.scheduler.now()).toBe(10);
    }));

  it('is one request for signed requests of one session that start together', () =>
    virtualTime((time) => {
      const { ca, account } = syncBench(time.scheduler, { latencyMs: 10 });
      completed(time, range(3).pipe(mergeMap(() => getAccount(account))));
      expect(ca.operations().filter((each) => each === 'directory')).toHaveLength(1);
    }));

  it.each([
    ['an hour', {}, anHourMs],
    ['what the session says', { directoryMaxAgeMs: 50 }, 50],
  ])('is kept for %s, by the clock', (_what, options, ageMs) => {
    const requests = (ms: number) =>
      virtualTime((time) => {
        const { ca, session } = syncBench(time.scheduler, {}, options);
        record(getDirectory(session));
        completed(time, timer(ms, time.scheduler).pipe(concatMap(() => getDirectory(session))));
        return ca.history.length;
      });
    expect([requests(ageMs - 1), requests(ageMs)]).toEqual([1, 2]);
  });

  it('is not shared by two sessions', () =>
    virtualTime((time) => {
      const benches = [syncBench(time.scheduler), syncBench(time.scheduler)];
      for (const { session } of benches) record(getDirectory(session));
      expect(benches.map(({ ca }) => ca.history.length)).toEqual([1, 1]);
    }));

  it.each([
    ['a problem', () => problem('malformed', { status: 400 }), AcmeProblemError],
    ['HTML', () => ({ body: '<html>' }), AcmeProtocolError],
    ['a directory without newOrder', bend(({ newNonce, newAccount }) => ({ newNonce, newAccount })), AcmeProtocolError],
    ['a directory with a relative URL', bend((body) => ({ ...body, newOrder: '/newOrder' })), AcmeProtocolError],
    ['a redirect', () => ({ status: 301, headers: { location: 'https://elsewhere.test/' } }), AcmeProtocolError],
  ])('keeps nothing of %s, and tells all who wait', (_what, answer, type) =>
    virtualTime((time) => {
      const { ca, session } = syncBench(time.scheduler, { latencyMs: 1 });
      ca.script('directory', answer);
      const [one, other] = [record(getDirectory(session)), record(getDirectory(session))];
      time.flush();
      expect(one.error).toBeInstanceOf(type);
      expect(other.error).toBe(one.error);
      expect(completed(time, getDirectory(session)).values).toHaveLength(1);
      expect(ca.history).toHaveLength(2);
    }),
  );

  it('is asked again where its answer is lost, five times in all', () =>
    virtualTime((time) => {
      const { ca, session } = syncBench(time.scheduler);
      ca.script('directory', unreachable, 'every');
      expect(errorOf(time, getDirectory(session))).toBeInstanceOf(AcmeTransportError);
      expect(ca.history.map(({ atMs }) => atMs)).toEqual([0, 250, 750, 1_750, 3_750]);
    }));

  it('is asked again after an error by whoever asks next', () =>
    virtualTime((time) => {
      const { ca, session } = syncBench(time.scheduler);
      ca.script('directory', () => problem('malformed', { status: 400 }));
      const directory$ = getDirectory(session);
      expect(errorOf(time, directory$)).toBeInstanceOf(AcmeProblemError);
      expect(completed(time, directory$).values).toHaveLength(1);
    }));

  it('goes on when one leaves, and is aborted when the last one does', () =>
    virtualTime((time) => {
      const { ca, session } = syncBench(time.scheduler);
      ca.script('directory', never);
      const [one, other] = [record(getDirectory(session)), record(getDirectory(session))];
      one.unsubscribe();
      expect(ca.aborted).toEqual([]);
      other.unsubscribe();
      expect(ca.aborted).toHaveLength(1);
      expect(time.timers()).toBe(0);
      expect(completed(time, getDirectory(session)).values).toHaveLength(1);
      expect(ca.history).toHaveLength(2);
    }));

  it('is asked for again after a URL of it turned out not to be there, and only then', () =>
    virtualTime((time) => {
      const { ca, account } = syncBench(time.scheduler);
      const order = () => record(newOrder(account, { identifiers: ['example.org'] }));
      const directories = () => ca.operations().filter((each) => each === 'directory').length;
      order();
      ca.script('order', () => ({ status: 404 }));
      record(getOrder(account, 'https://ca.test/order/1'));
      order();
      expect(directories()).toBe(1);
      ca.script('newOrder', () => ({ status: 404 }));
      expect(order().error).toBeInstanceOf(AcmeProblemError);
      expect(order().values).toHaveLength(1);
      expect(directories()).toBe(2);
    }));
});

describe('a directory that is asked for again, and the server away', () => {
  const [keptMs, awayAtMs] = [50, 100];
  /** What is asked for first, and later; then when the directory was asked for in vain, in ms from then on. */
  const attempts = (
    first: (bench: ReturnType<typeof syncBench>) => Observable<unknown>,
    later: (bench: ReturnType<typeof syncBench>) => Observable<unknown>,
  ) =>
    virtualTime((time) => {
      const bench = syncBench(time.scheduler, {}, { directoryMaxAgeMs: keptMs });
      const away$ = timer(awayAtMs, time.scheduler).pipe(
        concatMap(() => {
          bench.ca.script('directory', unreachable, 'every');
          return later(bench);
        }),
      );
      const { error } = completed(time, concat(first(bench).pipe(ignoreElements()), away$));
      expect(error).toBeInstanceOf(AcmeTransportError);
      const { history } = bench.ca;
      const asked = history.filter(({ operation, atMs }) => operation === 'directory' && atMs >= awayAtMs);
      return asked.map(({ atMs }) => atMs - (asked[0]?.atMs ?? 0));
    });
  const byDefault = [0, 250, 750, 1_750, 3_750];
  const impatient = (session: AcmeSession) => withRetryPolicy(session, () => undefined);

  it('is tried again as the one who asks says, whoever asked before', () => {
    const [directory, account] = [
      ({ session }: ReturnType<typeof syncBench>) => getDirectory(session),
      (bench: ReturnType<typeof syncBench>) => getAccount(bench.account),
    ];
    expect(attempts(account, directory)).toEqual(byDefault);
    expect(attempts(directory, account)).toEqual(byDefault);
    expect(attempts(({ session }) => getDirectory(impatient(session)), directory)).toEqual(byDefault);
    expect(attempts(directory, ({ session }) => getDirectory(impatient(session)))).toEqual([0]);
  });
});
