import { asyncScheduler, firstValueFrom, type SchedulerAction, type SchedulerLike } from 'rxjs';
import { expect, it } from 'vitest';
import {
  type AcmeAccount,
  AcmeTimeoutError,
  type ChallengeSolver,
  generateCertificateKey,
  newOrder,
  obtainCertificate,
  pollAuthorization,
  respondToChallenge,
  resumeOrder,
} from '../../lib/index.js';
import { describeWithPebble } from '../support/with-pebble.js';
import { verifyChain } from './support/chain.js';
import {
  eventsOf,
  http01Of,
  issued,
  namesIn,
  obtain,
  ofType,
  openAccount,
  outcomeOf,
  quickPoll,
  requestCounts,
} from './support/client.js';
import { holdValidation } from './support/held-validation.js';
import { onceMore } from './support/once-more.js';
import { countRefusals } from './support/refusals.js';
import { dns01In, http01In } from './support/zone.js';

const obtainInTurn = async (account: AcmeAccount, names: readonly string[], solver: ChallengeSolver) => {
  for (const name of names) issued(await obtain(account, { identifiers: [name], solvers: [solver] }));
};

describeWithPebble('Pebble that refuses no nonce', { env: { PEBBLE_WFE_NONCEREJECT: '0' } }, (get) => {
  it('is asked for one nonce, and refuses nothing', async () => {
    const pebble = get();
    const { interceptor, seen } = countRefusals();
    const account = await openAccount(pebble, { interceptors: [interceptor] });
    await obtainInTurn(account, ['a.test', 'b.test', 'c.test'], http01In(pebble));
    expect(seen.refused).toBe(0);
    expect(pebble.requests()).toHaveLength(seen.sent);
    expect(requestCounts(pebble)['/nonce-plz']).toBe(1);
  });
});

describeWithPebble('Pebble that refuses 30 % of good nonces', { env: { PEBBLE_WFE_NONCEREJECT: '30' } }, (get) => {
  it('gives certificates in turn, and is still asked for one nonce', async () => {
    const pebble = get();
    const { interceptor, seen } = countRefusals();
    const account = await openAccount(pebble, { interceptors: [interceptor] });
    await obtainInTurn(account, ['a.test', 'b.test', 'c.test', 'd.test', 'e.test'], http01In(pebble));
    expect(seen.refused).toBeGreaterThan(0);
    expect(pebble.requests()).toHaveLength(seen.sent);
    const nonces = requestCounts(pebble)['/nonce-plz'];
    console.info(`5 certificates in turn: ${seen.sent} requests, ${seen.refused} refused, ${nonces} newNonce`);
    expect(nonces).toBe(1);
  });

  it('gives ten certificates at the same time in one session, by http-01 and dns-01', async () => {
    const pebble = get();
    await onceMore(pebble, 'ten certificates at the same time', async (hangs) => {
      const { interceptor, seen } = countRefusals();
      const account = await openAccount(pebble, { interceptors: [interceptor] }, hangs);
      Object.assign(seen, { sent: 0, refused: 0 });
      pebble.resetLog();
      const solvers = [http01In(pebble), dns01In(pebble)];
      const names = Array.from({ length: 10 }, (_, index) => (index < 5 ? `h${index}.test` : `*.d${index}.test`));
      const runs = await Promise.all(names.map((name) => obtain(account, { identifiers: [name], solvers })));

      for (const [index, name] of names.entries()) {
        const { certificate } = issued(runs[index] ?? []);
        expect(certificate.leaf.identifiers).toEqual([{ type: 'dns', value: name }]);
        await verifyChain(pebble, certificate.chainPem, [name]);
      }
      expect(names.flatMap((name) => pebble.dns.txt(name.replace('*', '_acme-challenge')))).toEqual([]);

      expect(seen.refused).toBeGreaterThan(0);
      const nonces = requestCounts(pebble)['/nonce-plz'] ?? 0;
      const looks = ofType(runs.flat(), 'polled').length;
      console.info(
        `10 certificates at once: ${seen.sent} requests, ${seen.refused} refused, ${nonces} newNonce, ${looks} looks`,
      );
      // Each certificate takes five requests and its looks; nothing is sent beyond that, what was refused and newNonce.
      expect(seen.sent).toBe(5 * names.length + looks + seen.refused + nonces);
      expect(pebble.requests()).toHaveLength(seen.sent);
    });
  });
});

describeWithPebble('Pebble that refuses 50 % of good nonces', { env: { PEBBLE_WFE_NONCEREJECT: '50' } }, (get) => {
  // Once in 2,048 requests there are eleven refusals in a row, and it gives up: hence the second run.
  it('gives a certificate with the defaults', { retry: 1 }, async () => {
    const pebble = get();
    pebble.resetLog();
    const { interceptor, seen } = countRefusals();
    const account = await openAccount(pebble, { interceptors: [interceptor] });
    const { certificate } = issued(await obtain(account, { identifiers: ['half.test'], solvers: [http01In(pebble)] }));
    await verifyChain(pebble, certificate.chainPem, ['half.test']);
    expect(seen.refused).toBeGreaterThan(0);
    expect(requestCounts(pebble)['/nonce-plz']).toBe(1);
  });
});

describeWithPebble('Pebble that refuses 90 % of good nonces', { env: { PEBBLE_WFE_NONCEREJECT: '90' } }, (get) => {
  /** Waits a twentieth of the time; in full it would be a minute, often more. */
  const real: SchedulerLike = asyncScheduler;
  const hasty: SchedulerLike = {
    now: () => real.now(),
    schedule: <T>(work: (this: SchedulerAction<T>, state: T) => void, delayMs = 0, state?: T) =>
      real.schedule<T>(work, delayMs / 20, state as T),
  };

  it('gives a certificate with maxBadNonceRetries: 100', async () => {
    const pebble = get();
    const { interceptor, seen } = countRefusals();
    const options = { maxBadNonceRetries: 100, scheduler: hasty, requestTimeoutMs: 600_000 };
    const account = await openAccount(pebble, { interceptors: [interceptor], ...options });
    const { certificate } = issued(await obtain(account, { identifiers: ['tenth.test'], solvers: [http01In(pebble)] }));
    await verifyChain(pebble, certificate.chainPem, ['tenth.test']);
    console.info(`a certificate at 90 %: ${seen.sent} requests, ${seen.refused} refused`);
    expect(seen.refused).toBeGreaterThan(10);
  });
});

describeWithPebble('Pebble that reuses no authorization', { env: { PEBBLE_AUTHZREUSE: '0' } }, (get) => {
  it('wants every name proven again', async () => {
    const pebble = get();
    const account = await openAccount(pebble);
    const options = { identifiers: ['a.test', '*.a.test'], solvers: [http01In(pebble), dns01In(pebble)] };
    const first = await obtain(account, options);
    const second = await obtain(account, options);
    expect(namesIn(second, 'challenge-presented')).toEqual(['*.a.test dns-01', 'a.test http-01']);
    expect(namesIn(second, 'challenge-presented')).toEqual(namesIn(first, 'challenge-presented'));
    expect(issued(second).orderUrl).not.toBe(issued(first).orderUrl);
  });
});

describeWithPebble('Pebble that reuses every authorization', { env: { PEBBLE_AUTHZREUSE: '100' } }, (get) => {
  it('wants nothing proven for a second order: nothing is presented', async () => {
    const pebble = get();
    const account = await openAccount(pebble);
    const identifiers = ['a.test', '*.a.test'];
    await obtain(account, { identifiers, solvers: [http01In(pebble), dns01In(pebble)] });
    pebble.resetLog();
    const events = await obtain(account, { identifiers, solvers: [] });
    expect(events.map(({ type }) => type).filter((type) => type !== 'polled')).toEqual([
      'order-created',
      'order-ready',
      'order-finalized',
      'waiting',
      'certificate-issued',
    ]);
    expect(pebble.requests().filter(({ path }) => path === '/authZ/' || path === '/chalZ/')).toEqual([]);
    await verifyChain(pebble, issued(events).certificate.chainPem, identifiers);
  });

  it('wants the new one of two names proven', async () => {
    const pebble = get();
    const account = await openAccount(pebble);
    const solvers = [http01In(pebble)];
    await obtain(account, { identifiers: ['old.test'], solvers });
    const events = await obtain(account, { identifiers: ['old.test', 'new.test'], solvers });
    expect(namesIn(events, 'challenge-presented')).toEqual(['new.test http-01']);
    expect(ofType(events, 'authorization-settled').map(({ identifier, status }) => [identifier.value, status])).toEqual(
      [
        ['old.test', 'valid'],
        ['new.test', 'valid'],
      ],
    );
    await verifyChain(pebble, issued(events).certificate.chainPem, ['old.test', 'new.test']);
  });
});

describeWithPebble(
  'Pebble that takes its time',
  { env: { PEBBLE_VA_NOSLEEP: '0', PEBBLE_VA_SLEEPTIME: '2' }, retryAfter: { authz: 1, order: 1 } },
  (get) => {
    it('is asked again until it is done', async () => {
      const pebble = get();
      const account = await openAccount(pebble);
      const identifiers = ['a.test', 'b.test', '*.b.test'];
      const events = await obtain(account, { identifiers, solvers: [http01In(pebble), dns01In(pebble)] });
      const naps = pebble.log().filter((line) => line.includes('Sleeping for')).length;
      expect(naps).toBeGreaterThanOrEqual(identifiers.length);
      console.info(`3 names, ${naps} validations that sleep: ${ofType(events, 'polled').length} looks at the order`);
      await verifyChain(pebble, issued(events).certificate.chainPem, identifiers);
      expect(pebble.dns.txt('_acme-challenge.b.test')).toEqual([]);
    });
  },
);

describeWithPebble('Pebble that says when to come again', { retryAfter: { authz: 7, order: 9 } }, (get) => {
  const poll = { ...quickPoll, maxRetryAfterMs: 1000 };
  /** Pebble chooses at random between seconds and a date, which has no fractions and is reckoned by the other clock. */
  const expectWish = (error: unknown, seconds: number): void => {
    if (!(error instanceof AcmeTimeoutError)) throw error;
    expect(error.retryAfterMs).toBeGreaterThan((seconds - 2) * 1000);
    expect(error.retryAfterMs).toBeLessThanOrEqual(seconds * 1000);
    expect(error.retryAt).toBeInstanceOf(Date);
  };

  it('is not asked for an order before that: where the caller has no time, the wait ends at once, and later goes on', async () => {
    const pebble = get();
    const account = await openAccount(pebble);
    const key = await firstValueFrom(generateCertificateKey('P-256'));
    const options = { identifiers: ['a.test'], solvers: [http01In(pebble)], poll, key };
    const { events, error } = await outcomeOf(obtainCertificate(account, options));
    expectWish(error, 9);
    expect(error).toMatchObject({ last: { status: 'processing' } });
    expect(events.at(-2)).toMatchObject({ type: 'order-finalized', status: 'processing' });
    const later = await eventsOf(resumeOrder(account, events[0]?.orderUrl ?? '', { solvers: [], key, poll }));
    await verifyChain(pebble, issued(later).certificate.chainPem, ['a.test']);
  });

  it('nor for an authorization that is polled by itself', async () => {
    const pebble = get();
    const account = await openAccount(pebble);
    await holdValidation(pebble);
    const order = await firstValueFrom(newOrder(account, { identifiers: ['held.test'] }));
    const url = order.authorizations[0] ?? '';
    await firstValueFrom(respondToChallenge(account, await http01Of(account, url)));
    const { events: looks, error } = await outcomeOf(pollAuthorization(account, url, poll));
    expect(looks.map(({ status }) => status)).toEqual(['pending']);
    expectWish(error, 7);
  });
});
