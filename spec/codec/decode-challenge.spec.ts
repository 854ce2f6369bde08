import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AcmeProtocolError } from '../../lib/model/errors/protocol-error.js';
import { decodeChallenge } from '../../lib/codec/decode-challenge.js';
import { challenges } from '../vectors/codec-messages.js';
import { anyContext, mutated, protocolErrorOf, stored, unlessThrown } from './support.js';

const http01 = challenges['RFC 8555 §8.3'];
const context = { url: http01.url, links: [] };

describe('decodeChallenge', () => {
  it('reads RFC 8555 §8.3', () => {
    expect(decodeChallenge({ ...context, raw: http01 })).toEqual({ ...http01, raw: http01 });
  });

  it.each([
    'RFC 8555 erratum 5732: an error while it goes on trying',
    'step-ca: still pending, with an error',
  ] as const)('reads %s', (name) => {
    const raw = challenges[name];
    expect(decodeChallenge({ ...context, raw })).toMatchObject({ status: raw.status, error: raw.error });
  });

  it('knows its authorization by the link up (RFC 8555 §7.1), and how long to wait', () => {
    const links = [
      { url: 'https://ca.example/directory', relations: ['index'] },
      { url: 'https://ca.example/authorization/1', relations: ['up'] },
    ];
    const challenge = decodeChallenge({ ...context, links, retryAfterMs: 5000, raw: http01 });
    expect(challenge).toEqual({
      ...http01,
      authorizationUrl: 'https://ca.example/authorization/1',
      retryAfterMs: 5000,
      raw: http01,
    });
    expect(decodeChallenge(stored(challenge))).toEqual(challenge);
  });

  it('takes an absent status for pending, and does without a token (dns-persist-01)', () => {
    const raw = { type: 'dns-persist-01', url: 'https://ca.example/c/1' };
    expect(decodeChallenge({ raw })).toEqual({ ...raw, status: 'pending', raw });
  });

  it('reads when an invalid challenge was validated (Pebble), and leaves out what is no date', () => {
    const raw = { ...http01, status: 'invalid', validated: '2026-11-21T17:00:00.123456789Z' };
    expect(decodeChallenge({ raw }).validatedAt).toEqual(new Date('2026-11-21T17:00:00.123Z'));
    expect(Object.keys(decodeChallenge({ raw: { ...raw, validated: 'now' } }))).not.toContain('validatedAt');
  });

  it.each(['../x', 'a b', 'abc=', 'a+b/c', '', 'a\n', 5, {}, 'x\u0000'])(
    'refuses the token %j (RFC 8555 §8, §11.3)',
    (token) => {
      const error = protocolErrorOf(() => decodeChallenge({ ...context, raw: { ...http01, token } }));
      expect(error.message).toMatch(/^challenge: member "token" must be base64url text, found [a-z ]+$/);
      expect(error.url).toBe(http01.url);
    },
  );

  it.each(['type', 'url'])('needs %s', (name) => {
    protocolErrorOf(() => decodeChallenge({ ...context, raw: { ...http01, [name]: undefined } }));
  });

  it('throws nothing but AcmeProtocolError, and reads back what it made', () => {
    fc.assert(
      fc.property(mutated(challenges), anyContext, (raw, received) => {
        const challenge = unlessThrown(AcmeProtocolError, () => decodeChallenge({ ...received, raw }));
        if (challenge === undefined) return;
        expect(decodeChallenge(stored(challenge))).toEqual(challenge);
        expect(challenge.token ?? 'none').toMatch(/^[A-Za-z0-9_-]+$/);
      }),
      { numRuns: 500 },
    );
  });
});
