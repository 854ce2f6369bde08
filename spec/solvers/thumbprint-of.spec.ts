import { describe, expect, it } from 'vitest';
import { AcmeInputError } from '../../lib/model/errors/input-error.js';
import { thumbprintOf } from '../../lib/solvers/thumbprint-of.js';
import { taskOf } from './tasks.js';

describe('thumbprintOf', () => {
  it('is that of the task, which must have one', () => {
    expect(thumbprintOf(taskOf({ thumbprint: 'abc' }))).toBe('abc');
    expect(() => thumbprintOf(taskOf())).toThrow(AcmeInputError);
  });
});
