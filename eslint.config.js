import js from '@eslint/js';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';
import rxacme from './tools/eslint-plugin-rxacme.js';

const lib = ['lib/**/*.ts'];
/** Code that talks to sockets and files, or that is a server: real time, promises and subscriptions are its business. */
const outside = ['lib/node/**', 'lib/dev-ca/**'];
const off = (files, ...rules) => ({ files, rules: Object.fromEntries(rules.map((rule) => [rule, 'off'])) });

export default defineConfig(
  { ignores: ['dist/', 'build/', 'docs/', 'out/', '.cache/', 'node_modules/', 'samples/angular/'] },
  js.configs.recommended,
  { linterOptions: { reportUnusedDisableDirectives: 'error' }, plugins: { rxacme } },

  // lib: types, then house rules
  {
    files: lib,
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/no-import-type-side-effects': 'error',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
      'no-console': 'error',
      'no-restricted-globals': ['error', 'Buffer', 'process', 'global', 'require', '__dirname', '__filename'],
      'rxacme/explicit-concurrency': 'error',
      'rxacme/no-promises': 'error',
      'rxacme/no-subject-in-api': 'error',
      'rxacme/no-subscribe': 'error',
      'rxacme/plain-declarations': 'error',
      'rxacme/rxjs-imports': 'error',
      'rxacme/virtual-time': 'error',
      'rxacme/whole-words': 'error',
    },
  },
  off(outside, 'rxacme/virtual-time', 'rxacme/no-promises', 'rxacme/no-subscribe', 'no-restricted-globals'),
  off(
    ['lib/transport/fetch*.ts', 'lib/signing/**', 'lib/x509/**', 'lib/browser/**', 'lib/testing/issuing/**'],
    'rxacme/no-promises',
  ),
  // what is not composed of operators starts its source; adapters and the fake server stand at the end of the stream
  off(
    ['lib/rx/{bracket,deadline,limit-rate,revisit,slots}.ts', 'lib/transport/**', 'lib/testing/ca/acme-ca.ts'],
    'rxacme/no-subscribe',
  ),
  // an entry is a list of exports, one line each
  off(['lib/**/index.ts'], 'max-lines'),
  // Math.random may be named, not called, as what an option falls back to
  {
    files: ['lib/request/{*session*,retry-transient}.ts', 'lib/rx/**'],
    rules: { 'rxacme/virtual-time': ['error', { allowRandomAsDefault: true }] },
  },
  { files: ['lib/testing/**'], rules: { 'rxacme/rxjs-imports': ['error', { also: ['rxjs/testing'] }] } },

  // specs and samples: the compiler checks them in full, lint only looks for slips
  {
    files: ['spec/**/*.ts', 'samples/**/*.ts', '*.ts'],
    extends: [tseslint.configs.recommended],
    rules: {
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      'prefer-const': ['error', { destructuring: 'all' }],
    },
  },
  { files: ['samples/**/*.ts'], rules: { 'rxacme/whole-words': 'error', 'rxacme/plain-declarations': 'error' } },
  off(['spec/types/**'], '@typescript-eslint/no-unused-vars', '@typescript-eslint/no-unused-expressions'),

  // tools
  {
    files: ['**/*.js', '**/*.mjs'],
    languageOptions: { globals: { console: 'readonly', URL: 'readonly', performance: 'readonly' } },
  },
);
