import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tokenPart1 } from '../../lib/codec/acme-subject.js';
import { AcmeInputError } from '../../lib/model/errors/input-error.js';
import { covers } from '../support/covers.js';
import { anyText, unlessThrown } from './support.js';

covers('emailReply');

const token = 'LgYemJLy3F1LDkiJrdIGbEzyFJyOyf6vBdyZ1TG3sME=';

describe('tokenPart1', () => {
  it.each([
    ['RFC 8823 §3.1, its example', `ACME: ${token}`],
    ['acme4j: folded within', 'ACME: LgYemJLy3F1LDkiJrdIGbEzyFJyOyf\r\n 6vBdyZ1TG3sME='],
    ['an answer', `Re: ACME: ${token}`],
    ['an answer to an answer, in German', `AW: Re: ACME: ${token}`],
    ['no blank', `acme:${token}`],
    ['blanks around', ` ACME:\t ${token} \r\n`],
  ])('%s', (_, subject) => {
    expect(tokenPart1(subject)).toBe(token);
  });

  it.each([
    '',
    'ACME:',
    'ACME: ',
    token,
    'Hello',
    `ACME ${token}`,
    'ACME: a/b',
    'ACME: a=b',
    'ACME: =',
    'ACME: a===',
    `Hello: ACME: ${token}`,
  ])('refuses %j', (subject) => {
    expect(() => tokenPart1(subject)).toThrow(AcmeInputError);
  });

  it('reads or refuses any text', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        unlessThrown(AcmeInputError, () => tokenPart1(text));
        const read = unlessThrown(AcmeInputError, () => tokenPart1(`ACME: ${text}`));
        if (read !== undefined) expect(read).toMatch(/^[\w-]+={0,2}$/);
      }),
    );
  });
});
