/** Which rows of the status table no suite of a test run has shown to hold. */

/**
 * @param modules The modules of a finished run of vitest.
 * @param rows The identifiers of the rows.
 * @returns Those rows that are covered by no suite in which at least one test passed and none failed.
 */
export function uncoveredRows(modules, rows) {
  const shown = new Set();
  for (const module of modules) {
    for (const suite of [module, ...module.children.allSuites()]) {
      const covers = suite.meta().covers ?? [];
      if (covers.length > 0 && holds(suite)) covers.forEach((row) => shown.add(row));
    }
  }
  return rows.filter((row) => !shown.has(row));
}

function holds(suite) {
  const states = [...suite.children.allTests()].map((test) => test.result().state);
  return states.includes('passed') && !states.includes('failed') && suite.errors().length === 0;
}
