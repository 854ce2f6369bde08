import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isExempt, isLoopback } from '../../lib/node/no-proxy.js';

describe('isLoopback', () => {
  it.each([
    'localhost',
    'localhost.',
    'a.localhost',
    '127.0.0.1',
    '127.8.9.10',
    '[::1]',
    '[::ffff:127.0.0.1]',
    '2130706433',
  ])('%s is this machine', (host) => {
    expect(isLoopback(new URL(`https://${host}/`).hostname)).toBe(true);
  });

  it.each(['ca.example', 'localhost.example', '128.0.0.1', '[::2]', '[::ffff:128.0.0.1]', 'notlocalhost'])(
    '%s is another',
    (host) => {
      expect(isLoopback(new URL(`https://${host}/`).hostname)).toBe(false);
    },
  );
});

describe('isExempt', () => {
  it.each([
    ['ca.example', 'https://ca.example/'],
    ['CA.example', 'https://ca.example/'],
    ['example', 'https://ca.example/'],
    ['.ca.example', 'https://ca.example/'],
    ['*.example', 'https://ca.example/'],
    ['ca.example.', 'https://ca.example/'],
    ['ca.example', 'https://ca.example./'],
    ['bücher.example', 'https://xn--bcher-kva.example/'],
    ['ca.example:443', 'https://ca.example/'],
    ['ca.example:80', 'http://ca.example/'],
    ['ca.example:14000', 'https://ca.example:14000/'],
    ['10.1.2.3', 'https://10.1.2.3/'],
    ['10.0.0.0/8', 'https://10.1.2.3/'],
    ['0.0.0.0/0', 'https://10.1.2.3/'],
    ['[2001:db8::1]', 'https://[2001:db8::1]/'],
    ['[2001:DB8:0:0::1]', 'https://[2001:db8::1]/'],
    ['2001:db8:0:0:0:0:0:1', 'https://[2001:db8::1]/'],
    ['2001:db8::1', 'https://[2001:db8::1]:8443/'],
    ['[2001:db8::1]:8443', 'https://[2001:db8::1]:8443/'],
    ['2001:db8::/32', 'https://[2001:db8::1]/'],
    ['*', 'https://anything.example/'],
  ])('%s names the host of %s', (entry, url) => {
    expect(isExempt(entry, new URL(url))).toBe(true);
  });

  it.each([
    ['a.example', 'https://ca.example/'],
    ['ca.example.org', 'https://ca.example/'],
    ['ca.example:8443', 'https://ca.example/'],
    ['2.3', 'https://10.1.2.3/'],
    ['10.0.0.0/16', 'https://10.1.2.3/'],
    ['10.0.0.0/33', 'https://10.1.2.3/'],
    ['10.0.0.0/8', 'https://ca.example/'],
    ['10.0.0.0/8', 'https://[::a01:203]/'],
    ['2001:db8::/32', 'https://10.1.2.3/'],
    ['2001:db8::/129', 'https://[2001:db8::1]/'],
    ['example/24', 'https://ca.example/'],
    ['me@ca.example', 'https://ca.example/'],
    ['ca.example?', 'https://ca.example/'],
    ['.', 'https://ca.example/'],
    [':443', 'https://ca.example/'],
    ['[', 'https://ca.example/'],
    ['', 'https://ca.example/'],
  ])('%s does not name the host of %s', (entry, url) => {
    expect(isExempt(entry, new URL(url))).toBe(false);
  });

  it('takes any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.webUrl(), (entry, url) => {
        expect(typeof isExempt(entry, new URL(url))).toBe('boolean');
      }),
    );
  });
});
