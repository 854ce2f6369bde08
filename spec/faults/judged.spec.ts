import { describe, expect, it } from 'vitest';
import type { LoggedRequest } from '../support/fault-interceptor.js';
import { AcmeOrderError } from '../../lib/index.js';
import type { Cell, Finding } from './cells.js';
import { isPrinted, sentTwice } from './invariants.js';
import { judged } from './judged.js';

const cell: Cell = { operation: 'order', occurrence: 2, fault: 'a redirect', moment: 'always' };
const found = (outcome: string, ...violations: string[]): Finding => ({ outcome, violations, message: 'why' });

describe('a cell of the matrix', () => {
  it('holds where it ends as it should and nothing is left', () => {
    expect(judged(cell, found('protocol'))).toBeUndefined();
  });

  it.each([
    [found('certificate'), 'ended in certificate, not in protocol (why)'],
    [found('none'), 'ended in none'],
    [found('protocol', '2 timers left'), '2 timers left'],
  ])('does not hold: %j', (finding, fault) => {
    expect(judged(cell, finding)).toMatch(/^order 2, always: a redirect: /);
    expect(judged(cell, finding)).toContain(fault);
  });
});

describe('what must never be', () => {
  const request = (operation: string, url: string, isCarriedOut: boolean): LoggedRequest => ({
    operation,
    occurrence: 1,
    url,
    isRead: false,
    isHit: false,
    isCarriedOut,
  });

  it('sees what is sent again after it was carried out', () => {
    const [done, refused] = [request('finalize', '/1', true), request('finalize', '/1', false)];
    expect(sentTwice([refused, done])).toEqual([]);
    expect(sentTwice([done, request('finalize', '/2', true)])).toEqual([]);
    expect(sentTwice([done, refused])).toEqual(['finalize sent again after it was carried out']);
    expect(sentTwice([request('order', '/3', true), request('order', '/3', true)])).toEqual([]);
  });

  it('sees a secret in a message, a member and a cause', () => {
    const order = { url: '/1' } as AcmeOrderError['order'];
    expect(isPrinted(new AcmeOrderError('no s3cret', order), ['s3cret'])).toBe(true);
    expect(isPrinted(new AcmeOrderError('no', { ...order, status: 's3cret' } as never), ['s3cret'])).toBe(true);
    expect(isPrinted(new AcmeOrderError('no', order, { cause: new Error('s3cret') }), ['s3cret'])).toBe(true);
    expect(isPrinted(new AcmeOrderError('no', order), ['s3cret', undefined])).toBe(false);
  });
});
