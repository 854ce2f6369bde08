import { describe, expect, it } from 'vitest';
import { bundleNodeChallenge } from '../../lib/codec/bundle-node-challenge.js';
import { covers } from '../support/covers.js';
import { challengeWith } from './challenges.js';
import { protocolErrorOf } from './support.js';

covers('nodeId');

const read = (members: object) => bundleNodeChallenge(challengeWith('bp-nodeid-00', { ...members }));

describe('bundleNodeChallenge', () => {
  it('RFC 9891 §3.1, its example', () => {
    expect(read({ 'id-chal': 'dDtaviYTPUWFS3NK37YWfQ', 'token-chal': 'tPUZNY4ONIk6LxErRFEjVw' })).toEqual({
      challengeId: 'dDtaviYTPUWFS3NK37YWfQ',
      tokenPart2: 'tPUZNY4ONIk6LxErRFEjVw',
    });
  });

  it.each([
    ['id-chal', { 'token-chal': 'a' }],
    ['token-chal', { 'id-chal': 'a' }],
    ['token-chal', { 'id-chal': 'a', 'token-chal': 'a=' }],
  ])('refuses a %s that is none', (name, members) => {
    expect(protocolErrorOf(() => read(members)).message).toContain(`"${name}"`);
  });
});
