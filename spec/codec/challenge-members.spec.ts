import { describe, expect, it } from 'vitest';
import { challengeMembers, requiredToken } from '../../lib/codec/challenge-members.js';
import { challengeWith } from './challenges.js';
import { protocolErrorOf, thrownBy } from './support.js';

describe('the members of a challenge', () => {
  it('are read by who knows its type', () => {
    expect(challengeMembers(challengeWith('a-01', { b: 1 }), 'a-01').object).toMatchObject({ type: 'a-01', b: 1 });
    const error = thrownBy(() => challengeMembers(challengeWith('a-01'), 'b-01'));
    expect(error).toBeInstanceOf(TypeError);
    expect(error).toMatchObject({ message: expect.stringMatching(/b-01.*a-01/) });
  });

  it('are tokens, or refused under the name of the challenge', () => {
    const members = challengeMembers(challengeWith('a-01', { good: 'a_-9', bad: '../x', none: '' }), 'a-01');
    expect(requiredToken(members, 'good')).toBe('a_-9');
    for (const name of ['bad', 'none', 'absent']) {
      const { message, url } = protocolErrorOf(() => requiredToken(members, name));
      expect(message).toContain(`a-01 challenge: member "${name}"`);
      expect(message).not.toContain('../x');
      expect(url).toBe('https://ca.example/challenge/a-01');
    }
  });
});
