import { afterAll, describe, expect, it } from 'vitest';
import { type Cell, type Finding, nameOfCell, outcomeCounts } from './cells.js';
import { course } from './course.js';
import { hostileAnswers, hostileFault } from './hostile-answers.js';

const clean = course();
const operations = [...new Set(clean.requests.map(({ operation }) => operation))];
const findings = new Map<Cell, Finding>();

/** Errors of ours, and what each is about. */
const ends = [
  'certificate',
  'protocol',
  'problem',
  'transport',
  'rateLimited',
  'timeout',
  'order',
  'authorization',
  'badNonce',
  'unsupported',
  'userActionRequired',
];

/** Where an issuance may send requests although the user did not name the place: what the server itself names, over TLS. */
const named = /^https:\/\/(?:user:secret@)?(?:ca\.test|elsewhere\.test|169\.254\.169\.254)\//;

/** What a message may quote at most. */
const maxResponseBytes = 1_048_576;

/** What does other harm when it goes on than when it happens once. */
const lasting = /^always|nonce|Retry-After|^badNonce|^the status [03]|a clock/i;

describe('every kind of request, answered by a server that means no good or knows no better', () => {
  it.each(Object.keys(hostileAnswers))('ends in the certificate or in an error of ours: %s', (fault) => {
    for (const operation of operations) {
      for (const moment of lasting.test(fault) ? (['once', 'always'] as const) : (['once'] as const)) {
        const cell: Cell = { operation, occurrence: 1, fault, moment };
        const found = course(cell, hostileFault(fault));
        findings.set(cell, found);
        expect.soft(found.violations, nameOfCell(cell)).toEqual([]);
        expect.soft(ends, nameOfCell(cell)).toContain(found.outcome);
        expect
          .soft(
            found.requests.filter(({ url }) => !named.test(url)),
            nameOfCell(cell),
          )
          .toEqual([]);
        expect.soft(found.requests.length, nameOfCell(cell)).toBeLessThan(200);
        expect.soft(found.message.length, nameOfCell(cell)).toBeLessThan(maxResponseBytes);
      }
    }
  });

  afterAll(() => {
    console.info(`${findings.size} cells: ${outcomeCounts(findings.values())}`);
  });
});
