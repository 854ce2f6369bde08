import { from, map, merge, mergeMap, type Observable, Subject, takeUntil, tap, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  type CertificateDetails,
  type CertificateIssued,
  type CertificateTerm,
  limitRate,
  obtainCertificate,
  renewCertificate,
  type RenewalTime,
  revokeCertificate,
  type Settled,
  settle,
  toCertificate,
  whenDue,
  type WhenDueOptions,
} from '../../lib/index.js';
import {
  fakeCa,
  type FakeCa,
  type FakeCaOptions,
  recordingSolver,
  testAccount,
  virtualTime,
} from '../../lib/testing/index.js';
import { covers } from '../support/covers.js';

covers('renewalInfo', 'replaces');

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

interface Held {
  readonly name: string;
  readonly issued: CertificateIssued;
}

interface YearOptions {
  readonly names: number;
  readonly days: number;
  readonly ca?: FakeCaOptions;
  readonly rate?: { readonly count: number; readonly perMs: number };
  readonly watch?: Partial<WhenDueOptions<Held>>;
  /** What else happens. */
  readonly meanwhile?: (world: {
    readonly ca: FakeCa;
    readonly at: (dayNumber: number, work: () => void) => void;
    readonly latest: ReadonlyMap<string, CertificateIssued>;
    readonly revoke: (issued: CertificateIssued) => void;
  }) => void;
}

/** Issues, and then renews whatever is due, for as long as it is told; then stops. */
const livedThrough = ({
  names,
  days,
  rate = { count: 50, perMs: hourMs },
  watch,
  meanwhile,
  ...options
}: YearOptions) =>
  virtualTime(({ scheduler, clock, flush }) => {
    const solver = recordingSolver();
    const startMs = clock.now();
    const ca = fakeCa({ scheduler, clock, solver, historyLimit: 100, ...options.ca });
    const account = testAccount(ca, { scheduler, clock, directoryMaxAgeMs: Infinity });
    const solvers = [solver];
    const latest = new Map<string, CertificateIssued>();
    const renewals: { name: string; day: number; old: CertificateIssued; issued: CertificateIssued }[] = [];
    const failures: Settled<unknown, string>[] = [];
    const dayNow = () => (clock.now() - startMs) / dayMs;

    const first$ = from(Array.from({ length: names }, (_, index) => `n${index}.test`)).pipe(
      mergeMap((name) => obtainCertificate(account, { identifiers: [name], solvers }).pipe(toCertificate()), 10),
    );
    const again$ = new Subject<CertificateIssued>();
    const held$: Observable<Held> = merge(first$, again$).pipe(
      map((issued) => ({ name: issued.certificate.leaf.identifiers[0]?.value ?? '', issued })),
      tap(({ name, issued }) => latest.set(name, issued)),
    );
    meanwhile?.({
      ca,
      latest,
      at: (dayNumber, work) => void scheduler.schedule(work, dayNumber * dayMs),
      revoke: ({ certificate }) => void revokeCertificate(account, { certificate: certificate.leaf.der }).subscribe(),
    });
    held$
      .pipe(
        whenDue(account.session, { certificate: ({ issued }) => issued, ...watch }),
        limitRate({ ...rate, scheduler }),
        mergeMap(
          ({ name, issued }) =>
            renewCertificate(account, issued, { solvers }).pipe(
              toCertificate(),
              tap((renewed) => renewals.push({ name, day: dayNow(), old: issued, issued: renewed })),
              settle(name),
            ),
          50,
        ),
        takeUntil(timer(days * dayMs, scheduler)),
      )
      .subscribe((outcome) => {
        if (outcome.status === 'fulfilled') again$.next(outcome.value);
        else failures.push(outcome);
      });
    flush();
    return { ca, renewals, failures, latest, dayNow: dayNow(), timers: scheduler.actions.length, solver };
  });

/** As a server without authority key identifiers makes them: nobody can be asked about them. */
const nameless = ({ authorityKeyIdentifier: _, ...leaf }: CertificateDetails): CertificateTerm => leaf;

/** How many days each of the replaced certificates still had. */
const daysLeft = ({ renewals }: ReturnType<typeof livedThrough>) =>
  renewals.map(({ old, issued }) => {
    const leftMs = old.certificate.leaf.notAfterAt.getTime() - issued.certificate.leaf.notBeforeAt.getTime();
    return leftMs / dayMs;
  });

// A machine that is busy with other things takes longer than the usual limit.
describe('a year of renewals', { timeout: 60_000 }, () => {
  const onceADay: FakeCaOptions = {
    renewalInfo: ({ notBeforeAt }) => ({
      startAt: new Date(notBeforeAt.getTime() + 55 * dayMs),
      endAt: new Date(notBeforeAt.getTime() + 65 * dayMs),
      retryAfter: '86400',
    }),
  };

  it('of 20 certificates: each in its window, as a replacement, with the old one still good', () => {
    const year = livedThrough({ names: 20, days: 365, ca: { ...onceADay, latencyMs: 50 } });
    expect([year.failures, year.latest.size, year.solver.presented.length, year.timers]).toEqual([[], 20, 0, 0]);
    expect(year.renewals.length).toBeGreaterThan(20 * 5);
    expect(year.renewals.length).toBeLessThanOrEqual(20 * 6);
    expect(Math.min(...daysLeft(year))).toBeGreaterThan(25 - 0.1);
    expect(Math.max(...daysLeft(year))).toBeLessThan(35);
    // None was refused as a replacement: that would have been an order more.
    expect(year.ca.history.count('newOrder')).toBe(20 + year.renewals.length);
    expect(year.dayNow).toBe(365);
  });

  it('of 50 certificates that no server can be asked about: by their lifetime, without a look-up', () => {
    const year = livedThrough({
      names: 50,
      days: 365,
      watch: { certificate: ({ issued: { certificate } }) => nameless(certificate.leaf) },
    });
    expect([year.failures, year.renewals.length, year.ca.history.count('renewalInfo')]).toEqual([[], 6 * 50, 0]);
    expect(year.timers).toBe(0);
  });

  it('begins with 100 certificates of one day, which are renewed on ten', () => {
    const { renewals, failures } = livedThrough({ names: 100, days: 66, ca: onceADay });
    expect([failures, renewals.length]).toEqual([[], 100]);
    const counts = Array.from({ length: 10 }, (_, index) =>
      renewals.filter(({ day }) => Math.floor(day) === 55 + index),
    );
    for (const { length } of counts) expect(length).toBeGreaterThan(2);
  });

  it('in which the window moves: sooner for one, later for another', () => {
    const moved = new Map([
      ['n0.test', 20],
      ['n1.test', 80],
    ]);
    let isMoved = false;
    const year = livedThrough({
      names: 3,
      days: 84,
      ca: {
        renewalInfo: ({ notBeforeAt, identifiers }) => {
          const usual = 60;
          const fromDay = isMoved ? (moved.get(identifiers[0]?.value ?? '') ?? usual) : usual;
          const startAt = new Date(notBeforeAt.getTime() + fromDay * dayMs);
          return { startAt, endAt: new Date(startAt.getTime() + 1_000), explanationUrl: 'https://ca.test/load' };
        },
      },
      meanwhile: ({ at }) => at(10.1, () => (isMoved = true)),
    });
    const renewedOn = year.renewals.map(({ name, day }) => [name, Math.floor(day)]);
    expect(renewedOn.slice(0, 4)).toEqual([
      ['n0.test', 20],
      ['n0.test', 40],
      ['n2.test', 60],
      ['n0.test', 60],
    ]);
    expect(renewedOn.filter(([name]) => name === 'n1.test')).toEqual([['n1.test', 80]]);
  });

  it('in which renewal information is out for a week, and all are renewed in time all the same', () => {
    const told: RenewalTime[] = [];
    const year = livedThrough({
      names: 5,
      days: 70,
      watch: { onRenewalTime: (time) => told.push(time) },
      meanwhile: ({ ca, at }) => {
        at(55, () => {
          const end = ca.script('renewalInfo', { problem: { type: 'serverInternal' } }, 'always');
          at(7, end);
        });
      },
    });
    expect(year.failures).toEqual([]);
    expect(year.renewals).toHaveLength(5);
    for (const { day } of year.renewals) expect(Math.abs(day - 60)).toBeLessThan(0.9 + 0.01);
    const failed = told.filter(({ error }) => error !== undefined);
    expect(failed.length).toBeGreaterThan(5);
    expect(failed.length).toBeLessThan(5 * 35);
    expect(Math.max(...failed.map(({ failures = 0 }) => failures))).toBeGreaterThan(10);
  });

  it('in which the server has no renewal information at all', () => {
    const year = livedThrough({
      names: 5,
      days: 365,
      meanwhile: ({ ca }) => {
        ca.script('directory', { edit: ({ renewalInfo: _, ...rest }) => rest }, 'always');
      },
    });
    expect([year.failures, year.renewals.length, year.ca.history.count('renewalInfo')]).toEqual([[], 30, 0]);
    for (const left of daysLeft(year)) expect(Math.abs(left - 30.45)).toBeLessThan(0.45 + 0.01);
  });

  it('in which a certificate is revoked: it is replaced as soon as the server is asked again', () => {
    const year = livedThrough({
      names: 4,
      days: 30,
      meanwhile: ({ at, latest, revoke }) => {
        at(10.1, () => {
          const issued = latest.get('n2.test');
          if (issued !== undefined) revoke(issued);
        });
      },
    });
    expect(year.renewals.map(({ name, day }) => [name, Math.round(day * 100) / 100])).toEqual([['n2.test', 10.25]]);
  });

  it('in which all are revoked at once: no more are ordered than is allowed', () => {
    const year = livedThrough({
      names: 40,
      days: 3,
      rate: { count: 10, perMs: hourMs },
      meanwhile: ({ at, latest, revoke }) => {
        at(1.1, () => {
          for (const issued of [...latest.values()]) revoke(issued);
        });
      },
    });
    const hours = year.renewals.map(({ day }) => Math.floor((day - 1.25) * 24 + 0.01));
    expect(hours).toEqual(Array.from({ length: 40 }, (_, index) => Math.floor(index / 10)));
  });
});
