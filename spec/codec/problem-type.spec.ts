import { describe, expect, it } from 'vitest';
import { isProblemType, problemCode, problemType } from '../../lib/codec/problem-type.js';
import { problemTypes } from '../../lib/model/problem-types.js';

describe('a problem’s type', () => {
  it.each(Object.keys(problemTypes))('is made of its code and read back: %s', (code) => {
    const type = problemType(code);
    expect(type).toBe(`urn:ietf:params:acme:error:${code}`);
    expect(problemCode({ type })).toBe(code);
    expect(isProblemType({ type }, code)).toBe(true);
    expect(isProblemType({ type }, `${code}x`)).toBe(false);
  });

  it('of a server’s own in the namespace has a code all the same', () => {
    expect(problemCode({ type: 'urn:ietf:params:acme:error:conflict' })).toBe('conflict');
    expect(isProblemType({ type: 'urn:ietf:params:acme:error:conflict' }, 'conflict')).toBe(true);
  });

  it.each(['about:blank', '', 'https://ca.test/odd#malformed', 'urn:acme:error:malformed', 'malformed'])(
    'of another namespace has none: %j',
    (type) => {
      expect(problemCode({ type })).toBeUndefined();
      expect(isProblemType({ type }, 'malformed')).toBe(false);
    },
  );
});
