import { afterAll, beforeAll, describe, it } from 'vitest';
import { obtainPebble, PebbleUnavailable } from './pebble-binaries.js';
import type { PebbleOptions } from './pebble-options.js';
import { type Pebble, startPebble } from './pebble.js';

const startLimitMs = 60_000;
const stopLimitMs = 30_000;

// Vitest decides while it collects whether a suite is skipped, so it must be known by then.
const missing = await obtainPebble().then(
  () => undefined,
  (error: unknown) => {
    if (error instanceof PebbleUnavailable) return error;
    throw error;
  },
);

/**
 * A suite with one Pebble for all its specs, started before the first and stopped after the last.
 *
 * Where Pebble cannot be had, the suite is skipped, says so in its title and warns; with CI=true it
 * fails instead, so that a green run always means that the server specs ran.
 *
 * @param body registers the specs. The function it is given is for use inside them, not while collecting.
 */
export function describeWithPebble(name: string, options: PebbleOptions, body: (get: () => Pebble) => void): void {
  if (missing === undefined) {
    describe(name, () => {
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
  } else if (process.env['CI'] === 'true') {
    describe(name, () => {
      it('has a Pebble to talk to', () => {
        throw missing;
      });
    });
  } else {
    warn(name, missing);
    describe.skip(`${name} (skipped: no Pebble here)`, () => {
      body(() => {
        throw missing;
      });
    });
  }
}

let explained = false;

function warn(name: string, reason: Error): void {
  console.warn(`SKIPPED: ${name}.${explained ? '' : ` ${reason.message}`}`);
  explained = true;
}
