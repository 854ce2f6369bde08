import { concat, defer, finalize, from, map, NEVER, of, throwError, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  AcmeProblemError,
  acmeSession,
  type AcmeTransport,
  type CertificateTerm,
  type RenewalTime,
  type StoredRenewalTime,
  whenDue,
} from '../../lib/index.js';
import { covers } from '../support/covers.js';
import { counted } from '../support/marbles.js';
import { completed, record, virtualTime, type VirtualTime } from '../support/virtual-time.js';

covers('renewalInfo');

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const start = Date.UTC(2026, 0, 1);
const day = (days: number) => new Date(start + days * dayMs);

interface Item {
  readonly id: string;
  readonly leaf: CertificateTerm;
}

/** A certificate whose name is that of its serial number, valid for 90 days. */
const item = (id: string, notBefore = 0): Item => ({
  id,
  leaf: {
    authorityKeyIdentifier: 'aa',
    serialNumber: Buffer.from(id).toString('hex').padStart(8, '0'),
    notBeforeAt: day(notBefore),
    notAfterAt: day(notBefore + 90),
  },
});

interface Said {
  readonly from: number;
  readonly to?: number;
  readonly retryAfter?: string;
}

/** A CA that says of each certificate what it is told to, and nothing else. */
function worldOf(time: VirtualTime, say: (id: string, dayNumber: number) => Said | undefined, latencyMs = 0) {
  const scheduler = counted(time.scheduler);
  const clock = { now: () => time.scheduler.now() + start };
  const asked: [string, number][] = [];
  let open = 0;
  let most = 0;
  const reply = (json: object, headers: Record<string, string> = {}, status = 200) => ({
    status,
    headers: { 'content-type': 'application/json', ...headers },
    body: new TextEncoder().encode(JSON.stringify(json)),
  });
  const transport: AcmeTransport = ({ url }) =>
    defer(() => {
      const endpoints = ['newNonce', 'newAccount', 'newOrder', 'renewalInfo'].map((name) => [
        name,
        `https://h.test/${name}`,
      ]);
      if (url.endsWith('/dir')) return of(reply(Object.fromEntries(endpoints) as object));
      const id = Buffer.from(url.split('.').at(-1) ?? '', 'base64url')
        .toString()
        .replace(/\0/g, '');
      most = Math.max(most, ++open);
      asked.push([id, time.scheduler.now() / dayMs]);
      const said = say(id, time.scheduler.now() / dayMs);
      const answer =
        said === undefined
          ? reply({ type: 'urn:ietf:params:acme:error:serverInternal' }, {}, 500)
          : reply(
              { suggestedWindow: { start: day(said.from), end: day(said.to ?? said.from + 1e-6) } },
              { 'retry-after': said.retryAfter ?? '86400' },
            );
      const answer$ = latencyMs === 0 ? of(answer) : timer(latencyMs, time.scheduler).pipe(map(() => answer));
      return answer$.pipe(finalize(() => open--));
    });
  const session = acmeSession({
    directoryUrl: 'https://h.test/dir',
    directoryMaxAgeMs: Infinity,
    maxRequestsInFlight: Infinity,
    transport,
    scheduler,
    clock,
    random: () => 0.5,
  });
  const seen: [string, number][] = [];
  const note = ({ id }: { id: string }) => seen.push([id, Math.round((time.scheduler.now() / dayMs) * 100) / 100]);
  return { session, scheduler, asked, seen, note, most: () => most, open: () => open };
}

describe('whenDue', () => {
  it('passes each on when the server says, and asks every day until then', () =>
    virtualTime((time) => {
      const { session, asked, seen, note } = worldOf(time, (id) => ({ from: { a: 3.5, b: 1.5 }[id] ?? 0 }));
      const results = record(from([item('a'), item('b'), item('c')]).pipe(whenDue(session)), note);
      time.flush();
      expect(seen).toEqual([
        ['c', 0],
        ['b', 1.5],
        ['a', 3.5],
      ]);
      expect(results.isComplete).toBe(true);
      expect(asked).toEqual([
        ['a', 0],
        ['b', 0],
        ['c', 0],
        ['a', 1],
        ['b', 1],
        ['a', 2],
        ['a', 3],
      ]);
    }));

  it('follows a window that moves, forth and back, and into the past', () =>
    virtualTime((time) => {
      const windows: Record<string, (dayNumber: number) => number> = {
        later: (now) => (now < 2 ? 5 : 10),
        sooner: (now) => (now < 2 ? 20 : 4.5),
        revoked: (now) => (now < 7 ? 60 : -1),
      };
      const { session, seen, note } = worldOf(time, (id, now) => ({ from: windows[id]?.(now) ?? 0 }));
      record(from(Object.keys(windows).map((id) => item(id))).pipe(whenDue(session)), note);
      time.flush();
      expect(seen).toEqual([
        ['sooner', 4.5],
        ['revoked', 7],
        ['later', 10],
      ]);
    }));

  it('goes by the lifetime through an outage, and by the server again after it', () =>
    virtualTime((time) => {
      const { session, asked, seen, note } = worldOf(time, (_, now) => (now < 7 ? undefined : { from: 40 }));
      record(from([item('a'), item('b', -55)]).pipe(whenDue(session)), note);
      time.flush();
      // Two thirds of the lifetime of b are over on day 5, in the middle of the outage; it may be a hundredth earlier.
      expect(seen).toEqual([
        ['b', expect.closeTo(4.55, 0)],
        ['a', 40],
      ]);
      const times = asked.filter(([id, at]) => id === 'a' && at < 7).map(([, at]) => at * 24 * 60);
      // Each look is five requests within four seconds.
      const looks = times.filter((_, index) => index % 5 === 0);
      expect(looks.slice(0, 6).map(Math.round)).toEqual([0, 1, 6, 31, 391, 751]);
      expect([looks.length, times.length]).toEqual([31, 5 * 31]);
    }));

  it('passes on at once what has expired, and asks nobody', () =>
    virtualTime((time) => {
      const { session, asked } = worldOf(time, () => ({ from: 50 }));
      expect(completed(time, of(item('a', -91)).pipe(whenDue(session))).values).toHaveLength(1);
      expect([asked, time.scheduler.now()]).toEqual([[], 0]);
    }));

  it('never asks about one that it has passed on, or that has expired', () =>
    virtualTime((time) => {
      const { session, asked, seen, note } = worldOf(time, () => ({ from: 200, retryAfter: '43200' }));
      record(of(item('a')).pipe(whenDue(session)), note);
      time.flush();
      // A window beyond the end: a twentieth of the lifetime is kept.
      expect(seen).toEqual([['a', 85.5]]);
      expect(Math.max(...asked.map(([, at]) => at))).toBeLessThan(85.5);
    }));

  it('asks about so many at a time', () =>
    virtualTime((time) => {
      const inventory = Array.from({ length: 50 }, (_, index) => item(`n${index}`));
      const usual = worldOf(time, () => ({ from: 0 }), 100);
      completed(time, from(inventory).pipe(whenDue(usual.session)));
      const few = worldOf(time, () => ({ from: 0 }), 100);
      completed(time, from(inventory).pipe(whenDue(few.session, { maxLookUps: 3 })));
      expect([usual.most(), few.most()]).toEqual([16, 3]);
    }));

  it('has one timer for all that wait, of at most 2^31-1 ms', () =>
    virtualTime((time) => {
      const { session, scheduler } = worldOf(time, (id) => ({ from: 2 + Number(id.slice(1)) / 100 }));
      const inventory = Array.from({ length: 500 }, (_, index) => item(`n${index}`));
      let most = 0;
      record(from(inventory).pipe(whenDue(session)), () => {
        most = Math.max(most, scheduler.pending());
      });
      time.flush();
      expect(most).toBe(1);
      expect(Math.max(...scheduler.delays)).toBeLessThanOrEqual(2 ** 31 - 1);
    }));

  it('waits for longer than a timer holds where nobody is to be asked', () =>
    virtualTime((time) => {
      const { session, seen, note, scheduler } = worldOf(time, () => ({ from: 0 }));
      const { authorityKeyIdentifier: _, ...leaf } = item('a').leaf;
      record(of({ id: 'a', leaf }).pipe(whenDue(session)), note);
      time.flush();
      expect(seen).toEqual([['a', expect.closeTo(59.55, 0)]]);
      expect(scheduler.delays.length).toBeLessThan(6);
    }));

  it('tells of every look-up: when, why, and what went wrong', () =>
    virtualTime((time) => {
      const { session } = worldOf(time, (_, now) => (now < 1 ? { from: 1.5 } : undefined));
      const told: [string, RenewalTime][] = [];
      const onRenewalTime = (renewalTime: RenewalTime, { id }: Item) => told.push([id, renewalTime]);
      completed(time, of(item('a')).pipe(whenDue(session, { onRenewalTime })));
      expect(told.map(([id, { source, failures }]) => [id, source, failures])).toEqual([
        ['a', 'renewal-info', undefined],
        ...[1, 2, 3, 4, 5].map((failures) => ['a', 'renewal-info', failures]),
      ]);
      expect(told[1]?.[1].renewAt).toEqual(told[0]?.[1].renewAt);
      expect(told[1]?.[1].error).toBeInstanceOf(AcmeProblemError);
    }));

  it('goes on from what was stored, without asking before its time', () =>
    virtualTime((time) => {
      const { session, asked, seen, note } = worldOf(time, () => ({ from: 9 }));
      const stored: Record<string, StoredRenewalTime> = {
        a: { renewAt: day(5).toISOString(), askAgainAt: day(2).toISOString(), source: 'renewal-info' },
        b: { renewAt: day(1), askAgainAt: day(2), source: 'renewal-info' },
        c: { renewAt: day(-1), source: 'lifetime' },
        d: { renewAt: 'soon', source: 'lifetime' },
      };
      const previous = ({ id }: Item) => stored[id];
      record(from([...'abcd'].map((id) => item(id))).pipe(whenDue(session, { previous })), note);
      time.flush();
      expect(seen).toEqual([
        ['c', 0],
        ['b', 1],
        ['d', 9],
        ['a', 9],
      ]);
      expect(asked.filter(([id]) => id === 'a')[0]).toEqual(['a', 2]);
      expect(asked.filter(([id]) => id === 'b' || id === 'c')).toEqual([]);
    }));

  it('reads the certificate where the option says it is', () =>
    virtualTime((time) => {
      const { session, seen } = worldOf(time, () => ({ from: 2 }));
      const records = [{ key: 7, stored: { details: item('a').leaf } }];
      const due$ = from(records).pipe(whenDue(session, { certificate: ({ stored }) => stored.details }));
      record(due$, ({ key }) => seen.push([String(key), Math.round(time.scheduler.now() / dayMs)]));
      time.flush();
      expect(seen).toEqual([['7', 2]]);
    }));

  it('errors with its source, and on what is no certificate', () =>
    virtualTime((time) => {
      const { session } = worldOf(time, () => ({ from: 9 }));
      const failing = concat(
        of(item('a')),
        throwError(() => new Error('no inventory')),
      );
      expect(record(failing.pipe(whenDue(session))).error).toEqual(new Error('no inventory'));
      expect(record(of({} as Item).pipe(whenDue(session))).error).toBeInstanceOf(TypeError);
      expect(time.timers()).toBe(0);
    }));

  it('forgets everything when it is unsubscribed: what waits, and what is being asked', () =>
    virtualTime((time) => {
      const waiting = worldOf(time, () => ({ from: 9 }));
      const asking = worldOf(time, () => ({ from: 9 }), 1_000);
      const inventory = concat(from([item('a'), item('b')]), NEVER);
      const results = [waiting, asking].map(({ session }) => record(inventory.pipe(whenDue(session))));
      time.scheduler.schedule(() => {
        expect([waiting.scheduler.pending(), asking.open()]).toEqual([1, 2]);
        for (const each of results) each.unsubscribe();
        expect([waiting.scheduler.pending(), asking.open(), time.timers()]).toEqual([0, 0, 0]);
      }, 500);
      time.flush();
    }));

  it.each([0, 1.5, -1, Number.NaN, Infinity, '3'])('throws TypeError where maxLookUps is %s', (maxLookUps) =>
    virtualTime((time) => {
      const { session } = worldOf(time, () => undefined);
      expect(() => whenDue(session, { maxLookUps: maxLookUps as number })).toThrow(TypeError);
    }),
  );
});
