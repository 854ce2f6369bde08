import { describe, expect, it } from 'vitest';
import { getAccount, getDirectory, newAccount, newOrder, obtainCertificate } from '../../lib/index.js';
import {
  fakeCa,
  offsetClock,
  recordingSolver,
  synchronousSigner,
  testAccount,
  testSession,
} from '../../lib/testing/index.js';
import { completed, virtualTime } from '../support/virtual-time.js';
import { accountClient, now } from './support/raw-client.js';

const request = { identifiers: ['example.org'], solvers: [recordingSolver()] };

describe('a history', () => {
  it('has every request, decoded', () =>
    virtualTime(({ scheduler, flush }) => {
      const clock = offsetClock(scheduler, new Date(1_000_000));
      const ca = fakeCa({ scheduler, clock, latencyMs: 10 });
      const account = testAccount(ca, { scheduler, clock });
      newOrder(account, request).subscribe();
      flush();
      expect(ca.history.requests).toEqual([
        {
          operation: 'directory',
          occurrence: 1,
          method: 'GET',
          url: 'https://ca.test/directory',
          payload: undefined,
          nonce: undefined,
          kid: undefined,
          jwk: undefined,
          startedAtMs: 1_000_000,
          endedAtMs: 1_000_010,
          outcome: 'answered',
          status: 200,
        },
        expect.objectContaining({ operation: 'newNonce', method: 'GET', status: 204, startedAtMs: 1_000_010 }),
        {
          operation: 'newOrder',
          occurrence: 1,
          method: 'POST',
          url: 'https://ca.test/new-order',
          payload: { identifiers: [{ type: 'dns', value: 'example.org' }] },
          nonce: expect.stringMatching(/^nonce-/),
          kid: account.url,
          jwk: undefined,
          startedAtMs: 1_000_020,
          endedAtMs: 1_000_030,
          outcome: 'answered',
          status: 201,
        },
      ]);
    }));

  it('tells POST-as-GET from a payload, and a key from an account', () => {
    const ca = fakeCa();
    const signer = synchronousSigner();
    const account = now(newAccount(testSession(ca), { signer }));
    now(getAccount(account));
    expect(ca.history.requests.slice(-2)).toMatchObject([
      { operation: 'newAccount', payload: {}, jwk: signer.publicJwk, kid: undefined },
      { operation: 'account', payload: '', jwk: undefined, kid: account.url },
    ]);
  });

  it('has bad requests as far as they can be read', () => {
    const ca = fakeCa();
    const { post, get, at } = accountClient(ca);
    now(post(at('new-order'), {}, { body: 'nonsense' }));
    now(post(at('new-order'), {}, { body: { protected: 'a+b', payload: '_w' } }));
    now(post(at('new-order'), {}, { body: 'null' }));
    now(get(at('nowhere')));
    expect(ca.history.requests.filter(({ operation }) => operation !== 'newNonce')).toMatchObject([
      { operation: 'newOrder', payload: {}, nonce: undefined, status: 400 },
      { operation: 'newOrder', payload: {}, kid: undefined, status: 400 },
      { operation: 'newOrder', payload: {}, status: 400 },
      { operation: 'unknown', url: 'https://ca.test/nowhere', status: 404 },
    ]);
  });

  it('counts by operation, and all', () => {
    const ca = fakeCa();
    expect([ca.history.count(), ca.history.counts]).toEqual([0, {}]);
    const account = testAccount(ca);
    now(getAccount(account));
    now(getAccount(account));
    expect(ca.history.counts).toEqual({ directory: 1, newNonce: 1, account: 2 });
    expect([ca.history.count('account'), ca.history.count('newOrder'), ca.history.count()]).toEqual([2, 0, 4]);
    expect(ca.history.requests.map(({ operation, occurrence }) => `${operation} ${occurrence}`)).toEqual([
      'directory 1',
      'newNonce 1',
      'account 1',
      'account 2',
    ]);
  });

  it('says what was given up, what was lost and what is open', () =>
    virtualTime(({ scheduler, flush }) => {
      const ca = fakeCa({ scheduler, latencyMs: { directory: 100 } });
      const session = testSession(ca, { scheduler });
      const subscription = getDirectory(session).subscribe();
      expect(ca.history.requests.map(({ outcome }) => outcome)).toEqual(['open']);
      subscription.unsubscribe();
      expect(ca.history.cancelled).toEqual(ca.history.requests);
      ca.script('directory', { lost: 'middle' });
      getDirectory(session).subscribe();
      flush();
      expect(ca.history.requests.map(({ outcome }) => outcome)).toEqual(['cancelled', 'lost', 'answered']);
    }));

  it('names the problem that was answered', () => {
    const ca = fakeCa();
    const { post, at } = accountClient(ca);
    now(post(at('new-order'), {}));
    expect(ca.history.requests.at(-1)).toMatchObject({
      status: 400,
      problemType: 'urn:ietf:params:acme:error:malformed',
      outcome: 'answered',
    });
  });

  it('keeps the latest only, and counts all', () => {
    const ca = fakeCa({ historyLimit: 3 });
    const account = testAccount(ca);
    for (let index = 0; index < 5; index++) now(getAccount(account));
    expect(ca.history.requests.map(({ occurrence }) => occurrence)).toEqual([3, 4, 5]);
    expect(ca.history.count('account')).toBe(5);
  });

  it('is of each subscription', () =>
    virtualTime((time) => {
      const ca = fakeCa({ scheduler: time.scheduler });
      const account = testAccount(ca, { scheduler: time.scheduler });
      const certificate$ = obtainCertificate(account, request);
      expect(ca.history.count()).toBe(0);
      completed(time, certificate$);
      completed(time, certificate$);
      expect(ca.history.count('newOrder')).toBe(2);
    }));
});
