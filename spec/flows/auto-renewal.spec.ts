import { concatMap, map, tap } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  autoRenewal,
  type AutoRenewalOptions,
  cancelAutoRenewal,
  followCertificate,
  getOrder,
  type Order,
  newOrder,
  obtainCertificate,
  readAutoRenewal,
  resumeOrder,
  revokeCertificate,
  toCertificate,
} from '../../lib/index.js';
import {
  fakeCa,
  type FakeCaOptions,
  recordingSolver,
  testAccount,
  virtualTime,
  type VirtualTimeHelpers,
} from '../../lib/testing/index.js';
import { covers } from '../support/covers.js';

covers('star');

const dayMs = 86_400_000;
const startAt = new Date('2016-01-10T00:00:00Z');
const endAt = new Date('2016-01-20T00:00:00Z');
/** RFC 8739 §3.5.1 */
const asked: AutoRenewalOptions = { startAt, endAt, lifetimeMs: 4 * dayMs, lifetimeAdjustMs: 3 * dayMs };

function worldIn({ scheduler, clock }: VirtualTimeHelpers, options: FakeCaOptions = {}) {
  const ca = fakeCa({ scheduler, clock, autoRenewal: {}, ...options });
  const account = testAccount(ca, { scheduler, clock });
  const obtain = (renewal: AutoRenewalOptions) =>
    obtainCertificate(account, {
      identifiers: ['example.org'],
      solvers: [recordingSolver()],
      extensions: [autoRenewal(renewal)],
    }).pipe(toCertificate());
  const order = (renewal: AutoRenewalOptions) =>
    obtain(renewal).pipe(concatMap(({ orderUrl = '' }) => getOrder(account, orderUrl)));
  return { ca, account, obtain, order, day: () => (clock.now() - startAt.getTime()) / dayMs };
}

const inTime = (spec: (helpers: VirtualTimeHelpers) => void) => () => virtualTime(spec, { startAt });

const refused = (type: string, status: number) => ({
  status,
  problem: { type: `urn:ietf:params:acme:error:${type}` },
});

describe('automatic renewal', () => {
  it(
    'RFC 8739 §3.5.1: each certificate of ten days, as it is published',
    inTime((helpers) => {
      const { account, order, day } = worldIn(helpers);
      const seen: unknown[] = [];
      let isComplete = false;
      order(asked)
        .pipe(concatMap((each) => followCertificate(account, each)))
        .subscribe({
          next: ({ leaf }) =>
            seen.push([leaf.notBeforeAt.getUTCDate(), leaf.notAfterAt.getUTCDate(), Math.floor(day())]),
          complete: () => (isComplete = true),
        });
      helpers.flush();
      // The third is there from the 15th on, the fifth day.
      expect(seen).toEqual([
        [10, 14, 0],
        [11, 18, 2],
        [15, 20, 5],
      ]);
      expect([isComplete, day()]).toEqual([true, 10]);
    }),
  );

  it(
    'as a marble diagram: certificates of two days, a look at half of each and then one every few hours',
    inTime((helpers) => {
      const { account, order, ca } = worldIn(helpers);
      const ends$ = order({ endAt: new Date('2016-01-16T00:00:00Z'), lifetimeMs: 2 * dayMs }).pipe(
        concatMap((each) => followCertificate(account, each)),
        map(({ leaf }) => leaf.notAfterAt.getUTCDate()),
      );
      // From 10 to 12, from 11 to 14, from 13 to 16.
      const ends = { a: 12, b: 14, c: 16 };
      helpers.expectObservable(ends$).toBe('a 86399999ms b 172799999ms c 259199999ms |', ends);
      helpers.flush();
      expect(ca.history.count('sharedCertificate')).toBe(1 + 1 + 1 + 5);
    }),
  );

  it(
    'the order says what became of it, and is done like any other',
    inTime((helpers) => {
      const { ca, order, account } = worldIn(helpers);
      let found: Order | undefined;
      order(asked).subscribe((each) => (found = each));
      expect(found).toMatchObject({
        status: 'valid',
        certificate: expect.stringContaining('shared-certificate') as unknown,
      });
      expect(found?.raw).toHaveProperty('star-certificate');
      expect(readAutoRenewal(found as Order)).toEqual({
        startAt,
        endAt,
        lifetimeMs: 4 * dayMs,
        lifetimeAdjustMs: 3 * dayMs,
        allowCertificateGet: false,
      });
      expect(account.url).toBe(ca.openAccount(account.signer));
    }),
  );

  it(
    'is given away without a signature where that was negotiated, and to nobody else where not',
    inTime((helpers) => {
      const { ca, account, order } = worldIn(helpers, { autoRenewal: { allowCertificateGet: true } });
      const methods = () =>
        ca.history.requests.filter(({ operation }) => operation === 'sharedCertificate').map(({ method }) => method);
      let last: Order | undefined;
      order({ ...asked, allowCertificateGet: true }).subscribe((each) => (last = each));
      expect(methods()).toEqual(['GET']);
      const seen: unknown[] = [];
      followCertificate(account.session, last as Order).subscribe((each) => seen.push(each));
      helpers.flush();
      expect(seen).toHaveLength(3);
      expect(new Set(methods())).toEqual(new Set(['GET']));

      let own: Order | undefined;
      order({ endAt: new Date('2016-02-01T00:00:00Z'), lifetimeMs: dayMs }).subscribe((each) => (own = each));
      const errors: unknown[] = [];
      followCertificate(account.session, own as Order).subscribe({ error: (error: unknown) => errors.push(error) });
      expect(errors).toMatchObject([refused('unauthorized', 403)]);
    }),
  );

  it(
    'is ended by hand: the stream of certificates completes at the next look, and a second time is refused',
    inTime((helpers) => {
      const { account, order, day } = worldIn(helpers);
      let last: Order | undefined;
      const seen: number[] = [];
      let completedOn = -1;
      order(asked)
        .pipe(
          tap((each) => (last = each)),
          concatMap((each) => followCertificate(account, each)),
        )
        .subscribe({ next: () => seen.push(day()), complete: () => (completedOn = day()) });
      const canceled: Order[] = [];
      helpers.scheduler.schedule(() => {
        cancelAutoRenewal(account, last as Order).subscribe((each) => canceled.push(each));
      }, 3 * dayMs);
      helpers.flush();
      expect(canceled).toMatchObject([{ status: 'canceled', url: last?.url }]);
      expect(canceled[0]).not.toHaveProperty('certificate');
      expect([seen.length, Math.floor(completedOn)]).toEqual([2, 4]);
      const errors: unknown[] = [];
      const error = (each: unknown) => errors.push(each);
      cancelAutoRenewal(account, last as Order).subscribe({ error });
      expect(errors).toMatchObject([refused('autoRenewalCancellationInvalid', 400)]);
      expect(() => cancelAutoRenewal(account, canceled[0] as Order)).toThrow(TypeError);
      resumeOrder(account, last?.url ?? '', { solvers: [] }).subscribe({ error });
      expect(errors[1]).toMatchObject({ code: 'order', order: { status: 'canceled' } });
    }),
  );

  it(
    'is not for revocation',
    inTime((helpers) => {
      const { account, obtain } = worldIn(helpers);
      const errors: unknown[] = [];
      obtain(asked)
        .pipe(concatMap(({ certificate }) => revokeCertificate(account, { certificate: certificate.leaf.der })))
        .subscribe({ error: (error: unknown) => errors.push(error) });
      expect(errors).toMatchObject([refused('autoRenewalRevocationNotSupported', 403)]);
    }),
  );

  it.each<[string, FakeCaOptions, Partial<AutoRenewalOptions>, string]>([
    ['offers none', { autoRenewal: undefined }, {}, 'meta.auto-renewal'],
    ['wants longer lifetimes', { autoRenewal: { minLifetimeMs: 5 * dayMs } }, {}, '432000 s at least'],
    ['renews for a shorter time', { autoRenewal: { maxDurationMs: 9 * dayMs } }, {}, '777600 s at most'],
    ['gives nothing away', {}, { allowCertificateGet: true }, 'without a signature'],
  ])('errors before the order where the server %s', (_what, options, more, message) =>
    virtualTime(
      (helpers) => {
        const { ca, obtain } = worldIn(helpers, options);
        const errors: unknown[] = [];
        obtain({ ...asked, ...more }).subscribe({ error: (error: unknown) => errors.push(error) });
        expect(errors).toMatchObject([{ code: 'unsupported', message: expect.stringContaining(message) as unknown }]);
        expect(ca.history.count('newOrder')).toBe(0);
      },
      { startAt },
    ),
  );

  it(
    'does not go together with dates of the order',
    inTime((helpers) => {
      const { ca, account } = worldIn(helpers);
      const errors: unknown[] = [];
      newOrder(account, {
        identifiers: ['example.org'],
        notAfterAt: endAt,
        extensions: [autoRenewal(asked)],
      }).subscribe({ error: (error: unknown) => errors.push(error) });
      expect(errors).toMatchObject([{ code: 'input' }]);
      expect(ca.history.count('newOrder')).toBe(0);
    }),
  );
});
