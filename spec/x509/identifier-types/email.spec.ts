import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emailIdentifier } from '../../../lib/x509/identifier-types/email.js';
import { anyText, unlessThrown } from '../../codec/support.js';
import { covers } from '../../support/covers.js';
import { requestedText } from './requested.js';

covers('emailReply');

const normalize = (value: string) => emailIdentifier.normalize?.(value);

describe('emailIdentifier', () => {
  it.each([
    ['Alexey@Example.COM', 'Alexey@example.com'],
    ["o'brien+tag@bücher.example", "o'brien+tag@xn--bcher-kva.example"],
    ['jörg@example.org', 'jörg@example.org'],
  ])('writes %s as %s', (value, expected) => {
    expect(normalize(value)).toBe(expected);
  });

  it.each([
    '',
    'a',
    '@b.c',
    'a@',
    'a@b@c',
    'A <a@b.c>',
    '"a b"@c.d',
    'a b@c.d',
    '.a@b.c',
    'a.@b.c',
    'a..b@c.d',
    'a@b c',
    `${'a'.repeat(65)}@b.c`,
  ])('refuses %j', (value) => {
    expect(() => normalize(value)).toThrow(TypeError);
  });

  it('writes anything that it takes the same way again', () => {
    fc.assert(
      fc.property(fc.oneof(anyText, fc.emailAddress()), (text) => {
        const written = unlessThrown(TypeError, () => normalize(text));
        if (written !== undefined) expect(normalize(written)).toBe(written);
      }),
    );
  });

  it('openssl reads the address in a request, and the other form of one that is not in ASCII', async () => {
    const text = await requestedText(emailIdentifier, 'alexey@example.com', 'jörg@example.org');
    expect(text).toContain('verify OK');
    expect(text).toContain('email:alexey@example.com');
    expect(text).toMatch(/othername: (?:SmtpUTF8Mailbox|1\.3\.6\.1\.5\.5\.7\.8\.9|<unsupported>)/);
  });
});
