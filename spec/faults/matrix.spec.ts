import { afterAll, describe, expect, it } from 'vitest';
import { type FaultName, faultNames } from '../support/fault-answers.js';
import { type Cell, type FaultMoment, type Finding, outcomeCounts, printedMatrix } from './cells.js';
import { course } from './course.js';
import { judged } from './judged.js';

const clean = course();
const moments: readonly FaultMoment[] = ['once', 'always'];
const findings = new Map<Cell, Finding>();

const cellsOf = (fault: FaultName): readonly Cell[] =>
  moments.flatMap((moment) =>
    clean.requests.map(({ operation, occurrence }) => ({ operation, occurrence, fault, moment })),
  );

describe('every request of an issuance at a fake CA, with everything that can go wrong with it', () => {
  it('goes well where nothing does, and has each kind of request', () => {
    expect(clean).toMatchObject({ outcome: 'certificate', violations: [] });
    expect(new Set(clean.requests.map(({ operation }) => operation))).toEqual(
      new Set([
        'directory',
        'newNonce',
        'newAccount',
        'newOrder',
        'authorization',
        'challenge',
        'order',
        'finalize',
        'certificate',
      ]),
    );
    const order = clean.requests.map(({ operation }) => operation);
    expect(order.slice(0, order.indexOf('finalize'))).toContain('order');
    expect(order.slice(order.indexOf('finalize'))).toContain('order');
  });

  it.each(faultNames)('%s', (fault) => {
    for (const cell of cellsOf(fault)) findings.set(cell, course(cell));
    const mine = [...findings].filter(([cell]) => cell.fault === fault);
    expect(mine).toHaveLength(2 * clean.requests.length);
    expect(mine.flatMap(([cell, finding]) => judged(cell, finding) ?? [])).toEqual([]);
  });

  afterAll(() => {
    console.info(`${printedMatrix(findings)}\n${findings.size} cells: ${outcomeCounts(findings.values())}`);
  });
});
