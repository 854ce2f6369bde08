import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeProblem } from '../../lib/codec/decode-problem.js';
import { problems } from '../vectors/codec-messages.js';
import { anyJson, mutated, stored } from './support.js';
import { covers } from '../support/covers.js';

covers('problems');

describe('decodeProblem', () => {
  it('reads RFC 8555 §6.7.1, with its subproblems', () => {
    const raw = problems['RFC 8555 §6.7.1'];
    expect(decodeProblem(raw)).toEqual({ ...raw, algorithms: [], raw });
  });

  it('reads RFC 8555 §7.3.3, with what to visit', () => {
    const raw = problems['RFC 8555 §7.3.3'];
    expect(decodeProblem(raw)).toEqual({ ...raw, subproblems: [], algorithms: [], raw });
  });

  it('reads the algorithms that a server takes (RFC 8555 §6.2)', () => {
    const raw = {
      type: 'urn:ietf:params:acme:error:badSignatureAlgorithm',
      status: 400,
      algorithms: ['RS256', 5, 'ES256'],
    };
    expect(decodeProblem(raw)).toMatchObject({ status: 400, algorithms: ['RS256', 'ES256'] });
  });

  it('takes an absent type for about:blank (RFC 7807 §3.1)', () => {
    for (const raw of [{}, { type: null }, { type: 5 }, { type: '' }]) {
      expect(decodeProblem(raw)).toEqual({ type: 'about:blank', subproblems: [], algorithms: [], raw });
    }
  });

  it.each(['https://example.com/probs/out-of-credit', '/relative', 'not a URI', 'urn:acme:error:malformed'])(
    'keeps the type %j',
    (type) => {
      expect(decodeProblem({ type })?.type).toBe(type);
    },
  );

  it.each([undefined, null, 'text', 5, true, []])('finds none in %j', (raw) => {
    expect(decodeProblem(raw)).toBeUndefined();
  });

  it('leaves out members of the wrong type', () => {
    const raw = {
      title: 1,
      detail: ['x'],
      status: '400',
      instance: {},
      algorithms: 'ES256',
      subproblems: [
        null,
        'x',
        { identifier: { type: 'dns' } },
        { type: 't', identifier: { type: 'dns', value: 'a', more: 1 } },
      ],
    };
    expect(decodeProblem(raw)).toEqual({
      type: 'about:blank',
      subproblems: [{ type: 'about:blank' }, { type: 't', identifier: { type: 'dns', value: 'a' } }],
      algorithms: [],
      raw,
    });
    for (const status of [0, 99, 600, 400.5, -1]) expect(decodeProblem({ status })?.status).toBeUndefined();
  });

  it('never throws, and reads back what it made', () => {
    fc.assert(
      fc.property(fc.oneof(anyJson, mutated(problems)), (raw) => {
        const problem = decodeProblem(raw);
        if (problem === undefined) return;
        expect(stored(problem)).toEqual(problem);
        expect(decodeProblem(stored(problem.raw))).toEqual(problem);
      }),
    );
  });
});
