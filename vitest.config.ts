import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { backEndPlugin } from './spec/browser/support/back-end.js';
import { browserProject } from './spec/support/browser-project.js';
import { coreFolders, specsForPages } from './spec/support/page-specs.js';

const inRepository = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Specs test the sources, not what was built last: every door of the package leads to lib. */
const alias = [
  { find: /^#fetch$/, replacement: inRepository('lib/transport/fetch.default.ts') },
  { find: /^rxacme$/, replacement: inRepository('lib/index.ts') },
  { find: /^rxacme\/(.+)$/, replacement: inRepository('lib/$1/index.ts') },
];

/** Specs that need the built package, a server or a tool; the rest is `fast` and needs nothing but Node. */
const heavy = {
  package: ['spec/package.spec.ts'],
  guards: ['spec/guards/**/*.spec.ts'],
  samples: ['spec/samples/**/*.spec.ts', 'samples/**/*.spec.ts'],
  servers: ['spec/servers/**/*.spec.ts', 'spec/table/**/*.spec.ts', 'spec/faults/sockets/**/*.spec.ts'],
  'dev-ca': ['spec/dev-ca/**/*.spec.ts'],
  browser: ['spec/browser/**/*.browser.spec.ts', 'spec/browser/no-chromium.spec.ts'],
  angular: ['spec/angular-page/**/*.spec.ts'],
};

/** A sample that has packages of its own is tested with those of the repository. */
const dedupe = ['rxjs', '@angular/common', '@angular/core', '@angular/platform-browser'];

/** What pages have in place of Node's. */
const aliasInPages = [
  { find: /^#fetch$/, replacement: inRepository('lib/transport/fetch.browser.ts') },
  { find: /^node:assert$/, replacement: inRepository('spec/browser/support/assert.ts') },
];

const project = (name: string, include: string[], test: object = {}) => ({
  resolve: { alias },
  test: { name, include, ...test },
});

export default defineConfig({
  test: {
    reporters: ['default', './tools/ci-reporter.mjs'],
    passWithNoTests: false,
    maxWorkers: Math.max(2, availableParallelism() - 1),
    projects: [
      project('fast', ['spec/**/*.spec.ts'], { exclude: Object.values(heavy).flat(), testTimeout: 15_000 }),
      project('package', heavy.package, { testTimeout: 60_000 }),
      project('guards', heavy.guards, { testTimeout: 60_000 }),
      {
        ...project('samples', heavy.samples, { testTimeout: 60_000 }),
        resolve: { alias, dedupe },
        oxc: { decorator: { legacy: true } },
      },
      project('dev-ca', heavy['dev-ca'], { testTimeout: 30_000, hookTimeout: 180_000 }),
      project('servers', heavy.servers, { testTimeout: 60_000, hookTimeout: 180_000 }),
      {
        ...project('angular', heavy.angular, {
          globalSetup: ['spec/angular-page/support/built.ts'],
          testTimeout: 60_000,
        }),
        resolve: { alias, dedupe },
      },
      ...(await browserProject({
        plugins: [backEndPlugin],
        resolve: {
          alias: [...aliasInPages, ...alias],
          conditions: ['es2015', 'module', 'browser', 'development|production'],
        },
        test: {
          name: 'browser',
          include: ['spec/browser/**/*.browser.spec.ts', ...specsForPages(inRepository('.'), coreFolders)],
          globalSetup: ['spec/browser/support/servers.ts'],
          testTimeout: 30_000,
          // One page loads the sources once. Specs leave nothing behind that others could stumble over.
          isolate: false,
        },
      })),
    ],
  },
});
