import fc from 'fast-check';
import { expect, it } from 'vitest';
import { decodeUtf8, encodeUtf8 } from '../../lib/codec/utf8.js';
import { anyText, bytes, protocolErrorOf } from './support.js';

it.each([
  ['a byte that starts nothing', bytes(0xff)],
  ['a sequence cut short', bytes(0x61, 0xc3)],
  ['a longer form than needed (RFC 3629 §3)', bytes(0xc0, 0xaf)],
  ['a surrogate (RFC 3629 §3)', bytes(0xed, 0xa0, 0x80)],
])('refuses %s, and keeps the body out of sight', (_, body) => {
  const error = protocolErrorOf(() => decodeUtf8(body, 'order', { url: 'https://ca.example/order/1' }));
  expect(error.message).toBe('order: the body is not UTF-8');
  expect(error.body).toBe(body);
  expect(error.url).toBe('https://ca.example/order/1');
  expect(Object.keys(error)).not.toContain('body');
});

it('keeps a byte order mark', () => {
  expect(decodeUtf8(bytes(0xef, 0xbb, 0xbf, 0x41))).toBe('\uFEFFA');
});

it('reads back all text', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      expect(decodeUtf8(encodeUtf8(text))).toBe(text);
    }),
  );
});
