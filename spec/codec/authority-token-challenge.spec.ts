import { describe, expect, it } from 'vitest';
import { authorityTokenChallenge } from '../../lib/codec/authority-token-challenge.js';
import { covers } from '../support/covers.js';
import { challengeWith } from './challenges.js';
import { protocolErrorOf } from './support.js';

covers('authorityToken');

const read = (members: object) => authorityTokenChallenge(challengeWith('tkauth-01', { ...members }));

describe('authorityTokenChallenge', () => {
  it('RFC 9447 §3, its example', () => {
    const members = { 'tkauth-type': 'atc', 'token-authority': 'https://authority.example.org' };
    expect(read(members)).toEqual({ tokenType: 'atc', tokenAuthority: 'https://authority.example.org' });
  });

  it('needs no authority, and takes types of tomorrow', () => {
    expect(read({ 'tkauth-type': 'other' })).toEqual({ tokenType: 'other' });
  });

  it.each([
    ['tkauth-type', {}],
    ['tkauth-type', { 'tkauth-type': ['atc'] }],
    ['token-authority', { 'tkauth-type': 'atc', 'token-authority': 'no URL' }],
  ])('refuses a %s that is none', (name, members) => {
    expect(protocolErrorOf(() => read(members)).message).toContain(`"${name}"`);
  });
});
