import { beforeAll, describe, expect, expectTypeOf, it, vi } from 'vitest';
import * as rxacme from '../../../lib/index.js';
import {
  AcmeInputError,
  AcmeProblemError,
  AcmeRateLimitedError,
  AcmeTransportError,
  type AnyAcmeError,
  isAcmeError,
  problemDocument,
} from '../../../lib/index.js';

const badCsr = new AcmeProblemError(problemDocument({ code: 'badCSR' }));
const transport = new AcmeTransportError('cut');
const later = new AcmeRateLimitedError(problemDocument({}), { status: 503 });

describe('isAcmeError', () => {
  it('is true of any error of rxacme, and of nothing else', () => {
    for (const error of [badCsr, transport, later, new AcmeInputError('no key')]) expect(isAcmeError(error)).toBe(true);
    for (const other of [undefined, null, 'badCSR', new Error('badCSR'), { code: 'problem' }, problemDocument({})]) {
      expect(isAcmeError(other)).toBe(false);
      expect(isAcmeError(other, 'problem')).toBe(false);
    }
  });

  it.each<[string, AnyAcmeError | AcmeProblemError, boolean]>([
    ['badCSR', badCsr, true],
    ['problem', badCsr, true],
    ['badNonce', badCsr, false],
    ['transport', badCsr, false],
    ['transport', transport, true],
    ['badCSR', transport, false],
    ['rateLimited', later, true],
    ['about:blank', later, true],
    ['urn:ietf:params:acme:error:badCSR', badCsr, false],
    ['of-tomorrow', new AcmeProblemError(problemDocument({ type: 'urn:ietf:params:acme:error:of-tomorrow' })), true],
  ])('by the code of a class or of a problem: %s', (code, error, expected) => {
    expect(isAcmeError(error, code)).toBe(expected);
  });

  it('narrows what it finds', () => {
    const [one, two, three]: unknown[] = [badCsr, transport, later];
    if (isAcmeError(one, 'badCSR')) expectTypeOf(one).toEqualTypeOf<AcmeProblemError>();
    if (isAcmeError(two, 'transport')) expectTypeOf(two).toEqualTypeOf<AcmeTransportError>();
    if (isAcmeError(three, 'rateLimited')) expectTypeOf(three).toEqualTypeOf<AcmeRateLimitedError>();
    if (isAcmeError(one)) expectTypeOf(one).toEqualTypeOf<AnyAcmeError>();
  });

  describe('across two copies of the package', () => {
    let copy: typeof rxacme;
    beforeAll(async () => {
      vi.resetModules();
      copy = await import('../../../lib/index.js');
    });

    it('tells the errors of the other', () => {
      expect(copy.AcmeProblemError).not.toBe(AcmeProblemError);
      const other = new copy.AcmeProblemError(problemDocument({ code: 'badCSR' }));
      expect([isAcmeError(other), isAcmeError(other, 'badCSR'), isAcmeError(other, 'caa')]).toEqual([
        true,
        true,
        false,
      ]);
      expect([copy.isAcmeError(badCsr, 'badCSR'), copy.isAcmeError(transport, 'transport')]).toEqual([true, true]);
    });
  });
});
