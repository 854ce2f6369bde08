import { describe, expect, it } from 'vitest';
import { getAccount, getDirectory, newAccount, obtainCertificate } from '../../lib/index.js';
import {
  fakeCa,
  offsetClock,
  recordingSolver,
  synchronousSigner,
  testAccount,
  testSession,
  timeline,
} from '../../lib/testing/index.js';
import { completed, virtualTime } from '../support/virtual-time.js';
import { now } from './support/raw-client.js';

describe('a timeline', () => {
  it('is a line for each resource and a column for each moment', () =>
    virtualTime((time) => {
      const { scheduler } = time;
      const ca = fakeCa({ scheduler, latencyMs: 10, validation: { delayMs: 300 }, issuance: { delayMs: 100 } });
      ca.failNext('newOrder', { type: 'badNonce' });
      ca.script('certificate', { lost: 'after' });
      const account = testAccount(ca, { scheduler });
      completed(time, obtainCertificate(account, { identifiers: ['a.test'], solvers: [recordingSolver()] }));
      expect(`\n${ca.timeline()}\n`).toBe(`
ms               0  10  20  30  40  50  310  695  705  965  975  1235  1245
directory        d----------------------------------------------------------
newNonce         ---n--------------------------------------------n----------
orders           -------o#--o-----------------------------------------------
authorization 3  ---------------r-------------------------------------------
challenge 4      -------------------c---------------------------------------
order 2          -----------------------o----o----f----o--------------------
certificate 9    -------------------------------------------g!---------g----
d directory  n new nonce  o order  # refused  r read authorization  c challenge  f finalize  g get certificate  ! lost
`);
    }));

  it('counts from the first request, whatever the clock says', () =>
    virtualTime((time) => {
      const clock = offsetClock(time.scheduler, new Date(Date.UTC(2026, 0, 1)));
      const ca = fakeCa({ scheduler: time.scheduler, clock, latencyMs: 5 });
      completed(time, getAccount(testAccount(ca, { scheduler: time.scheduler, clock })));
      expect(ca.timeline().split('\n').slice(0, 3)).toEqual([
        'ms         0  5  10',
        'directory  d--------',
        'newNonce   ---n-----',
      ]);
    }));

  it('has several requests of one moment side by side, and says what is open or was given up', () =>
    virtualTime(({ scheduler }) => {
      const ca = fakeCa({ scheduler, latencyMs: 5 });
      const subscriptions = [1, 2].map(() => getDirectory(testSession(ca, { scheduler })).subscribe());
      subscriptions[0]?.unsubscribe();
      expect(ca.timeline()).toBe(`ms         0\ndirectory  dxd?-\nd directory  x cancelled  ? open`);
      subscriptions[1]?.unsubscribe();
    }));

  it('has operations that no order needs', () => {
    const ca = fakeCa({ clock: { now: () => 5 } });
    const session = testSession(ca);
    now(getAccount(now(newAccount(session, { signer: synchronousSigner() }))));
    expect(ca.timeline().split('\n').slice(0, -1)).toEqual([
      'ms          0',
      'directory   d-',
      'newNonce    n-',
      'newAccount  a-',
      'account 1   a-',
    ]);
  });

  it('says so where there is nothing', () => {
    expect(timeline([])).toBe('(no requests)');
  });
});
