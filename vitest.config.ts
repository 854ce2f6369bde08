import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

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
};

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
      project('samples', heavy.samples, { testTimeout: 60_000 }),
      project('dev-ca', heavy['dev-ca'], { testTimeout: 30_000, hookTimeout: 180_000 }),
      project('servers', heavy.servers, { testTimeout: 60_000, hookTimeout: 180_000 }),
    ],
  },
});
