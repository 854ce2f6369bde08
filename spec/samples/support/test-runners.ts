import { execFile } from 'node:child_process';
import { basename, dirname, join } from 'node:path';
import { npmPackages } from '../../support/npm-packages.js';
import type { Peer } from '../../support/peer.js';
import { repoRoot } from '../../support/repo-root.js';

/** What a run of a test runner came to. */
export interface TestRun {
  readonly code: number;
  /** What it printed, without colours. */
  readonly text: string;
}

/** A test runner: how it is started, and what it prints when one test passed, or failed. */
export interface TestRunner {
  readonly program: string;
  /** The arguments that come before it and after it, to run one file. */
  readonly args: (file: string) => { readonly before?: readonly string[]; readonly after: readonly string[] };
  readonly onePassed: RegExp;
  readonly oneFailed: RegExp;
}

const installed = join(repoRoot, '.cache', 'runners');
const inModules = (...path: string[]) => join(installed, 'node_modules', ...path);

const folderAndFile = (file: string) => [dirname(file), basename(file)] as const;

/** By the name of the sample. An empty program is Node itself. */
export const testRunners: Readonly<Record<string, TestRunner>> = {
  'node-test': {
    program: '',
    args: (file) => ({ before: ['--test', '--test-reporter=tap'], after: [file] }),
    onePassed: /^# tests 1\n(?:#.*\n)*# pass 1\n# fail 0\n/m,
    oneFailed: /^# tests 1\n(?:#.*\n)*# pass 0\n# fail 1\n/m,
  },
  vitest: {
    program: join(repoRoot, 'node_modules', 'vitest', 'vitest.mjs'),
    args: (file) => {
      const [folder, name] = folderAndFile(file);
      const config = join(repoRoot, 'spec', 'samples', 'support', 'plain.config.mjs');
      return { after: ['run', '--root', folder, '--config', config, '--reporter=default', name] };
    },
    onePassed: /^ +Tests +1 passed \(1\)$/m,
    oneFailed: /^ +Tests +1 failed \(1\)$/m,
  },
  jasmine: {
    program: inModules('jasmine', 'bin', 'jasmine.js'),
    args: (file) => ({ after: [file] }),
    onePassed: /^1 spec, 0 failures$/m,
    oneFailed: /^1 spec, 1 failure$/m,
  },
  mocha: {
    program: inModules('mocha', 'bin', 'mocha.js'),
    args: (file) => ({ after: [file] }),
    onePassed: /^ +1 passing\b(?![^]*failing)/m,
    oneFailed: /^ +0 passing\b[^]*^ +1 failing$/m,
  },
  jest: {
    program: inModules('jest', 'bin', 'jest.js'),
    args: (file) => {
      const [folder, name] = folderAndFile(file);
      const found = ['--rootDir', folder, '--testMatch', `**/${name}`, '--transform', '{}'];
      return { before: ['--experimental-vm-modules'], after: [...found, '--no-cache', '--runInBand'] };
    },
    onePassed: /^Tests: +1 passed, 1 total$/m,
    oneFailed: /^Tests: +1 failed, 1 total$/m,
  },
};

/** The runners that are not what rxacme itself is tested with. */
export const otherRunners = (): Promise<Peer<string>> =>
  npmPackages('runners', { jasmine: '5.13.0', mocha: '11.8.0', jest: '30.5.2' });

/** Runs one file as a process of its own. */
export function runFile({ program, args }: TestRunner, file: string): Promise<TestRun> {
  const { before = [], after } = args(file);
  const all = [...before, ...(program === '' ? [] : [program]), ...after];
  // A runner that finds itself in a run of another one, or of its own kind, behaves differently.
  const ours = /^(VITEST|NODE_TEST|NODE_OPTIONS|JEST|TEST$|CI$|FORCE_COLOR)/;
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !ours.test(name)));
  return new Promise((resolve) => {
    const options = { cwd: repoRoot, env: { ...env, NO_COLOR: '1' }, timeout: 50_000 };
    execFile(process.execPath, all, options, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code ?? -1), text: `${stdout}\n${stderr}` });
    });
  });
}
