import { describe, expect, it } from 'vitest';
import { autoRenewal, type AutoRenewalOptions, decodeDirectory } from '../../lib/index.js';

const dayMs = 86_400_000;
const endAt = new Date('2021-04-20T00:00:00Z');
const urls = Object.fromEntries(
  ['newNonce', 'newAccount', 'newOrder'].map((name) => [name, `https://ca.test/${name}`]),
);
/** RFC 8739 §3.2, figure 4 */
const meta = { 'auto-renewal': { 'min-lifetime': 86_400, 'max-duration': 31_536_000, 'allow-certificate-get': true } };
const directory = decodeDirectory({ raw: { ...urls, meta }, url: 'https://ca.test/directory', links: [] });
const membersOf = (options: AutoRenewalOptions) => autoRenewal(options)(directory, { identifiers: [] });

describe('autoRenewal', () => {
  it('writes what RFC 8739 §3.1.1 wants, in seconds, and nothing that is the default', () => {
    expect(membersOf({ endAt, lifetimeMs: 4 * dayMs })).toEqual({
      'auto-renewal': { 'end-date': '2021-04-20T00:00:00Z', lifetime: 345_600 },
    });
    const startAt = new Date('2021-01-10T00:00:00Z');
    const all = { endAt, startAt, lifetimeMs: 4 * dayMs, lifetimeAdjustMs: 3 * dayMs, allowCertificateGet: true };
    expect(membersOf(all)).toEqual({
      'auto-renewal': {
        'start-date': '2021-01-10T00:00:00Z',
        'end-date': '2021-04-20T00:00:00Z',
        lifetime: 345_600,
        'lifetime-adjust': 259_200,
        'allow-certificate-get': true,
      },
    });
  });

  it.each<[string, Partial<Record<keyof AutoRenewalOptions, unknown>>]>([
    ['endAt', { endAt: '2021-04-20' }],
    ['endAt', { endAt: new Date(NaN) }],
    ['endAt', { endAt: new Date(Date.UTC(10_000, 0)) }],
    ['startAt', { startAt: 5 }],
    ['endAt', { startAt: endAt }],
    ['lifetimeMs', { lifetimeMs: 0 }],
    ['lifetimeMs', { lifetimeMs: 1_500 }],
    ['lifetimeMs', { lifetimeMs: Infinity }],
    ['lifetimeMs', { lifetimeMs: undefined }],
    ['lifetimeAdjustMs', { lifetimeAdjustMs: -1_000 }],
  ])('throws TypeError that names %s for %j', (name, change) => {
    const make = () => autoRenewal({ endAt, lifetimeMs: dayMs, ...change } as AutoRenewalOptions);
    expect(make).toThrow(TypeError);
    expect(make).toThrow(`autoRenewal: ${name} must be`);
  });
});
