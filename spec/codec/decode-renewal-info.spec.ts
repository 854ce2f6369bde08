import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeRenewalInfo } from '../../lib/codec/decode-renewal-info.js';
import { AcmeProtocolError } from '../../lib/model/errors/protocol-error.js';
import { anyContext, mutated, protocolErrorOf, stored, unlessThrown } from './support.js';

const url = 'https://ca.example/renewal-info/a.b';
const decode = (raw: unknown) => decodeRenewalInfo({ raw, url, links: [], retryAfterMs: 21_600_000 });

const messages = {
  'RFC 9773 §4.2': {
    suggestedWindow: { start: '2025-01-02T04:00:00Z', end: '2025-01-03T04:00:00Z' },
    explanationURL: 'https://acme.example.com/docs/ari',
  },
  'Pebble, of a revoked certificate': {
    suggestedWindow: { start: '2026-11-21T16:12:19.737Z', end: '2026-11-21T16:12:20.737Z' },
  },
};
const { suggestedWindow: window } = messages['RFC 9773 §4.2'];

describe('decodeRenewalInfo', () => {
  it('reads the window, the explanation and what the headers said', () => {
    const raw = messages['RFC 9773 §4.2'];
    expect(decode(raw)).toEqual({
      url,
      links: [],
      retryAfterMs: 21_600_000,
      suggestedWindow: {
        startAt: new Date(Date.UTC(2025, 0, 2, 4)),
        endAt: new Date(Date.UTC(2025, 0, 3, 4)),
      },
      explanationUrl: 'https://acme.example.com/docs/ari',
      raw,
    });
  });

  it('reads fractions of a second, and does without an explanation', () => {
    const decoded = decode(messages['Pebble, of a revoked certificate']);
    const { startAt, endAt } = decoded.suggestedWindow;
    expect([startAt.toISOString(), endAt.getTime() - startAt.getTime()]).toEqual(['2026-11-21T16:12:19.737Z', 1_000]);
    expect(decoded).not.toHaveProperty('explanationUrl');
  });

  it.each([5, '', '/docs', 'see our blog', null, 'javascript:alert(1)', 'data:text/html,x'])(
    'leaves out an explanation that is no page: %j',
    (explanationURL) => {
      expect(decode({ suggestedWindow: window, explanationURL })).not.toHaveProperty('explanationUrl');
    },
  );

  it.each([
    ['no window', {}, /"suggestedWindow" must be an object/],
    ['a window that is a list', { suggestedWindow: [window.start, window.end] }, /"suggestedWindow"/],
    ['no end', { suggestedWindow: { start: window.start } }, /"suggestedWindow\.end" must be a string/],
    ['no start', { suggestedWindow: { end: window.end } }, /"suggestedWindow\.start" must be a string/],
    ['a start that is no date', { suggestedWindow: { ...window, start: 'soon' } }, /"suggestedWindow\.start".*3339/],
    ['seconds', { suggestedWindow: { ...window, end: 1_735_876_800 } }, /"suggestedWindow\.end"/],
    ['an end at the start', { suggestedWindow: { start: window.start, end: window.start } }, /later than "start"/],
    ['an end before the start', { suggestedWindow: { start: window.end, end: window.start } }, /later than "start"/],
    [
      'an end before the start, by its offset',
      { suggestedWindow: { start: window.start, end: '2025-01-02T05:00:00+02:00' } },
      /later/,
    ],
    ['a list', [], /must be an object/],
  ])('refuses %s', (_what, raw, message) => {
    const error = protocolErrorOf(() => decode(raw));
    expect(error.message).toMatch(message);
    expect(error.url).toBe(url);
    expect(error.message).not.toContain('soon');
  });

  it('throws nothing but AcmeProtocolError, and reads back what it made', () => {
    fc.assert(
      fc.property(mutated(messages), anyContext, (raw, context) => {
        const info = unlessThrown(AcmeProtocolError, () => decodeRenewalInfo({ ...context, raw }));
        if (info !== undefined) expect(decodeRenewalInfo(stored(info))).toEqual(info);
      }),
    );
  });
});
