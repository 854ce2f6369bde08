import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeProblem } from '../../lib/codec/decode-problem.js';
import { problemDocument } from '../../lib/codec/problem-document.js';
import { problemFor, subproblemFor } from '../../lib/codec/subproblems.js';
import type { ProblemDocument } from '../../lib/model/problem.js';
import { problems } from '../vectors/codec-messages.js';
import { mutated } from './support.js';

const whole = decodeProblem(problems['RFC 8555 §6.7.1']) as ProblemDocument;

const mixed = problemDocument({
  code: 'compound',
  title: 'Several',
  detail: 'two names are refused',
  status: 403,
  instance: 'https://ca.test/why',
  subproblems: [
    { code: 'caa', detail: 'forbidden', identifier: { type: 'dns', value: 'A.example' } },
    { code: 'dns', identifier: { type: 'dns', value: '*.b.example' } },
    { code: 'tls', identifier: { type: 'ip', value: '2001:db8:0:0::1' } },
    { code: 'malformed', detail: 'of nobody' },
  ],
});

describe('subproblemFor', () => {
  it('finds each of RFC 8555 §6.7.1', () => {
    expect(subproblemFor(whole, 'example.net')).toBe(whole.subproblems[1]);
    expect(subproblemFor(whole, { type: 'dns', value: '_example.org' })).toBe(whole.subproblems[0]);
    expect(subproblemFor(whole, 'example.com')).toBeUndefined();
  });

  it.each([
    ['a.example', 'caa'],
    ['A.EXAMPLE', 'caa'],
    ['*.b.example', 'dns'],
    ['b.example', undefined],
    ['2001:db8::1', 'tls'],
  ])('compares names and addresses, not their spelling: %s', (identifier, code) => {
    const found = subproblemFor(mixed, identifier);
    expect(found?.type).toBe(code && `urn:ietf:params:acme:error:${code}`);
  });

  it('throws TypeError on what is no identifier', () => {
    expect(() => subproblemFor(mixed, 'a b')).toThrow(TypeError);
  });
});

describe('problemFor', () => {
  it('is what the subproblem says, and of the whole what it does not say', () => {
    expect(problemFor(mixed, 'a.example')).toEqual({
      type: 'urn:ietf:params:acme:error:caa',
      detail: 'forbidden',
      status: 403,
      instance: 'https://ca.test/why',
      subproblems: [mixed.subproblems[0]],
      algorithms: [],
      raw: mixed.raw,
    });
  });

  it('never tells of one name what was said of all', () => {
    expect(problemFor(mixed, '*.b.example')).not.toHaveProperty('detail');
    expect(problemFor(mixed, '*.b.example')).not.toHaveProperty('title');
  });

  it('is none for a name that the subproblems leave out', () => {
    expect(problemFor(mixed, 'c.example')).toBeUndefined();
  });

  it('is the whole where no subproblem is about an identifier', () => {
    const plain = problemDocument({ code: 'malformed', subproblems: [{ code: 'caa' }] });
    expect(problemFor(plain, 'c.example')).toBe(plain);
  });

  it('finds something or nothing in whatever a server sends, and never throws', () => {
    fc.assert(
      fc.property(mutated(problems), (raw) => {
        const problem = decodeProblem(raw) as ProblemDocument;
        expect([undefined, ...problem.subproblems]).toContain(subproblemFor(problem, 'example.net'));
        problemFor(problem, 'example.net');
      }),
    );
  });
});
