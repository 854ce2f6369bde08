import { concatMap, EMPTY, from, map, mergeMap, type Observable, of, range, switchMap, throwError, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  AcmeBadNonceError,
  AcmeProblemError,
  AcmeProtocolError,
  type AcmeSession,
  getAccount,
  unsignedGet,
  withNonce,
} from '../../lib/index.js';
import { problem, type ScriptedCa, type SeenRequest } from '../support/scripted-ca.js';
import { type Bench, syncBench } from '../support/sync-ports.js';
import { completed, errorOf, record, virtualTime } from '../support/virtual-time.js';
import { lost, unreachable } from './scripts.js';
import { covers } from '../support/covers.js';

covers('nonces');

const newNonceUrl = 'https://ca.test/newNonce';

/** Puts nonces into the pool, as any answer would. */
function harvest({ ca, session }: Pick<Bench, 'ca' | 'session'>, ...nonces: string[]): void {
  for (const nonce of nonces) {
    ca.script('newNonce', () => ({ status: 204, headers: { 'replay-nonce': nonce } }));
    record(unsignedGet(session, newNonceUrl));
  }
  ca.history.length = 0;
}

/** The nonces of as many leases, one after the other, none of which brings a new one. */
const leases = (session: AcmeSession, count: number): Observable<string> =>
  range(count).pipe(withNonce(session, (_, nonce) => of(nonce)));

const refusedWith = (nonce?: string) => () => problem('badNonce', {}, { 'replay-nonce': nonce });
const posts = ({ history }: ScriptedCa): SeenRequest[] => history.filter(({ http }) => http.method === 'POST');
const noncesOf = (ca: ScriptedCa): unknown[] => posts(ca).map(({ header }) => header['nonce']);
const newNonces = (ca: ScriptedCa): number => ca.operations().filter((each) => each === 'newNonce').length;

describe('handing out', () => {
  it('hands each nonce out once', () =>
    virtualTime((time) => {
      const { ca, account } = syncBench(time.scheduler, { latencyMs: 7, badNonce: (post) => post % 5 === 0 });
      const answers = completed(time, range(100).pipe(mergeMap(() => getAccount(account), 8)));
      expect(answers.values).toHaveLength(100);
      expect(posts(ca).every(({ isNonceFresh }) => isNonceFresh)).toBe(true);
      expect(new Set(noncesOf(ca)).size).toBe(posts(ca).length);
    }));

  it('hands it out once also where nothing comes of it', () =>
    virtualTime((time) => {
      const bench = syncBench(time.scheduler);
      harvest(bench, 'a', 'b', 'c');
      const fail = new Error('not sent');
      const outcomes = [throwError(() => fail), EMPTY, of('done')];
      const seen: string[] = [];
      for (const outcome of outcomes)
        record(of(0).pipe(withNonce(bench.session, (_, nonce) => (seen.push(nonce), outcome))));
      expect(seen).toEqual(['c', 'b', 'a']);
    }));

  it('never shares one between two requests in flight', () =>
    virtualTime((time) => {
      const { ca, account } = syncBench(time.scheduler, { latencyMs: 10 });
      completed(time, range(2).pipe(mergeMap(() => getAccount(account), 2)));
      expect(newNonces(ca)).toBe(2);
      expect(new Set(noncesOf(ca)).size).toBe(2);
      expect(posts(ca).map(({ atMs }) => atMs)).toEqual([20, 20]);
    }));

  it('emits in the order of the values, one at a time, and completes with the source', () =>
    virtualTime(({ scheduler, cold, expectObservable }) => {
      const bench = syncBench(scheduler);
      harvest(bench, 'a', 'b', 'c');
      const source = cold('(xyz|)');
      const results = { x: cold('--1|'), y: cold('1|'), z: cold('-12|') };
      const project = (value: string, nonce: string) => results[value as 'x'].pipe(map((digit) => nonce + digit));
      expectObservable(source.pipe(withNonce(bench.session, project))).toBe('--ab-cd|', {
        a: 'c1',
        b: 'b1',
        c: 'a1',
        d: 'a2',
      });
    }));

  it('passes on the error of the project, and that of the source', () =>
    virtualTime(({ scheduler, cold, expectObservable }) => {
      const bench = syncBench(scheduler);
      harvest(bench, 'a', 'b');
      const pass = withNonce(bench.session, () => of('ok'));
      expectObservable(cold('--#', {}, 'lost').pipe(pass)).toBe('--#', {}, 'lost');
      const fail = withNonce(bench.session, () => throwError(() => 'failed'));
      expectObservable(cold('-x').pipe(fail)).toBe('-#', {}, 'failed');
    }));
});

describe('the pool', () => {
  it('gives the newest first', () =>
    virtualTime((time) => {
      const bench = syncBench(time.scheduler);
      harvest(bench, 'first', 'second', 'third');
      expect(completed(time, leases(bench.session, 3)).values).toEqual(['third', 'second', 'first']);
      expect(bench.ca.history).toEqual([]);
    }));

  it('holds 64 and drops the oldest', () =>
    virtualTime((time) => {
      const bench = syncBench(time.scheduler);
      const all = Array.from({ length: 70 }, (_, index) => `n${index}`);
      harvest(bench, ...all);
      const { values } = completed(time, leases(bench.session, 65));
      expect(values.slice(0, 64)).toEqual(all.slice(6).reverse());
      expect(all).not.toContain(values[64]);
      expect(newNonces(bench.ca)).toBe(1);
    }));

  it.each([
    ['five minutes', {}, 300_000],
    ['what the session says', { nonceMaxAgeMs: 20 }, 20],
  ])('keeps a nonce for %s', (_what, options, ageMs) => {
    const usedAfter = (ms: number) =>
      virtualTime((time) => {
        const bench = syncBench(time.scheduler, {}, options);
        harvest(bench, 'older', 'old');
        return completed(time, timer(ms, time.scheduler).pipe(switchMap(() => leases(bench.session, 2)))).values;
      });
    expect(usedAfter(ageMs)).toEqual(['old', 'older']);
    const later = usedAfter(ageMs + 1);
    expect(later).not.toContain('old');
    expect(later).not.toContain('older');
  });

  it('drops the aged and keeps the fresh', () =>
    virtualTime((time) => {
      const bench = syncBench(time.scheduler);
      harvest(bench, 'aged');
      const later$ = timer(300_001, time.scheduler).pipe(
        switchMap(() => {
          harvest(bench, 'fresh');
          return leases(bench.session, 2);
        }),
      );
      const { values } = completed(time, later$);
      expect(values[0]).toBe('fresh');
      expect(values[1]).not.toBe('aged');
    }));

  it.each(['', ' ', 'a b', 'a=', 'a,b', 'a, b', 'ä', 'a/b', 'a+b', 'a.b', 'a\n'])(
    'ignores the malformed value %j',
    (value) =>
      virtualTime((time) => {
        const bench = syncBench(time.scheduler);
        harvest(bench, 'good', value);
        const { values } = completed(time, leases(bench.session, 2));
        expect(values[0]).toBe('good');
        expect(newNonces(bench.ca)).toBe(1);
      }),
  );

  it.each([
    ['a success', () => ({ body: { status: 'valid' }, headers: { 'replay-nonce': 'fromAnswer' } })],
    ['a problem', () => problem('unauthorized', { status: 403 }, { 'replay-nonce': 'fromAnswer' })],
    [
      'a refusal without a document',
      () => ({ status: 403, headers: { 'replay-nonce': 'fromAnswer' }, body: '<html>' }),
    ],
    [
      'a redirect',
      () => ({ status: 302, headers: { 'replay-nonce': 'fromAnswer', location: 'https://elsewhere.test/' } }),
    ],
    ['an answer that cannot be read', () => ({ headers: { 'replay-nonce': 'fromAnswer' }, body: 'no JSON' })],
  ])('takes the nonce of %s', (_what, answer) =>
    virtualTime((time) => {
      const { ca, account, session } = syncBench(time.scheduler);
      ca.script('account', answer);
      record(getAccount(account));
      expect(completed(time, leases(session, 1)).values).toEqual(['fromAnswer']);
      expect(newNonces(ca)).toBe(1);
    }),
  );

  it('is shared by the accounts of a session, and not by two sessions', () =>
    virtualTime((time) => {
      const one = syncBench(time.scheduler);
      const other = syncBench(time.scheduler);
      harvest(one, 'ofOne');
      expect(completed(time, leases(other.session, 1)).values).not.toContain('ofOne');
      record(getAccount({ ...one.account, signer: other.signer }));
      expect(noncesOf(one.ca)).toEqual(['ofOne']);
    }));
});

describe('newNonce', () => {
  it('is asked only when the pool is empty, by GET, after the directory', () =>
    virtualTime((time) => {
      const { ca, account } = syncBench(time.scheduler);
      completed(time, range(5).pipe(concatMap(() => getAccount(account))));
      expect(ca.operations()).toEqual(['directory', 'newNonce', ...Array<string>(5).fill('account')]);
      expect(ca.history[1]?.http).toMatchObject({ method: 'GET', url: newNonceUrl });
      expect(ca.history[1]?.http.headers).not.toHaveProperty('content-type');
    }));

  it.each([200, 204])('may answer with status %i', (status) =>
    virtualTime((time) => {
      const { ca, session } = syncBench(time.scheduler);
      ca.script('newNonce', () => ({ status, headers: { 'replay-nonce': 'fetched' } }));
      expect(completed(time, leases(session, 1)).values).toEqual(['fetched']);
    }),
  );

  it.each([undefined, '', 'not a nonce'])('errors where the header is %j, and says what a browser needs', (nonce) =>
    virtualTime((time) => {
      const bench = syncBench(time.scheduler);
      bench.ca.script('newNonce', () => ({ status: 204, headers: { 'replay-nonce': nonce } }), 'every');
      const error = errorOf(time, leases(bench.session, 1));
      expect(error).toBeInstanceOf(AcmeProtocolError);
      expect(error).toMatchObject({
        url: newNonceUrl,
        status: 204,
        message: expect.stringContaining('Access-Control-Expose-Headers'),
      });
    }),
  );

  it('is asked again where its answer is lost', () =>
    virtualTime((time) => {
      const { ca, account } = syncBench(time.scheduler);
      ca.script('newNonce', unreachable);
      ca.script('newNonce', lost);
      expect(completed(time, getAccount(account)).values).toHaveLength(1);
      expect(ca.history.map(({ operation, atMs }) => [operation, atMs])).toEqual([
        ['directory', 0],
        ['newNonce', 0],
        ['newNonce', 250],
        ['newNonce', 750],
        ['account', 750],
      ]);
    }));

  it('takes no place while it waits to be asked again', () =>
    virtualTime((time) => {
      const { ca, account } = syncBench(time.scheduler, {}, { maxRequestsInFlight: 1 });
      ca.script('newNonce', unreachable);
      record(getAccount(account));
      const other = record(getAccount(account));
      expect(other.values).toHaveLength(1);
    }));
});

describe('a refused nonce', () => {
  it('is followed by the nonce of that very answer, not by one of the pool', () =>
    virtualTime((time) => {
      const bench = syncBench(time.scheduler);
      harvest(bench, 'pooled', 'newest');
      bench.ca.script('account', refusedWith('ofRefusal'));
      completed(time, getAccount(bench.account));
      expect(noncesOf(bench.ca)).toEqual(['newest', 'ofRefusal']);
    }));

  it('is tried again at once, then later and later, 10 times by default', () =>
    virtualTime((time) => {
      const { ca, account } = syncBench(time.scheduler, { badNonce: () => true });
      const error = errorOf(time, getAccount(account));
      expect(error).toBeInstanceOf(AcmeBadNonceError);
      expect(error).toMatchObject({ code: 'badNonce', status: 400 });
      expect(posts(ca).map(({ atMs }) => atMs)).toEqual([0, 0, 50, 150, 350, 750, 1550, 2550, 3550, 4550, 5550]);
      expect(newNonces(ca)).toBe(1);
    }));

  it.each([0, 1, 3])('is tried again %i times where the session says so', (maxBadNonceRetries) =>
    virtualTime((time) => {
      const { ca, account } = syncBench(time.scheduler, { badNonce: () => true }, { maxBadNonceRetries });
      expect(errorOf(time, getAccount(account))).toBeInstanceOf(AcmeBadNonceError);
      expect(posts(ca)).toHaveLength(maxBadNonceRetries + 1);
    }),
  );

  it('succeeds where the last try is accepted', () =>
    virtualTime((time) => {
      const { ca, account } = syncBench(time.scheduler, { badNonce: (post) => post <= 10 });
      expect(completed(time, getAccount(account)).values).toHaveLength(1);
      expect(posts(ca)).toHaveLength(11);
    }));

  it('counts anew for each value', () =>
    virtualTime((time) => {
      const { account } = syncBench(time.scheduler, { badNonce: (post) => post % 4 !== 0 }, { maxBadNonceRetries: 3 });
      expect(completed(time, range(5).pipe(concatMap(() => getAccount(account)))).values).toHaveLength(5);
    }));

  it('runs the project again, and only that: the source is subscribed once', () =>
    virtualTime(({ scheduler, cold, expectSubscriptions, expectObservable }) => {
      const { session } = syncBench(scheduler);
      let runs = 0;
      const refusal = new AcmeBadNonceError({ type: '', subproblems: [], algorithms: [], raw: {} }, { nonce: 'next' });
      const project = (value: string, nonce: string) =>
        ++runs % 3 ? throwError(() => refusal) : of(`${value}:${nonce}`);
      const source = cold('a|');
      expectObservable(source.pipe(withNonce(session, project))).toBe('50ms (a|)', { a: 'a:next' });
      expectSubscriptions(source.subscriptions).toBe('^!');
    }));

  it('gives its nonce to nobody else, however long it waits', () =>
    virtualTime((time) => {
      const { ca, account } = syncBench(time.scheduler);
      ca.script('account', refusedWith('forA1'));
      ca.script('account', refusedWith('forA2'));
      record(getAccount(account));
      expect(newNonces(ca)).toBe(1);
      completed(time, timer(10, time.scheduler).pipe(concatMap(() => getAccount(account))));
      expect(newNonces(ca)).toBe(2);
      const nonces = noncesOf(ca);
      expect([nonces[1], nonces[3]]).toEqual(['forA1', 'forA2']);
      expect(nonces[2]).toMatch(/^nonce-/);
      expect(posts(ca).map(({ atMs }) => atMs)).toEqual([0, 0, 10, 50]);
    }));

  it('does not give its nonce to the pool when it is given up', () =>
    virtualTime((time) => {
      const { ca, account, session } = syncBench(time.scheduler, {}, { maxBadNonceRetries: 0 });
      ca.script('account', refusedWith('unused'));
      record(getAccount(account));
      expect(completed(time, leases(session, 1)).values).not.toContain('unused');
    }));

  it('leaves the pool as it is the first time', () =>
    virtualTime((time) => {
      const bench = syncBench(time.scheduler);
      harvest(bench, 'old1', 'old2', 'refused');
      bench.ca.script('account', refusedWith('ofRefusal'));
      bench.ca.script('account', () => ({ body: { status: 'valid' }, headers: { 'replay-nonce': 'ofAnswer' } }));
      record(getAccount(bench.account));
      expect(completed(time, leases(bench.session, 3)).values).toEqual(['ofAnswer', 'old2', 'old1']);
    }));

  it('drops those that are older the second time in a row, and keeps those that are younger', () =>
    virtualTime((time) => {
      const bench = syncBench(time.scheduler, { latencyMs: { account: 10 } });
      harvest(bench, 'old1', 'old2', 'refused');
      bench.ca.script('account', refusedWith('ofRefusal1'));
      bench.ca.script('account', refusedWith('ofRefusal2'));
      bench.ca.script('account', () => ({ body: { status: 'valid' }, headers: { 'replay-nonce': 'ofAnswer' } }));
      record(getAccount(bench.account));
      record(
        timer(15, time.scheduler).pipe(
          map(() => {
            harvest(bench, 'younger');
          }),
        ),
      );
      const { values } = completed(time, timer(100, time.scheduler).pipe(concatMap(() => leases(bench.session, 3))));
      expect(values.slice(0, 2)).toEqual(['ofAnswer', 'younger']);
      expect(values[2]).not.toMatch(/^old/);
      expect(newNonces(bench.ca)).toBe(1);
    }));

  it.each([undefined, '', 'no nonce'])('fetches one where the refusal brings %j, although the pool has some', (nonce) =>
    virtualTime((time) => {
      const bench = syncBench(time.scheduler);
      harvest(bench, 'pooled', 'refused');
      bench.ca.script('newNonce', () => ({ status: 204, headers: { 'replay-nonce': 'fetched' } }));
      bench.ca.script('account', refusedWith(nonce));
      completed(time, getAccount(bench.account));
      expect(noncesOf(bench.ca)).toEqual(['refused', 'fetched']);
    }),
  );

  it('does not empty the pool at a server that refuses at random, never twice in a row', () =>
    virtualTime((time) => {
      let isLastRefused = false;
      let seed = 7;
      const chance = () => (seed = (seed * 16_807) % 2_147_483_647) % 10 < 3;
      const badNonce = () => (isLastRefused = !isLastRefused && chance());
      const { ca, account } = syncBench(time.scheduler, { badNonce, latencyMs: 3 });
      completed(time, range(200).pipe(concatMap(() => getAccount(account))));
      expect(posts(ca).length).toBeGreaterThan(240);
      expect(newNonces(ca)).toBe(1);
    }));

  it('asks for few nonces at a server that refuses a fifth of them, eight requests at a time', () =>
    virtualTime((time) => {
      let seed = 11;
      const badNonce = () => (seed = (seed * 16_807) % 2_147_483_647) % 5 === 0;
      const { ca, account } = syncBench(time.scheduler, { badNonce, latencyMs: 3 });
      const { values } = completed(time, range(400).pipe(mergeMap(() => getAccount(account), 8)));
      expect(values).toHaveLength(400);
      expect(posts(ca).length).toBeGreaterThan(480);
      expect(newNonces(ca)).toBeLessThan(40);
      expect(posts(ca).every(({ isNonceFresh }) => isNonceFresh)).toBe(true);
    }));

  it('does not ask with one stale nonce after the other at a server that has lost all of them', () =>
    virtualTime((time) => {
      const bench = syncBench(time.scheduler);
      harvest(bench, ...Array.from({ length: 64 }, (_, index) => `stale${index}`));
      // The server starts anew: it takes the nonces that it gives from now on.
      bench.ca.settings.badNonce = (post) => post <= 2;
      completed(time, range(3).pipe(concatMap(() => getAccount(bench.account))));
      expect(noncesOf(bench.ca).filter((nonce) => String(nonce).startsWith('stale'))).toHaveLength(1);
    }));

  it('is told by its type, whatever its status', () =>
    virtualTime((time) => {
      const { ca, account } = syncBench(time.scheduler);
      ca.script('account', () => problem('badNonce', { status: 403 }));
      expect(completed(time, getAccount(account)).values).toHaveLength(1);
      ca.script('account', () => problem('malformed', { detail: 'badNonce' }));
      expect(errorOf(time, getAccount(account))).toBeInstanceOf(AcmeProblemError);
      expect(posts(ca)).toHaveLength(3);
    }));
});

describe('places', () => {
  it('lets no more requests of a session run than it may, first come first served', () =>
    virtualTime((time) => {
      const { ca, account } = syncBench(time.scheduler, { latencyMs: { account: 10 } }, { maxRequestsInFlight: 3 });
      completed(time, range(8).pipe(mergeMap(() => getAccount(account), 8)));
      expect(posts(ca).map(({ atMs }) => atMs)).toEqual([0, 0, 0, 10, 10, 10, 20, 20]);
    }));

  it('has 16 of them by default', () =>
    virtualTime((time) => {
      const { ca, account } = syncBench(time.scheduler, { latencyMs: { account: 10 } });
      completed(time, range(20).pipe(mergeMap(() => getAccount(account), 20)));
      expect(posts(ca).filter(({ atMs }) => atMs === 0)).toHaveLength(16);
    }));

  it('takes none while a refused request waits for its next try', () =>
    virtualTime((time) => {
      const { ca, account } = syncBench(time.scheduler, { badNonce: (post) => post <= 2 }, { maxRequestsInFlight: 1 });
      record(getAccount(account));
      record(getAccount(account));
      time.flush();
      expect(posts(ca).map(({ atMs }) => atMs)).toEqual([0, 0, 0, 50]);
    }));

  it('gives them back when a request fails', () =>
    virtualTime((time) => {
      const { ca, account } = syncBench(time.scheduler, { latencyMs: 5 }, { maxRequestsInFlight: 1 });
      ca.script('newNonce', () => problem('malformed', { status: 400 }, { 'replay-nonce': undefined }));
      ca.script('account', () => problem('malformed', { status: 400 }));
      const recordings = [1, 2, 3].map(() => record(getAccount(account)));
      time.flush();
      expect(recordings.map(({ error }) => error instanceof AcmeProblemError)).toEqual([true, true, false]);
      expect(recordings[2]?.values).toHaveLength(1);
    }));
});

describe('unsubscribing', () => {
  const settings = { latencyMs: 10, badNonce: (post: number) => post <= 3 };
  const lastMs = virtualTime((time) => {
    const { ca, account } = syncBench(time.scheduler, settings);
    completed(time, getAccount(account));
    return (posts(ca).at(-1)?.atMs ?? 0) + 10;
  });

  it.each(Array.from({ length: lastMs / 5 + 2 }, (_, index) => index * 5))(
    'after %i ms leaves no timer, no request, no place taken and no nonce to be used twice',
    (ms) =>
      virtualTime((time) => {
        const { ca, account } = syncBench(time.scheduler, settings, { maxRequestsInFlight: 1 });
        const recording = record(getAccount(account));
        let requests = 0;
        time.scheduler.schedule(() => {
          recording.unsubscribe();
          requests = ca.history.length;
          expect(time.timers()).toBe(0);
        }, ms);
        time.flush();
        expect(ca.history).toHaveLength(requests);
        const isOver = ms > lastMs;
        expect(recording.values).toHaveLength(isOver ? 1 : 0);
        const { values } = completed(time, from([1, 2]).pipe(mergeMap(() => getAccount(account), 2)));
        expect(values).toHaveLength(2);
        expect(posts(ca).every(({ isNonceFresh }) => isNonceFresh)).toBe(true);
        expect(new Set(noncesOf(ca)).size).toBe(posts(ca).length);
      }),
  );

  it('while waiting for a place gives the place to the next', () =>
    virtualTime((time) => {
      const { ca, account } = syncBench(time.scheduler, { latencyMs: { account: 10 } }, { maxRequestsInFlight: 1 });
      record(getAccount(account));
      const second = record(getAccount(account));
      const third = record(getAccount(account));
      second.unsubscribe();
      time.flush();
      expect(third.values).toHaveLength(1);
      expect(posts(ca).map(({ atMs }) => atMs)).toEqual([0, 10]);
    }));
});
