import { describe, expect, it } from 'vitest';
import { findAccount, getAccount, getDirectory, newOrder, obtainCertificate } from '../../lib/index.js';
import {
  fakeCa,
  type FakeCaOptions,
  recordingSolver,
  synchronousSigner,
  testAccount,
  testSession,
} from '../../lib/testing/index.js';
import { completed, errorOf, virtualTime } from '../support/virtual-time.js';
import { now } from './support/raw-client.js';

/** What `verify` throws. */
function complaint(ca: ReturnType<typeof fakeCa>): string {
  try {
    ca.verify();
  } catch (error) {
    return (error as Error).message;
  }
  return 'nothing';
}

describe('verify', () => {
  it('is content where nothing was asked for and nothing happened', () => {
    expect(complaint(fakeCa())).toBe('nothing');
  });

  it('has a table of scripts that met no request, expectations that do not hold and exchanges that are open', () =>
    virtualTime(({ scheduler }) => {
      const ca = fakeCa({ scheduler, latencyMs: { directory: 5 } });
      ca.failNext('newOrder', { type: 'rateLimited' });
      ca.script('*', { lost: 'after' });
      ca.script('finalize', { edit: (json) => json });
      ca.script('certificate', { answer: { status: 502 } });
      ca.script('challenge', { never: 'before' });
      ca.script('order', { delayMs: 100 });
      ca.script('account', { headers: {} });
      ca.script('authorization', { problem: { type: 'malformed' } }, 'always');
      ca.script('authorization', { problem: { type: 'malformed' } }, { every: 2 });
      ca.expect('newAccount', 1);
      ca.expect('newNonce', 0);
      ca.script('directory', { delayMs: 0 });
      const subscription = getDirectory(testSession(ca, { scheduler })).subscribe();
      expect(complaint(ca)).toBe(
        [
          'the fake CA did not see what it was to see',
          '  newOrder     scripted: problem rateLimited  no request came',
          '  finalize     scripted: edit                 no request came',
          '  certificate  scripted: answer 502           no request came',
          '  challenge    scripted: never before         no request came',
          '  order        scripted: delayMs 100          no request came',
          '  account      scripted: headers              no request came',
          '  directory    scripted: delayMs 0            no request came',
          '  newAccount   expected: 1 requests           0 came',
          '  directory    https://ca.test/directory      is still open',
        ].join('\n'),
      );
      subscription.unsubscribe();
    }));

  it('is content when all of it has happened', () =>
    virtualTime((time) => {
      const ca = fakeCa({ scheduler: time.scheduler });
      ca.expect('newOrder', 2);
      ca.failNext('newOrder', { type: 'badNonce' });
      const end = ca.script('challenge', { never: 'before' });
      end();
      const account = testAccount(ca, { scheduler: time.scheduler });
      completed(time, newOrder(account, { identifiers: ['a.test'] }));
      expect(complaint(ca)).toBe('nothing');
      ca.expect('newOrder', 1);
      expect(complaint(ca)).toContain('newOrder  expected: 1 requests  2 came');
    }));
});

describe('an account that is opened without a request', () => {
  it('is one for each key', () => {
    const ca = fakeCa();
    const urls = ['a', 'b', 'a'].map((name) => ca.openAccount(synchronousSigner(name)));
    expect(urls[0]).toBe(urls[2]);
    expect(urls[0]).not.toBe(urls[1]);
    expect(now(findAccount(testSession(ca), { signer: synchronousSigner('b') })).url).toBe(urls[1]);
    expect(ca.history.count('newAccount')).toBe(1);
  });
});

describe('a fake CA', () => {
  it('is where its origin says', () => {
    const ca = fakeCa({ origin: 'https://other.test:14000' });
    expect(ca.directoryUrl).toBe('https://other.test:14000/directory');
    const { newNonce, newOrder: newOrderUrl, revokeCert } = now(getDirectory(testSession(ca)));
    expect([newNonce, newOrderUrl, revokeCert]).toEqual([
      'https://other.test:14000/new-nonce',
      'https://other.test:14000/new-order',
      'https://other.test:14000/revoke-cert',
    ]);
    expect(now(getAccount(testAccount(ca))).status).toBe('valid');
  });

  it.each<[FakeCaOptions, string]>([
    [
      { origin: 'https://ca.test/' },
      'origin must be scheme, host and port, with no slash at its end, found https://ca.test/',
    ],
    [{ origin: 'ca.test' }, 'origin must be scheme, host and port, with no slash at its end, found ca.test'],
    [{ badNonceEvery: 0 }, 'badNonceEvery must be a whole number from 1 on, found 0'],
    [{ historyLimit: -1 }, 'historyLimit must be a whole number, found -1'],
    [{ roots: [] }, 'roots must have at least one name, found []'],
    [{ latencyMs: NaN }, 'latencyMs must be a number of milliseconds, 0 at least, found NaN'],
    [{ latencyMs: { newOrder: -1 } }, 'latencyMs must be a number of milliseconds, 0 at least, found -1'],
    [{ validation: { delayMs: -1 } }, 'validation.delayMs must be a number of milliseconds, 0 at least, found -1'],
    [{ issuance: { delayMs: NaN } }, 'issuance.delayMs must be a number of milliseconds, 0 at least, found NaN'],
    [{ lifetimeMs: -1 }, 'lifetimeMs must be a number of milliseconds, 0 at least, found -1'],
    [{ pendingMs: -1 }, 'pendingMs must be a number of milliseconds, 0 at least, found -1'],
    [
      { externalAccounts: { mine: 'not/base64url=' } },
      'externalAccounts must have keys in base64url without padding, that of mine is not',
    ],
  ])('says at the call what cannot work: %j', (options, message) => {
    expect(() => fakeCa(options)).toThrow(new TypeError(`fakeCa: ${message}`));
  });

  it('knows nothing of another', () => {
    const [one, other] = [fakeCa(), fakeCa()];
    testAccount(one);
    virtualTime((time) => {
      const found$ = findAccount(testSession(other), { signer: synchronousSigner() });
      expect(errorOf(time, found$)).toMatchObject({ problem: { detail: 'no account has this key' } });
    });
    expect(one.history.count()).toBe(0);
  });

  it('serves several sessions at a time', () =>
    virtualTime((time) => {
      const { scheduler } = time;
      const ca = fakeCa({ scheduler, latencyMs: 10, validation: { delayMs: 100 } });
      const recordings = ['a', 'b', 'c'].map((name) => {
        const account = testAccount(ca, { scheduler, signer: synchronousSigner(name) });
        return completed(
          time,
          obtainCertificate(account, { identifiers: [`${name}.test`], solvers: [recordingSolver()] }),
        );
      });
      expect(recordings.map(({ isComplete }) => isComplete)).toEqual([true, true, true]);
      expect(new Set(ca.history.requests.flatMap(({ kid }) => kid ?? [])).size).toBe(3);
      ca.verify();
    }));

  it('answers at once where nothing is said of time, on the real scheduler too', () => {
    const account = testAccount(fakeCa());
    const types: string[] = [];
    obtainCertificate(account, { identifiers: ['a.test'], solvers: [recordingSolver()] }).subscribe(({ type }) =>
      types.push(type),
    );
    expect(types.at(-1)).toBe('certificate-issued');
  });

  it('does nothing before it is asked', () => {
    const ca = fakeCa();
    const request = { method: 'GET', url: ca.directoryUrl, headers: {}, maxResponseBytes: 1 } as const;
    const answer$ = ca.transport(request);
    expect(ca.history.count()).toBe(0);
    now(answer$);
    now(answer$);
    expect(ca.history.count('directory')).toBe(2);
  });
});
