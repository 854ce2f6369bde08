import { describe, expect, it } from 'vitest';
import { mailto, mailtoAddress, tel, telNumber } from '../../lib/index.js';

describe('mailto', () => {
  it.each([
    ['admin@example.org', 'mailto:admin@example.org'],
    ['first.last+tag@example.org', 'mailto:first.last+tag@example.org'],
    ['a/b%c?d@example.org', 'mailto:a%2Fb%25c%3Fd@example.org'],
    ['admin@bücher.example', 'mailto:admin@xn--bcher-kva.example'],
  ])('%s', (address, url) => {
    expect(mailto(address)).toBe(url);
    expect(mailtoAddress(url)).toBe(address.replace('bücher', 'xn--bcher-kva'));
  });

  it.each(['', 'admin', 'a@b@c', 'a@b,c@d', 'a b@c', '@c', 'a@', 'a@b?subject=x', '"a"@b', 'mailto:a@b', 'a@b\n'])(
    'throws TypeError on %j',
    (address) => expect(() => mailto(address)).toThrow(TypeError),
  );
});

describe('tel', () => {
  it('leaves out what people put between digits', () => {
    expect(tel('+49 (30) 123-45.67')).toBe('tel:+49301234567');
    expect(telNumber('tel:+49-30-1234567;ext=1')).toBe('+49301234567');
  });

  it.each(['', '030123', '+', '+49 30 x', '+1234567890123456'])('throws TypeError on %j', (number) =>
    expect(() => tel(number)).toThrow(TypeError),
  );
});

it.each(['tel:+1', 'mailto:', 'mailto:a@b,c@d', 'mailto:%ff@b', 'https://example.org/a@b', ''])(
  'mailtoAddress has none for %j',
  (contact) => expect(mailtoAddress(contact)).toBeUndefined(),
);

it('mailtoAddress passes over header fields', () =>
  expect(mailtoAddress('MAILTO:a@b.example?subject=x')).toBe('a@b.example'));

it.each(['mailto:a@b', 'tel:123', 'tel:+', 'tel:+12x', ''])('telNumber has none for %j', (contact) =>
  expect(telNumber(contact)).toBeUndefined(),
);
