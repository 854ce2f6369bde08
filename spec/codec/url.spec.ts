import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isAbsoluteUrl, parseUrl } from '../../lib/codec/url.js';
import { anyUrl } from './support.js';

it.each([
  'https://example.com/acme/order/1',
  'https://example.com',
  'HTTPS://EXAMPLE.com:443/a/../b?x=%7e',
  'http://127.0.0.1:14000/dir',
  'https://[::1]/x',
  'data:text/plain,Do%20what%20thou%20wilt',
  'mailto:admin@example.org',
])('takes %j as it stands', (text) => {
  expect(isAbsoluteUrl(text)).toBe(true);
});

it.each([
  '',
  '/acme/order/1',
  '//example.com/x',
  'example.com',
  'https:',
  'https:example.com',
  'https:/example.com',
  'https:///example.com',
  'https://',
  'https://exa mple.com/',
  ' https://example.com/',
  'https://example.com/\n',
  'ht\ttps://example.com/',
  'https://example.com\\@evil.example/',
  'https:\\\\example.com',
  'https://example.com:99999/',
  '1https://example.com/',
  '\u212Attps://example.com/',
])('refuses %j', (text) => {
  expect(isAbsoluteUrl(text)).toBe(false);
});

it('takes nothing that the platform does not', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        anyUrl,
        fc.string().map((rest) => `https:${rest}`),
      ),
      (text) => {
        if (isAbsoluteUrl(text)) expect(parseUrl(text)).toBeInstanceOf(URL);
      },
    ),
  );
});
