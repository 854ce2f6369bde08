import { EMPTY, of, VirtualTimeScheduler } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { limitRequests, type RequestKind, requestLimits } from '../../lib/index.js';
import { covers } from '../support/covers.js';

covers('rateLimits');

const base = 'https://ca.test/';
const kinds = ['newNonce', 'newAccount', 'newOrder', 'newAuthz', 'revokeCert', 'keyChange'] as const;
const directory = Object.fromEntries([...kinds, 'renewalInfo'].map((kind) => [kind, `${base}${kind}`])) as never;

/** How many requests of a kind are sent at once, and how many within a time. */
function counts(name: keyof typeof requestLimits, kind: RequestKind, withinMs: number, payload: object = {}): number[] {
  const scheduler = new VirtualTimeScheduler();
  const limiter = limitRequests(requestLimits[name], { scheduler });
  const sentAtMs: number[] = [];
  const url = kind === 'renewalInfo' ? `${base}renewalInfo/a.b` : `${base}${kind}`;
  for (let each = 0; each < 2_500; each++) {
    limiter({ url, payload, directory }, () => of(0), EMPTY).subscribe(() => sentAtMs.push(scheduler.now()));
  }
  scheduler.flush();
  return [sentAtMs.filter((each) => each === 0).length, sentAtMs.filter((each) => each > 0 && each <= withinMs).length];
}

const second = 1_000;
const threeHours = 3 * 3_600_000;

// letsencrypt.org/docs/rate-limits, read in November 2026.
describe('what authorities publish', () => {
  it.each<[keyof typeof requestLimits, RequestKind, number, number[]]>([
    ['letsEncrypt', 'newNonce', second, [10, 20]],
    ['letsEncrypt', 'newAccount', threeHours, [10, 10]],
    ['letsEncrypt', 'newOrder', threeHours, [200, 400]],
    ['letsEncrypt', 'revokeCert', second, [100, 10]],
    ['letsEncrypt', 'renewalInfo', second, [100, 1_000]],
    ['letsEncrypt', 'other', second, [125, 250]],
    ['letsEncryptStaging', 'newOrder', second, [200, 300]],
    ['letsEncryptStaging', 'newAccount', second, [15, 5]],
    ['letsEncryptStaging', 'newNonce', second, [10, 20]],
  ])('%s lets through of %s, at once and in the next %d ms: %j', (name, kind, withinMs, expected) => {
    expect(counts(name, kind, withinMs)).toEqual(expected);
  });

  it('renewals that say so are not counted by account', () => {
    expect(counts('letsEncrypt', 'newOrder', second, { replaces: 'a.b' })).toEqual([200, 300]);
  });

  it('what the directory does not name is other, and a kind without a limit is not held', () => {
    expect(counts('letsEncrypt', 'newAuthz', second)).toEqual([2_500, 0]);
  });
});
