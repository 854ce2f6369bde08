/**
 * Prints the plain line `N passed, N failed, N skipped` as the last thing of a vitest run. A run of all specs also fails
 * where a row of the status table was not shown to hold.
 */
import process from 'node:process';
import { hasRows, loadRows } from './protocol-tables.mjs';
import { uncoveredRows } from './uncovered-rows.mjs';

export default class CiReporter {
  #vitest;

  onInit(vitest) {
    this.#vitest = vitest;
  }

  async onTestRunEnd(modules, unhandledErrors) {
    const count = { passed: 0, failed: unhandledErrors.length, skipped: 0, pending: 0 };
    for (const module of modules) {
      // a file or suite that breaks outside its tests has no test to count
      count.failed += module.errors().length;
      for (const suite of module.children.allSuites()) count.failed += suite.errors().length;
      for (const test of module.children.allTests()) count[test.result().state] += 1;
    }
    for (const row of await this.#uncovered(modules)) {
      process.stdout.write(`status table: no spec that ran shows the row ${row} to hold\n`);
      count.failed += 1;
      process.exitCode = 1;
    }
    const { passed, failed, skipped, pending } = count;
    const line = `${passed} passed, ${failed + pending} failed, ${skipped} skipped`;
    process.once('exit', () => process.stdout.write(`${line}\n`));
  }

  /** Nothing where only a part of the specs was asked for. */
  async #uncovered(modules) {
    const { config, filenamePattern } = this.#vitest ?? {};
    const isWhole =
      config !== undefined &&
      !config.testNamePattern &&
      [filenamePattern, config.project].every((each) => !each?.length);
    return isWhole && hasRows(config.root) ? uncoveredRows(modules, Object.keys(await loadRows(config.root))) : [];
  }
}
