import { afterAll, beforeAll } from 'vitest';
import { obtainPebble } from './pebble-binaries.js';
import type { PebbleOptions } from './pebble-options.js';
import { type Pebble, startPebble } from './pebble.js';
import { describeWith } from './peer.js';

const startLimitMs = 60_000;
const stopLimitMs = 30_000;

// Vitest decides while it collects whether a suite is skipped, so it must be known by then.
const found = await obtainPebble();

/**
 * A suite with one Pebble for all its specs, started before the first and stopped after the last. Where Pebble cannot be
 * had, the suite is skipped; with CI=true it fails instead.
 *
 * @param body registers the specs. The function it is given is for use inside them, not while collecting.
 */
export function describeWithPebble(name: string, options: PebbleOptions, body: (get: () => Pebble) => void): void {
  describeWith(name, found, () => {
    let pebble: Pebble | undefined;
    beforeAll(async () => {
      pebble = await startPebble(options);
    }, startLimitMs);
    afterAll(() => pebble?.stop(), stopLimitMs);
    body(() => {
      if (pebble === undefined) throw new Error('Pebble runs only while specs do');
      return pebble;
    });
  });
}
