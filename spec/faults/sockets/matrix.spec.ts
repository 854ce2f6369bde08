import { from, lastValueFrom, mergeMap, toArray } from 'rxjs';
import { expect, it } from 'vitest';
import type { FaultName } from '../../support/fault-answers.js';
import { describeWithPebble } from '../../support/with-pebble.js';
import { type Cell, type FaultMoment, type Finding, nameOfCell, outcomeCounts, printedMatrix } from '../cells.js';
import { judged } from '../judged.js';
import { courseAtPebble, pebbleOperationCount } from './over-proxy.js';

/** What a network and what stands in it can do. */
const ofNetworks: Readonly<Record<FaultMoment, readonly FaultName[]>> = {
  once: [
    'lost before it was carried out',
    'lost after it was carried out',
    'cut in the middle of the answer',
    'never answered',
    'carried out and never answered',
    'carried out and 500',
    '502 with HTML',
    '503 with Retry-After of a day',
    'a 429',
    'badNonce, three times',
    'garbage',
    'a page of HTML',
    'an empty body',
    'a body too large',
    'a redirect',
    'members called __proto__',
  ],
  always: ['lost before it was carried out', 'lost after it was carried out', 'a 503'],
};

const atATime = 8;

describeWithPebble('every request of an issuance at Pebble, behind a proxy that does harm', {}, (get) => {
  it('ends in a certificate or in the right error', { timeout: 150_000 }, async () => {
    const pebble = get();
    const clean = await courseAtPebble(pebble, 'clean.test');
    expect(clean).toMatchObject({ outcome: 'certificate', violations: [] });
    const operations = [...new Set(clean.requests.map(({ operation }) => operation))];
    expect(operations).toHaveLength(pebbleOperationCount);
    const cells: Cell[] = (['once', 'always'] as const).flatMap((moment) =>
      ofNetworks[moment].flatMap((fault) =>
        operations.map((operation) => ({ operation, occurrence: 1, fault, moment })),
      ),
    );
    const found = await lastValueFrom(
      from(cells).pipe(
        mergeMap(
          async (cell, index): Promise<readonly [Cell, Finding]> => [
            cell,
            await courseAtPebble(pebble, `f${index}.test`, cell),
          ],
          atATime,
        ),
        toArray(),
      ),
    );
    const findings = new Map(found.toSorted(([left], [right]) => cells.indexOf(left) - cells.indexOf(right)));
    console.info(`${printedMatrix(findings)}\n${findings.size} cells: ${outcomeCounts(findings.values())}`);
    expect(new Set(cells.map(nameOfCell)).size).toBe(findings.size);
    expect([...findings].flatMap(([cell, finding]) => judged(cell, finding) ?? [])).toEqual([]);
  });
});
