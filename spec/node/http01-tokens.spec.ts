import { describe, expect, it } from 'vitest';
import { PresentedTokens } from '../../lib/node/http01-tokens.js';
import { taskOf } from '../solvers/tasks.js';

describe('PresentedTokens', () => {
  it('keeps a token for as many as presented it, and knows no other', () => {
    const tokens = new PresentedTokens();
    for (let time = 0; time < 2; time++) tokens.add(taskOf());
    expect([tokens.size, tokens.contentOf('token'), tokens.contentOf('constructor')]).toEqual([
      1,
      'token.thumbprint',
      undefined,
    ]);
    tokens.remove(taskOf());
    expect(tokens.contentOf('token')).toBe('token.thumbprint');
    tokens.remove(taskOf());
    tokens.remove(taskOf());
    expect([tokens.size, tokens.contentOf('token')]).toEqual([0, undefined]);
  });

  it('takes nothing without a token', () => {
    const { token: _, ...without } = taskOf();
    const tokens = new PresentedTokens();
    expect(() => tokens.add(without)).toThrow('no token');
    tokens.remove(without);
    expect(tokens.size).toBe(0);
  });
});
