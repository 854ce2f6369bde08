import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  AcmeProblemError,
  AcmeProtocolError,
  acmeSession,
  AcmeTransportError,
  AcmeUnsupportedError,
  type CertificateTerm,
  type RenewalTime,
  renewalTime,
  type StoredRenewalTime,
} from '../../lib/index.js';
import { fractionOf } from '../../lib/codec/fraction-of.js';
import { scriptedReplies, type ScriptedReply } from '../../lib/testing/index.js';
import { readCertificate } from '../../lib/x509/certificate-details.js';
import { covers } from '../support/covers.js';
import { offsetClock } from '../support/sync-ports.js';
import { completed, record, virtualTime, type VirtualTime } from '../support/virtual-time.js';
import { exampleCertificate } from '../x509/vector-rfc9773.js';

covers('renewalInfo');

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const start = Date.UTC(2026, 0, 1);
const day = (days: number) => new Date(start + days * dayMs);
const base = 'https://h.test/renewal-info';
const term: CertificateTerm = {
  authorityKeyIdentifier: '69885b6b87464041e1b37b847ba0ae2cde01c8d4',
  serialNumber: '0087654321',
  notBeforeAt: day(-30),
  notAfterAt: day(60),
};
const windowOf = (from: number, to: number) => ({
  start: day(from).toISOString(),
  end: day(to).toISOString(),
});
const answer = (from = 28, to = 32, headers: Record<string, string> = { 'retry-after': '21600' }): ScriptedReply => ({
  json: { suggestedWindow: windowOf(from, to), explanationURL: 'https://h.test/why' },
  headers,
});
const lost: ScriptedReply = { error: new Error('the connection broke') };
const outage = Array<ScriptedReply>(5).fill(lost);

function benchWith({ scheduler }: VirtualTime, replies: readonly ScriptedReply[], renewalInfo: string | null = base) {
  const endpoints = ['newNonce', 'newAccount', 'newOrder'].map((name) => [name, `https://h.test/${name}`]);
  const directory = { json: { ...Object.fromEntries(endpoints), renewalInfo } };
  const transport = scriptedReplies([directory, ...replies], scheduler);
  const session = acmeSession({
    directoryUrl: 'https://h.test/dir',
    directoryMaxAgeMs: Infinity,
    transport,
    scheduler,
    clock: offsetClock(scheduler, start),
    random: () => 0.5,
  });
  return { session, asked: () => transport.requests.slice(1) };
}

/** What comes out for one certificate, and how often the server was asked. */
const timeOf = (replies: readonly ScriptedReply[], certificate = term, previous?: StoredRenewalTime) =>
  virtualTime((time) => {
    const { session, asked } = benchWith(time, replies);
    const { values, error, isComplete } = completed(time, renewalTime(session, certificate, { previous }));
    expect([values.length, error, isComplete]).toEqual([1, undefined, true]);
    return { ...(values[0] as RenewalTime), asked: asked().length };
  });

describe('renewalTime, where the server answers,', () => {
  it('emits once, for one GET, an instant in the window and all that a person should know', () =>
    virtualTime((time) => {
      const { session, asked } = benchWith(time, [{ ...answer(), delayMs: 10 }]);
      const time$ = renewalTime(session, { leaf: term });
      expect(asked()).toEqual([]);
      const { values } = completed(time, time$);
      expect(values).toEqual([
        {
          renewAt: expect.any(Date),
          askAgainAt: new Date(start + 10 + 6 * hourMs),
          source: 'renewal-info',
          window: { startAt: day(28), endAt: day(32) },
          explanationUrl: 'https://h.test/why',
        },
      ]);
      expect(asked()).toMatchObject([{ method: 'GET', url: `${base}/aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyE` }]);
    }));

  it('chooses any instant of the window, one as likely as the other, for many certificates', () => {
    const tenths = Array<number>(10).fill(0);
    for (let serial = 0; serial < 1_000; serial++) {
      const serialNumber = serial.toString(16).padStart(6, '0');
      const { renewAt } = timeOf([answer(20, 30)], { ...term, serialNumber });
      const tenth = Math.floor((renewAt.getTime() - day(20).getTime()) / dayMs);
      tenths[tenth] = (tenths[tenth] ?? 0) + 1;
    }
    expect(tenths.reduce((sum, each) => sum + each)).toBe(1_000);
    expect(Math.min(...tenths)).toBeGreaterThan(60);
    expect(Math.max(...tenths)).toBeLessThan(140);
  });

  it('chooses the same again for as long as the window is the same, without being told what it chose', () => {
    const first = timeOf([answer(28, 32)]).renewAt;
    expect(timeOf([answer(28, 32)]).renewAt).toEqual(first);
    expect(timeOf([answer(29, 33)]).renewAt).toEqual(new Date(first.getTime() + dayMs));
  });

  it('keeps what was chosen in another way, for as long as the window is the same', () => {
    const window = { startAt: day(28).toISOString(), endAt: day(32).toISOString() };
    const previous = { renewAt: day(29.5).toISOString(), source: 'renewal-info', window } as const;
    expect(timeOf([answer(28, 32)], term, previous).renewAt).toEqual(day(29.5));
    expect(timeOf([answer(28, 31)], term, previous).renewAt).toEqual(timeOf([answer(28, 31)]).renewAt);
  });

  it('is always in the window, and leaves a twentieth of the lifetime', () => {
    const days = fc.double({ min: -40, max: 80, noNaN: true });
    fc.assert(
      fc.property(days, days, fc.nat(), (one, other, serial) => {
        const serialNumber = serial.toString(16).padStart(8, '0');
        const [from, to] = [Math.min(one, other), Math.max(one, other) + 0.01];
        const { renewAt, window } = timeOf([answer(from, to)], { ...term, serialNumber });
        const { startAt, endAt } = window as NonNullable<typeof window>;
        const latestMs = day(60 - 90 / 20).getTime();
        expect(renewAt.getTime()).toBeGreaterThanOrEqual(Math.min(startAt.getTime(), latestMs));
        expect(renewAt.getTime()).toBeLessThanOrEqual(Math.min(endAt.getTime(), latestMs));
      }),
      { numRuns: 50 },
    );
  });

  it('is past where the window is, as that of a revoked certificate', () => {
    const { renewAt, source } = timeOf([answer(-2, -1)]);
    expect([renewAt < day(0), source]).toEqual([true, 'renewal-info']);
  });

  it.each([
    ['1', 60_000],
    ['0', 60_000],
    ['86401', dayMs],
    ['3600', hourMs],
    ['soon', 6 * hourMs],
    ['-1', 6 * hourMs],
    ['1.5', 6 * hourMs],
  ])('is asked again as Retry-After: %s says, within reason', (retryAfter, expectedMs) => {
    expect(timeOf([answer(28, 32, { 'retry-after': retryAfter })]).askAgainAt).toEqual(new Date(start + expectedMs));
  });

  it('is asked again after six hours where it does not say when', () => {
    expect(timeOf([answer(28, 32, {})]).askAgainAt).toEqual(new Date(start + 6 * hourMs));
  });
});

describe('renewalTime, where the server does not answer,', () => {
  /** Up to a hundredth of the 90 days earlier, by the serial number. */
  const lifetime = { renewAt: day(30 - 0.9 * fractionOf(term.serialNumber)), source: 'lifetime' } as const;

  it.each([
    [90, 60],
    [45, 30],
    [10, 10 - 10 / 3],
    [9.99, 9.99 / 2],
    [160 / 24, 80 / 24],
    [1 / 24, 1 / 48],
  ])('goes by the lifetime: of %d days, %d', (lifetimeDays, renewDays) => {
    const certificate = { ...term, notBeforeAt: day(0), notAfterAt: day(lifetimeDays) };
    const { renewAt, source } = timeOf([{ status: 404, text: '' }], certificate);
    expect(source).toBe('lifetime');
    const earlierMs = day(renewDays).getTime() - renewAt.getTime();
    expect(earlierMs).toBeGreaterThanOrEqual(-1);
    expect(earlierMs).toBeLessThanOrEqual((lifetimeDays * dayMs) / 100 + 1);
  });

  it('does not have certificates of one moment renewed at one moment, and each always at the same', () => {
    const serials = Array.from({ length: 50 }, (_, index) => `4d${String(1000 + index)}`);
    const times = serials.map((serialNumber) => timeOf(outage, { ...term, serialNumber }).renewAt.getTime());
    const thirds = new Set(times.map((at) => Math.floor((day(30).getTime() - at) / (0.3 * dayMs))));
    expect([...thirds].sort()).toEqual([0, 1, 2]);
    expect(new Set(times).size).toBe(50);
    expect(timeOf(outage, { ...term, serialNumber: serials[0] ?? '' }).renewAt.getTime()).toBe(times[0]);
  });

  it('is due at once where the certificate ends before it begins', () => {
    const certificate = { ...term, notBeforeAt: day(30), notAfterAt: day(-1) };
    expect(timeOf([], certificate)).toMatchObject({ asked: 0, renewAt: day(-1), source: 'lifetime' });
  });

  it('says why', () => {
    const { error, ...time } = timeOf([{ status: 404, json: { type: 'urn:ietf:params:acme:error:malformed' } }]);
    expect(time).toEqual({ ...lifetime, askAgainAt: new Date(start + 6 * hourMs), failures: 1, asked: 1 });
    expect(error).toBeInstanceOf(AcmeProblemError);
  });

  it('takes a window that ends as it begins for no answer', () => {
    const { error, ...time } = timeOf([answer(28, 28)]);
    expect(time).toEqual({ ...lifetime, askAgainAt: new Date(start + 6 * hourMs), failures: 1, asked: 1 });
    expect(error).toBeInstanceOf(AcmeProtocolError);
  });

  it('tries again soon after what may be over soon, later after each failure, and then every six hours', () => {
    let previous: RenewalTime | undefined;
    const minutes = [1, 2, 3, 4, 5].map(() => {
      const { asked, ...time } = timeOf(outage, term, previous);
      expect([asked, time.error instanceof AcmeTransportError]).toEqual([5, true]);
      previous = JSON.parse(JSON.stringify(time)) as RenewalTime;
      return Math.round(((time.askAgainAt?.getTime() ?? 0) - start) / 60_000);
    });
    expect(minutes).toEqual([1, 5, 25, 360, 360]);
    expect(timeOf([answer()], term, previous)).not.toHaveProperty('failures');
  });

  it('keeps to the window that it knew', () => {
    const { asked: _, ...previous } = timeOf([answer(40, 44)]);
    const stored = JSON.parse(JSON.stringify(previous)) as StoredRenewalTime;
    const { error, askAgainAt, failures, ...time } = timeOf(outage, term, stored);
    expect(time).toEqual({
      renewAt: previous.renewAt,
      source: 'renewal-info',
      window: previous.window,
      explanationUrl: previous.explanationUrl,
      asked: 5,
    });
    expect([error?.code, askAgainAt !== undefined, failures]).toEqual(['transport', true, 1]);
  });

  it('takes no notice of what was stored where its dates are none', () => {
    const broken = { renewAt: 'soon', source: 'renewal-info', failures: 7 } as const;
    expect(timeOf(outage, term, broken)).toMatchObject({ ...lifetime, failures: 1 });
  });

  it('goes by the lifetime where the server has no renewal information, and asks again whether it has any', () =>
    virtualTime((time) => {
      const { session, asked } = benchWith(time, [], null);
      const [found] = completed(time, renewalTime(session, term)).values;
      expect(found).toMatchObject({ ...lifetime, askAgainAt: new Date(start + 6 * hourMs) });
      expect(found?.error).toBeInstanceOf(AcmeUnsupportedError);
      expect(asked()).toEqual([]);
    }));

  it('goes by the lifetime for a certificate without a name, for ever, and asks nobody, the directory neither', () =>
    virtualTime((time) => {
      const { session } = benchWith(time, []);
      const { authorityKeyIdentifier: _, ...nameless } = term;
      const [found] = completed(time, renewalTime(session, nameless)).values;
      expect(found).toMatchObject(lifetime);
      expect(found).not.toHaveProperty('askAgainAt');
      expect(found?.error).toBeInstanceOf(AcmeUnsupportedError);
      expect(session.state.directory).toBeDefined();
    }));

  it('goes by the lifetime where the directory cannot be had', () =>
    virtualTime((time) => {
      const transport = scriptedReplies(outage, time.scheduler);
      const session = acmeSession({
        directoryUrl: 'https://h.test/dir',
        transport,
        scheduler: time.scheduler,
        clock: offsetClock(time.scheduler, start),
      });
      expect(completed(time, renewalTime(session, term)).values).toMatchObject([{ ...lifetime, failures: 1 }]);
    }));
});

describe('renewalTime of a certificate that has expired', () => {
  it.each([
    ['at this moment', { ...term, notBeforeAt: day(-90), notAfterAt: day(0) }],
    ['long ago, RFC 9773 appendix A', readCertificate(exampleCertificate).details],
  ])('%s is past, and nobody is asked', (_what, certificate) =>
    virtualTime((time) => {
      const transport = scriptedReplies([], time.scheduler);
      const clock = offsetClock(time.scheduler, start);
      const session = acmeSession({ directoryUrl: 'https://h.test/dir', transport, scheduler: time.scheduler, clock });
      const [found] = completed(time, renewalTime(session, certificate)).values;
      expect(found?.source).toBe('lifetime');
      expect(found?.renewAt.getTime()).toBeLessThanOrEqual(start);
      expect(found).not.toHaveProperty('askAgainAt');
      expect(transport.requests).toEqual([]);
    }),
  );

  it('is not asked for when it would be then', () => {
    const soon = { ...term, notAfterAt: new Date(start + 6 * hourMs) };
    expect(timeOf([answer(0, 1)], soon)).not.toHaveProperty('askAgainAt');
    expect(timeOf([{ status: 404, text: '' }], soon)).not.toHaveProperty('askAgainAt');
    expect(timeOf([answer(0, 1)], { ...soon, notAfterAt: new Date(start + 6 * hourMs + 1) }).askAgainAt).toEqual(
      new Date(start + 6 * hourMs),
    );
  });
});

describe('renewalTime', () => {
  it('is stopped with its request', () =>
    virtualTime((time) => {
      const { session } = benchWith(time, [{ ...answer(), delayMs: 1_000 }]);
      const results = record(renewalTime(session, term));
      results.unsubscribe();
      expect([results.values, time.timers()]).toEqual([[], 0]);
    }));

  it.each([
    ['nothing of a certificate', {}],
    ['dates that are text', { ...term, notAfterAt: '2026-01-01T00:00:00Z' }],
    ['a date that is none', { ...term, notBeforeAt: new Date(Number.NaN) }],
    ['a serial number that is a number', { ...term, serialNumber: 1 }],
    ['a serial number with colons', { ...term, serialNumber: '01:02' }],
  ])('throws TypeError at the call on %s', (_what, certificate) =>
    virtualTime((time) => {
      const { session } = benchWith(time, []);
      expect(() => renewalTime(session, certificate as CertificateTerm)).toThrow(TypeError);
    }),
  );
});
