import { describe, expect, it } from 'vitest';
import { onionCsrChallenge } from '../../lib/codec/onion-csr-challenge.js';
import { covers } from '../support/covers.js';
import { challengeWith } from './challenges.js';
import { bytes, protocolErrorOf } from './support.js';

covers('onion');

const read = (members: object) => onionCsrChallenge(challengeWith('onion-csr-01', { ...members }));

describe('onionCsrChallenge', () => {
  it('RFC 9799 §3.2, its example', () => {
    expect(read({ nonce: 'bI6/MRqV4gw=' })).toEqual({ nonce: bytes(0x6c, 0x8e, 0xbf, 0x31, 0x1a, 0x95, 0xe2, 0x0c) });
  });

  it('has the key by which the authority is known', () => {
    const authKey = { kty: 'OKP', crv: 'Ed25519', x: 'AA' };
    expect(read({ nonce: 'bI6/MRqV4gw=', authKey }).authKey).toEqual(authKey);
    expect(read({ nonce: 'bI6/MRqV4gw=', authKey: null })).not.toHaveProperty('authKey');
  });

  it.each([
    ['nonce', {}],
    ['nonce', { nonce: 'bI6_MRqV4gw' }],
    ['nonce', { nonce: 'bI6/MRqV4gw' }],
    ['nonce', { nonce: 'AAAA' }],
    ['nonce', { nonce: 7 }],
    ['authKey', { nonce: 'bI6/MRqV4gw=', authKey: 'key' }],
  ])('refuses a %s that is none', (name, members) => {
    expect(protocolErrorOf(() => read(members)).message).toContain(`"${name}"`);
  });
});
