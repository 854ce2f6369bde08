import { describe, expect, it } from 'vitest';
import { decodeProblem } from '../../lib/codec/decode-problem.js';
import { problemDocument, type ProblemDocumentInit } from '../../lib/codec/problem-document.js';
import { problemTypes } from '../../lib/model/problem-types.js';
import { problems } from '../vectors/codec-messages.js';
import { stored } from './support.js';

describe('problemDocument', () => {
  it('makes RFC 8555 §6.7.1, octet for octet', () => {
    const made = problemDocument({
      code: 'malformed',
      detail: 'Some of the identifiers requested were rejected',
      subproblems: [
        {
          code: 'malformed',
          detail: 'Invalid underscore in DNS name "_example.org"',
          identifier: { type: 'dns', value: '_example.org' },
        },
        {
          code: 'rejectedIdentifier',
          detail: 'This CA will not issue for "example.net"',
          identifier: { type: 'dns', value: 'example.net' },
        },
      ],
    });
    expect(JSON.stringify(made.raw)).toBe(JSON.stringify(problems['RFC 8555 §6.7.1']));
    expect(made).toEqual(decodeProblem(problems['RFC 8555 §6.7.1']));
  });

  it.each(Object.keys(problemTypes))('knows the code %s', (code) => {
    expect(problemDocument({ code: code as keyof typeof problemTypes }).type).toBe(
      `urn:ietf:params:acme:error:${code}`,
    );
  });

  it('says no more than it is told, and is read back', () => {
    expect(problemDocument({})).toEqual({ type: 'about:blank', subproblems: [], algorithms: [], raw: {} });
    const made = problemDocument({
      type: 'https://ca.test/odd',
      title: 'Odd',
      status: 418,
      instance: 'https://ca.test/why',
      algorithms: ['ES256'],
      detail: undefined,
    });
    expect(made).toMatchObject({ type: 'https://ca.test/odd', title: 'Odd', status: 418, algorithms: ['ES256'] });
    expect(made).not.toHaveProperty('detail');
    expect(decodeProblem(stored(made.raw))).toEqual(made);
  });

  it.each<[string, object, RegExp]>([
    ['a code that is not registered', { code: 'badCsr' }, /"badCsr" is registered/],
    ['a code of Object', { code: 'toString' }, /"toString" is registered/],
    ['such a code in a subproblem', { subproblems: [{ code: 'x' }] }, /"x" is registered/],
    ['code and type', { code: 'caa', type: 'https://ca.test/odd' }, /code or type/],
  ])('throws TypeError on %s', (_what, init, message) => {
    const make = () => problemDocument(init as ProblemDocumentInit);
    expect(make).toThrow(TypeError);
    expect(make).toThrow(message);
  });
});
