import { firstValueFrom, from, lastValueFrom, takeWhile } from 'rxjs';
import { expect, it } from 'vitest';
import {
  type AcmeAccount,
  AcmeAuthorizationError,
  AcmeOrderError,
  AcmeProblemError,
  type CertificateKey,
  getAuthorization,
  jwkThumbprint,
  keyAuthorization,
  type KeyStore,
  newOrder,
  obtainCertificate,
  pollAuthorization,
  respondToChallenge,
  resumeOrder,
} from '../../lib/index.js';
import type { Pebble } from '../support/pebble.js';
import { describeWithPebble } from '../support/with-pebble.js';
import { publicKeyOf, verifyChain } from './support/chain.js';
import {
  eventsOf,
  http01Of,
  issued,
  namesIn,
  obtain,
  ofType,
  openAccount,
  openSession,
  outcomeOf,
  problemType,
  quickPoll,
  register,
  requestCounts,
  valuesOf,
} from './support/client.js';
import { holdValidation } from './support/held-validation.js';
import { http01In } from './support/zone.js';

/** Obtains until the first event of a type; then the process is gone, as it were. Resolves with the order's URL. */
const begunUntil = async (account: AcmeAccount, type: string, options: Parameters<typeof obtainCertificate>[1]) => {
  const issuance = obtainCertificate(account, { poll: quickPoll, ...options });
  const events = await eventsOf(issuance.pipe(takeWhile((event) => event.type !== type, true)));
  return events[0]?.orderUrl ?? '';
};

const keptKeys = (): KeyStore & { readonly keys: Map<string, CertificateKey> } => {
  const keys = new Map<string, CertificateKey>();
  return {
    keys,
    save: (url, key) => (keys.set(url, key), []),
    load: (url) => [keys.get(url)].filter((key) => key !== undefined),
  };
};

const resume = (account: AcmeAccount, url: string, options: Parameters<typeof resumeOrder>[2]) =>
  eventsOf(resumeOrder(account, url, { poll: quickPoll, ...options }));

/** Proves one authorization with the small functions, as an earlier process may have done. Resolves with its status. */
async function proveByHand(pebble: Pebble, account: AcmeAccount, url: string): Promise<string> {
  const { identifier, wildcard } = await firstValueFrom(getAuthorization(account, url));
  const challenge = await http01Of(account, url);
  const { type, token } = challenge;
  const thumbprint = await firstValueFrom(jwkThumbprint(account.signer.publicJwk));
  const secret = keyAuthorization(token, thumbprint);
  const task = { identifier, wildcard, type, challenge, token, accountUrl: account.url, keyAuthorization: secret };
  const solver = http01In(pebble);
  await lastValueFrom(from(solver.present(task)), { defaultValue: undefined });
  await firstValueFrom(respondToChallenge(account, challenge));
  const { status } = await lastValueFrom(pollAuthorization(account, url, quickPoll));
  await lastValueFrom(from(solver.cleanUp(task)), { defaultValue: undefined });
  return status;
}

describeWithPebble('an order at Pebble that is resumed', {}, (get) => {
  it('while pending: everything is presented', async () => {
    const pebble = get();
    const account = await openAccount(pebble);
    const order = await firstValueFrom(newOrder(account, { identifiers: ['pending.test'] }));
    const events = await resume(account, order.url, { solvers: [http01In(pebble)] });
    expect(events[0]).toMatchObject({ type: 'order-created', resumed: true, status: 'pending', orderUrl: order.url });
    await verifyChain(pebble, issued(events).certificate.chainPem, ['pending.test']);
  });

  it('while pending, one of two names proven: only the other one is presented', async () => {
    const pebble = get();
    const account = await openAccount(pebble);
    const order = await firstValueFrom(newOrder(account, { identifiers: ['first.half.test', 'second.half.test'] }));
    const looks = await Promise.all(order.authorizations.map((url) => firstValueFrom(getAuthorization(account, url))));
    const first = looks.find(({ identifier }) => identifier.value === 'first.half.test');
    expect(await proveByHand(pebble, account, first?.url ?? '')).toBe('valid');
    const events = await resume(account, order.url, { solvers: [http01In(pebble)] });
    expect(namesIn(events, 'challenge-presented')).toEqual(['second.half.test http-01']);
    expect(valuesOf(issued(events).certificate.leaf.identifiers)).toEqual(['first.half.test', 'second.half.test']);
  });

  it('while pending, its challenge under way: presented again, not answered again', async () => {
    const pebble = get();
    const account = await openAccount(pebble);
    const order = await firstValueFrom(newOrder(account, { identifiers: ['under.way.test'] }));
    const solver = await holdValidation(pebble);
    const challenge = await http01Of(account, order.authorizations[0] ?? '');
    expect(await firstValueFrom(respondToChallenge(account, challenge))).toMatchObject({ status: 'processing' });
    pebble.resetLog();
    const events = await resume(account, order.url, { solvers: [solver] });
    expect(namesIn(events, 'challenge-presented')).toEqual(['under.way.test http-01']);
    expect(ofType(events, 'challenge-answered').map(({ status }) => status)).toEqual(['processing']);
    expect(requestCounts(pebble)).not.toHaveProperty(['/chalZ/']);
    await verifyChain(pebble, issued(events).certificate.chainPem, ['under.way.test']);
  });

  it('once ready: nothing is presented', async () => {
    const pebble = get();
    const account = await openAccount(pebble);
    const url = await begunUntil(account, 'order-ready', {
      identifiers: ['ready.test'],
      solvers: [http01In(pebble)],
    });
    const events = await resume(account, url, { solvers: [] });
    expect(events[0]).toMatchObject({ type: 'order-created', resumed: true, status: 'ready' });
    expect(namesIn(events, 'authorization-pending')).toEqual([]);
    await verifyChain(pebble, issued(events).certificate.chainPem, ['ready.test']);
  });

  it('once finalized, with the key that was stored before that', async () => {
    const pebble = get();
    const account = await openAccount(pebble);
    const keyStore = keptKeys();
    const solvers = [http01In(pebble)];
    const url = await begunUntil(account, 'order-finalized', { identifiers: ['finalized.test'], solvers, keyStore });
    const events = await resume(account, url, { solvers: [], keyStore });
    // Pebble is `processing` for less than the time between two requests, as a rule.
    expect(['processing', 'valid']).toContain(ofType(events, 'order-created')[0]?.status);
    expect(ofType(events, 'order-finalized')).toEqual([]);
    expect(issued(events).key).toBe(keyStore.keys.get(url));
    const { publicKeyPem } = await verifyChain(pebble, issued(events).certificate.chainPem, ['finalized.test']);
    expect(publicKeyPem).toBe(await publicKeyOf(issued(events)));
  });

  it('once valid: two requests and the same certificate again, but not without its key', async () => {
    const pebble = get();
    const account = await openAccount(pebble);
    const events = await obtain(account, { identifiers: ['valid.test'], solvers: [http01In(pebble)] });
    const { orderUrl, certificate, key } = issued(events);
    if (key === undefined) throw new Error('no key');
    pebble.resetLog();
    const again = await resume(account, orderUrl, { solvers: [], key });
    expect(again.map(({ type }) => type)).toEqual(['order-created', 'certificate-issued']);
    expect(issued(again).certificate.chainPem).toBe(certificate.chainPem);
    expect(pebble.requests().map(({ path }) => path)).toEqual(['/my-order/', '/certZ/']);

    const { error } = await outcomeOf(resumeOrder(account, orderUrl, { solvers: [] }));
    expect(error).toBeInstanceOf(AcmeOrderError);
    expect(error).toMatchObject({ message: expect.stringContaining('key'), order: { status: 'valid' } });
  });

  it('once invalid: why', async () => {
    const pebble = get();
    await pebble.dns.setServfail('invalid.test');
    const account = await openAccount(pebble);
    const options = { identifiers: ['invalid.test'], solvers: [http01In(pebble)], poll: quickPoll };
    const first = await outcomeOf(obtainCertificate(account, options));
    const { events, error } = await outcomeOf(resumeOrder(account, first.events[0]?.orderUrl ?? '', { solvers: [] }));
    expect(events[0]).toMatchObject({ type: 'order-created', resumed: true, status: 'invalid' });
    expect(error).toBeInstanceOf(AcmeAuthorizationError);
    expect(error).toMatchObject({
      failures: [{ identifier: { value: 'invalid.test' }, problem: { type: problemType('connection') } }],
    });
    expect((error as Error).message).toBe((first.error as Error).message);
  });

  it('not by another account', async () => {
    const pebble = get();
    const session = openSession(pebble);
    const order = await firstValueFrom(newOrder(await register(session), { identifiers: ['mine.test'] }));
    const { events, error } = await outcomeOf(resumeOrder(await register(session), order.url, { solvers: [] }));
    expect(events).toEqual([]);
    expect(error).toBeInstanceOf(AcmeProblemError);
  });
});
