import { describe, expect, it } from 'vitest';
import { reviveRenewalTime } from '../../lib/codec/revive-renewal-time.js';
import type { RenewalTime, StoredRenewalTime } from '../../lib/index.js';

const time: RenewalTime = {
  renewAt: new Date('2026-03-01T00:00:00.123Z'),
  askAgainAt: new Date('2026-02-01T06:00:00Z'),
  source: 'renewal-info',
  window: { startAt: new Date('2026-02-28T00:00:00Z'), endAt: new Date('2026-03-02T00:00:00Z') },
  explanationUrl: 'https://ca.test/why',
  failures: 2,
};

describe('reviveRenewalTime', () => {
  it('takes what was emitted, and what JSON makes of it', () => {
    const shortest: RenewalTime = { renewAt: time.renewAt, source: 'lifetime' };
    for (const each of [time, shortest]) {
      expect(reviveRenewalTime(each)).toEqual(each);
      expect(reviveRenewalTime(JSON.parse(JSON.stringify(each)) as StoredRenewalTime)).toEqual(each);
    }
  });

  it('takes nothing for nothing', () => {
    expect(reviveRenewalTime(undefined)).toBeUndefined();
  });

  it('takes null, which databases have in the place of nothing, for nothing', () => {
    const { renewAt, source } = time;
    const row = { renewAt, source, askAgainAt: null, window: null, explanationUrl: null, failures: null };
    expect(reviveRenewalTime(row as never)).toEqual({ renewAt, source });
    for (const each of [null, {}, { ...time, renewAt: null }, { ...time, window: { startAt: null, endAt: null } }])
      expect(reviveRenewalTime(each as never)).toBeUndefined();
  });

  it.each([
    { ...time, renewAt: 'soon' },
    { ...time, askAgainAt: new Date(Number.NaN) },
    { ...time, window: { startAt: '', endAt: time.renewAt } },
    { ...time, window: { startAt: time.renewAt, endAt: 'x' } },
  ])('takes what has a date that is none for nothing', (stored) => {
    expect(reviveRenewalTime(stored)).toBeUndefined();
  });
});
