import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allowsCertificateGet, readAutoRenewal } from '../../lib/codec/decode-auto-renewal.js';
import type { JsonObject } from '../../lib/index.js';
import { mutated } from './support.js';

/** RFC 8739 §3.5.1 */
const example = {
  'start-date': '2016-01-10T00:00:00Z',
  'end-date': '2016-01-20T00:00:00Z',
  lifetime: 345_600,
  'lifetime-adjust': 259_200,
};
const read = (renewal: unknown) => readAutoRenewal({ raw: { 'auto-renewal': renewal } as JsonObject });
const least = { 'end-date': '2021-04-20T00:00:00Z', lifetime: 345_600 };

describe('readAutoRenewal', () => {
  it('reads RFC 8739 §3.5.1', () => {
    expect(read(example)).toEqual({
      startAt: new Date('2016-01-10T00:00:00Z'),
      endAt: new Date('2016-01-20T00:00:00Z'),
      lifetimeMs: 345_600_000,
      lifetimeAdjustMs: 259_200_000,
      allowCertificateGet: false,
    });
  });

  it('does without what may be left out', () => {
    expect(read(least)).toEqual({
      endAt: new Date('2021-04-20T00:00:00Z'),
      lifetimeMs: 345_600_000,
      lifetimeAdjustMs: 0,
      allowCertificateGet: false,
    });
  });

  it.each([
    undefined,
    null,
    [],
    'x',
    {},
    { ...least, lifetime: '4' },
    { ...least, lifetime: JSON.parse('1e999') as number },
    { ...least, 'end-date': 'soon' },
    { lifetime: 5 },
  ])('finds none in %j', (renewal) => {
    expect(read(renewal)).toBeUndefined();
  });

  it('never throws', () => {
    fc.assert(
      fc.property(mutated({ example, least }), (renewal) => {
        read(renewal);
        allowsCertificateGet({ raw: { 'auto-renewal': renewal } as JsonObject });
      }),
    );
  });
});

describe('allowsCertificateGet', () => {
  it.each<[JsonObject, boolean]>([
    [{}, false],
    [{ 'allow-certificate-get': true }, true],
    [{ 'allow-certificate-get': 'true' }, false],
    [{ 'auto-renewal': { ...least, 'allow-certificate-get': true } }, true],
    [{ 'auto-renewal': least, 'allow-certificate-get': true }, false],
  ])('of %j is %j', (raw, answer) => {
    expect(allowsCertificateGet({ raw })).toBe(answer);
  });
});
