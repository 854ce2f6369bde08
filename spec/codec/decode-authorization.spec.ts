import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AcmeProtocolError } from '../../lib/model/errors/protocol-error.js';
import { decodeAuthorization } from '../../lib/codec/decode-authorization.js';
import { authorizations } from '../vectors/codec-messages.js';
import { anyContext, mutated, protocolErrorOf, stored, unlessThrown } from './support.js';

const url = 'https://example.com/acme/authz/PAniVnsZcis';
const decode = (raw: unknown) => decodeAuthorization({ raw, url, links: [], retryAfterMs: 1000 });
const valid = authorizations['RFC 8555 §7.1.4'];
const mixed = authorizations['a challenge without a token among others'];

describe('decodeAuthorization', () => {
  it('reads RFC 8555 §7.1.4', () => {
    const { validated, ...challenge } = valid.challenges[0]!;
    expect(decode(valid)).toEqual({
      status: 'valid',
      expiresAt: new Date('2015-03-01T14:09:07.990Z'),
      identifier: valid.identifier,
      wildcard: false,
      challenges: [{ ...challenge, validatedAt: new Date(validated), authorizationUrl: url, raw: valid.challenges[0] }],
      url,
      links: [],
      retryAfterMs: 1000,
      raw: valid,
    });
  });

  it('reads challenges of types that nobody knows, without a token and without a status', () => {
    const { challenges, wildcard } = decode(mixed);
    expect(challenges.map(({ type, status, token }) => [type, status, token !== undefined])).toEqual([
      ['dns-01', 'pending', true],
      ['dns-persist-01', 'pending', false],
      ['of-tomorrow-01', 'pending', false],
    ]);
    expect(wildcard).toBe(true);
  });

  it.each([
    [true, true],
    [false, false],
    ['yes', undefined],
    [undefined, undefined],
  ])('reads RFC 9444 §4.1, subdomainAuthAllowed being %j', (subdomainAuthAllowed, expected) => {
    expect(decode({ ...valid, subdomainAuthAllowed }).subdomainAuthAllowed).toBe(expected);
  });

  it('takes an absent wildcard for none, and keeps statuses that it does not know', () => {
    const raw = { ...valid, wildcard: undefined, status: 'processing', expires: 'never' };
    const authorization = decode(raw);
    expect(authorization).toMatchObject({ wildcard: false, status: 'processing' });
    expect(Object.keys(authorization)).not.toContain('expiresAt');
  });

  it.each([
    ['status', undefined, 'member "status" must be a string, found nothing'],
    ['identifier', 'example.org', 'member "identifier" must be an object, found string'],
    ['identifier', { type: 'dns', value: '' }, 'member "identifier.value" must be a string, found an empty string'],
    ['challenges', undefined, 'member "challenges" must be an array, found nothing'],
    ['challenges', [null], 'member "challenges[0]" must be an object, found null'],
    ['challenges', [{ type: 'dns-01' }], 'member "challenges[0].url" must be an absolute URL, found nothing'],
    ['wildcard', 'yes', 'member "wildcard" must be a boolean, found string'],
  ])('refuses %s %j', (name, value, fault) => {
    const error = protocolErrorOf(() => decode({ ...valid, [name]: value }));
    expect(error.message).toBe(`authorization: ${fault}`);
    expect(error.url).toBe(url);
  });

  it('refuses a token that could leave its folder, and does not repeat it', () => {
    const challenges = [mixed.challenges[0], { ...mixed.challenges[0], token: '../../etc/passwd' }];
    expect(protocolErrorOf(() => decode({ ...mixed, challenges })).message).toBe(
      'authorization: member "challenges[1].token" must be base64url text, found a string that is none',
    );
  });

  it('throws nothing but AcmeProtocolError, and reads back what it made', () => {
    fc.assert(
      fc.property(mutated(authorizations), anyContext, (raw, context) => {
        const authorization = unlessThrown(AcmeProtocolError, () => decodeAuthorization({ ...context, raw }));
        if (authorization !== undefined) expect(decodeAuthorization(stored(authorization))).toEqual(authorization);
      }),
      { numRuns: 500 },
    );
  });
});
