import { describe, expect, it } from 'vitest';
import { AcmeProblemError, type Identifier, leaveOutRefused } from '../../lib/index.js';
import { decodeProblem } from '../../lib/codec/decode-problem.js';

const dns = (value: string): Identifier => ({ type: 'dns', value });
const identifiers = [dns('a.test'), dns('*.b.test'), dns('c.test'), { type: 'ip', value: '2001:db8::1' }];

const refusal = (...subproblems: object[]) => {
  const problem = decodeProblem({ type: 'urn:ietf:params:acme:error:compound', subproblems });
  if (problem === undefined) throw new Error('no problem');
  return new AcmeProblemError(problem);
};
const about = (identifier: Identifier | undefined, code = 'rejectedIdentifier') => ({
  type: `urn:ietf:params:acme:error:${code}`,
  detail: 'no',
  ...(identifier === undefined ? {} : { identifier }),
});
const leftOut = (...subproblems: object[]) =>
  leaveOutRefused(refusal(...subproblems), identifiers).map(({ identifier }) => identifier.value);

describe('leaveOutRefused', () => {
  it('takes the identifiers that are refused by name, as RFC 8555 §6.7.1 shows them', () => {
    expect(leaveOutRefused(refusal(about(dns('a.test'), 'malformed'), about(dns('c.test'))), identifiers)).toEqual([
      { type: 'urn:ietf:params:acme:error:malformed', detail: 'no', identifier: dns('a.test') },
      { type: 'urn:ietf:params:acme:error:rejectedIdentifier', detail: 'no', identifier: dns('c.test') },
    ]);
  });

  it.each(['rejectedIdentifier', 'unsupportedIdentifier', 'malformed', 'caa', 'dns'])('for %s', (code) => {
    expect(leftOut(about(dns('a.test'), code))).toEqual(['a.test']);
  });

  it.each(['rateLimited', 'serverInternal', 'unauthorized', 'userActionRequired', 'other'])('not for %s', (code) => {
    expect(leftOut(about(dns('a.test'), code))).toEqual([]);
  });

  it('knows them in any case and form, and a wildcard by its base, as it was asked for', () => {
    expect(leftOut(about(dns('A.TEST')), about({ type: 'ip', value: '2001:DB8:0::1' }), about(dns('b.test')))).toEqual([
      'a.test',
      '2001:db8::1',
      '*.b.test',
    ]);
  });

  it('passes over what was not asked for, and what names nothing', () => {
    expect(leftOut(about(dns('x.test')), about(undefined), { type: 'about:blank', identifier: dns('a.test') })).toEqual(
      [],
    );
  });
});
