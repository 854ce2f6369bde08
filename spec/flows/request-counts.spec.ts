import { mergeMap, range } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { obtainCertificate, toCertificate } from '../../lib/index.js';
import { fakeCa, type FakeCaOptions, recordingSolver, testAccount, virtualTime } from '../../lib/testing/index.js';

/**
 * What so many orders of so many names take, by operation, in virtual time: exact, and the same on every machine.
 * Validation and issuance take longer than an answer does, and are over by the first look.
 */
const slow: Partial<FakeCaOptions> = { latencyMs: 50, validation: { delayMs: 100 }, issuance: { delayMs: 100 } };
const counted = (orders: number, atATime: number, names: number, options = slow) =>
  virtualTime(({ scheduler, flush }) => {
    const ca = fakeCa({ scheduler, ...options });
    const account = testAccount(ca, { scheduler, random: () => 0.5 });
    const identifiers = (order: number) => Array.from({ length: names }, (_, name) => `n${name}.o${order}.example`);
    let issued = 0;
    range(0, orders)
      .pipe(
        mergeMap(
          (order) =>
            obtainCertificate(account, { identifiers: identifiers(order), solvers: [recordingSolver()] }).pipe(
              toCertificate(),
            ),
          atATime,
        ),
      )
      .subscribe(() => issued++);
    flush();
    expect(issued).toBe(orders);
    return { ...ca.history.counts, all: ca.history.count() };
  });

/** 2 S + 5 for each order, and what a process asks for once. */
const expected = (orders: number, names: number, newNonce: number) => ({
  directory: 1,
  newNonce,
  newOrder: orders,
  authorization: orders * names,
  challenge: orders * names,
  order: orders * 2,
  finalize: orders,
  certificate: orders,
  all: 1 + newNonce + orders * (2 * names + 5),
});

describe('the requests of whole orders', () => {
  it('one name, in a new process: nine', () => expect(counted(1, 1, 1)).toEqual(expected(1, 1, 1)));

  it('50 in sequence: 7 each, and two for all', () => expect(counted(50, 1, 1)).toEqual(expected(50, 1, 1)));

  it('200 at 20 at a time: 7 each, and a newNonce for each of the 16 requests that are under way', () =>
    expect(counted(200, 20, 1)).toEqual(expected(200, 1, 16)));

  it('100 names: 205, and a newNonce for each of the 16 requests that are under way', () =>
    expect(counted(1, 1, 100)).toEqual(expected(1, 100, 16)));

  it('where the server is done at once: five, and two for all', () =>
    expect(counted(50, 1, 1, { latencyMs: 50 })).toEqual({
      ...expected(50, 1, 1),
      order: undefined,
      all: 2 + 50 * 5,
    }));
});
