import { beforeAll, describe } from 'vitest';

/** A program of somebody else, or why it cannot be had. */
export type Peer<T> = Found<T> | Missing;

/** A program of somebody else. */
export interface Found<T> {
  readonly peer: T;
  /** Its name and version, for titles. */
  readonly version: string;
}

/** Why a program cannot be had, and what to do about it. */
export interface Missing {
  readonly missing: string;
}

const explained = new Set<string>();

/**
 * A suite that needs a program of somebody else. Where that cannot be had the suite is skipped, says so in its title and
 * warns; with CI=true it fails instead, so that a green run always means that its specs ran.
 *
 * @param body registers the specs. The function it is given is for use inside them, not while collecting.
 */
export function describeWith<T>(name: string, found: Peer<T>, body: (get: () => T) => void): void {
  if ('peer' in found) {
    describe(`${name} (${found.version})`, () => body(() => found.peer));
    return;
  }
  const { missing } = found;
  const suite = () =>
    body(() => {
      throw new Error(missing);
    });
  if (process.env['CI'] === 'true') {
    describe(name, () => {
      beforeAll(() => {
        throw new Error(missing);
      });
      suite();
    });
    return;
  }
  console.warn(`SKIPPED: ${name}${explained.has(missing) ? '' : `: ${missing}`}`);
  explained.add(missing);
  describe.skip(`${name} (skipped: it cannot be had here)`, suite);
}
