import { describe, expect, it } from 'vitest';
import { emailReplyChallenge } from '../../lib/codec/email-reply-challenge.js';
import { covers } from '../support/covers.js';
import { challengeWith } from './challenges.js';
import { protocolErrorOf } from './support.js';

covers('emailReply');

const read = (members: object) => emailReplyChallenge(challengeWith('email-reply-00', { ...members }));

describe('emailReplyChallenge', () => {
  it('RFC 8823 §3, its example', () => {
    expect(read({ from: 'acme-challenge+2i211oi1204310@example.com', token: 'DGyRejmCefe7v4NfDGDKfA' })).toEqual({
      from: 'acme-challenge+2i211oi1204310@example.com',
      tokenPart2: 'DGyRejmCefe7v4NfDGDKfA',
    });
  });

  it.each([
    ['from', { token: 'x' }],
    ['from', { from: 'nobody', token: 'x' }],
    ['from', { from: 'a b@example.org', token: 'x' }],
    ['from', { from: 1, token: 'x' }],
    ['token', { from: 'a@example.org' }],
    ['token', { from: 'a@example.org', token: 'a b' }],
  ])('refuses a %s that is none', (name, members) => {
    expect(protocolErrorOf(() => read(members)).message).toContain(`"${name}"`);
  });
});
