import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AcmeInputError } from '../../lib/model/errors/input-error.js';
import { http01Stateless } from '../../lib/node/http01-stateless.js';
import { covers } from '../support/covers.js';
import { taskOf } from '../solvers/tasks.js';
import { done } from '../support/done.js';

covers('http01');

const thumbprint = '9jg46WB3rR_AHD-EBXdN7cBkH1WOu0tA3M9fm21mqTI';
const token = 'LoqXcYV8q5ONbJQxbmR7SCTNo3tiAXDfowyjxAjEuX0';
const task = taskOf({ type: 'http-01', token, keyAuthorization: `${token}.${thumbprint}`, thumbprint });

describe('http01Stateless', () => {
  const { solver, handle } = http01Stateless({ thumbprint });
  const bodyFor = (last: string) => {
    let body: string | undefined;
    const url = `/.well-known/acme-challenge/${last}`;
    const isOurs = handle(
      { method: 'GET', url },
      { writeHead: () => undefined, end: (text?: string) => (body = text) },
    );
    return isOurs ? body : undefined;
  };

  it('answers as RFC 8555 §8.3 shows it, without being told of the token', () => {
    expect(bodyFor(token)).toBe(`${token}.${thumbprint}`);
    expect(bodyFor('x')).toBe(`x.${thumbprint}`);
  });

  it('refuses every other alphabet and what is too long', () => {
    for (const bad of ['', 'a.b', 'a b', '../a', '%2e', 'a/b', '<script>', 'a=', 'a?b', 'ä', 'x'.repeat(129)])
      expect(bodyFor(bad)).toBeUndefined();
    expect(bodyFor('x'.repeat(128))).toBeDefined();
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        expect(bodyFor(text) === undefined).toBe(!/^[A-Za-z0-9_-]{1,128}$/.test(text) || text.endsWith('\n'));
      }),
    );
  });

  it('presents nothing, and says before the authority is told that it answers for another account, or not at all', async () => {
    expect([await done(solver.present(task)), await done(solver.cleanUp(task))]).toEqual([[], []]);
    await expect(done(solver.present({ ...task, thumbprint: 'other' }))).rejects.toThrow('another account key');
    const long = 'x'.repeat(129);
    await expect(done(solver.present({ ...task, token: long }))).rejects.toThrow(AcmeInputError);
    const { thumbprint: _, ...without } = task;
    await expect(done(solver.present(without))).rejects.toThrow('no thumbprint');
  });

  it.each([undefined, '', 'short', `${thumbprint}=`, `${thumbprint.slice(0, 42)}+`])(
    'throws at the call on %j',
    (bad) => {
      expect(() => http01Stateless({ thumbprint: bad as string })).toThrow(TypeError);
    },
  );
});
