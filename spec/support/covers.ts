import { beforeAll } from 'vitest';
import type { RowId } from '../conformance/rows.js';

/**
 * Says which rows of the status table the enclosing suite (or file) shows to hold. A row whose suites did not run, or
 * did not pass, fails the build.
 */
export function covers(...rows: readonly RowId[]): void {
  // eslint-disable-next-line no-empty-pattern -- Vitest asks for a pattern, and there are no fixtures
  beforeAll(({}, suite) => {
    suite.meta.covers = [...(suite.meta.covers ?? []), ...rows];
  });
}

declare module 'vitest' {
  interface TaskMeta {
    covers?: readonly string[];
  }
}
