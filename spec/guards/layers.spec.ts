import { describe, expect, it } from 'vitest';
import { checkLayers, ranks } from '../../tools/check-layers.mjs';
import { command, temporaryTree } from './temporary-tree.js';

const leaf = 'export const x = 1;\n';
const uses = (...targets: string[]) => targets.map((target) => `export * from '${target}';\n`).join('');

/** A tree in which everything is as it should be. */
const sound = {
  'lib/index.ts': uses('./model/order.js', './workflows/obtain.js'),
  'lib/model/order.ts': leaf,
  'lib/codec/pem.ts': `${uses('../model/order.js')}export { base64url } from 'jose';\n`,
  'lib/x509/pki.ts': "export { Certificate } from 'pkijs';\nexport { fromBER } from 'asn1js';\n",
  'lib/x509/read.ts': "import type { Certificate } from './pki.js';\nexport const read = () => import('./pki.js');\n",
  'lib/rx/poll-until.ts': "export { timer } from 'rxjs';\n",
  'lib/signing/jws.ts': "export { FlattenedSign } from 'jose';\n",
  'lib/transport/fetch.default.ts': "export const load = () => import('cross-fetch');\n",
  'lib/transport/fetch-transport.ts': "export { load } from '#fetch';\n",
  'lib/workflows/obtain.ts': uses('../rx/poll-until.js', '../x509/read.js', '../signing/jws.js'),
  'lib/node/index.ts': `export { readFileSync } from 'node:fs';\n${uses('../workflows/obtain.js')}`,
  'lib/browser/index.ts': uses('../workflows/obtain.js'),
  'lib/angular/index.ts': `export { inject } from '@angular/core';\n${uses('../workflows/obtain.js')}`,
  'lib/testing/virtual-time.ts': "export { TestScheduler } from 'rxjs/testing';\n",
  'lib/testing/issuing/issuing.ts': uses('./authority.js'),
  'lib/testing/issuing/authority.ts': `export { Certificate } from 'pkijs';\n${uses('../../x509/read.js', '../../codec/pem.js')}`,
  'lib/dev-ca/server.ts': `import 'node:https';\n${uses('../testing/virtual-time.js')}`,
  'lib/dev-ca/load.ts':
    "import type * as issuing from '../testing/issuing/issuing.js';\n" +
    "import type { Certificate } from '../testing/issuing/authority.js';\n" +
    "export type Issuing = [typeof issuing, Certificate];\nexport const load = () => import('../testing/issuing/issuing.js');\n",
};

type Seed = readonly [rule: string, what: string, files: Record<string, string>];

/** One upward import for each folder that has something above it, and one sideways import for each shared rank. */
const layerSeeds: Seed[] = ranks.flatMap((rank, index) => {
  const above = ranks[index + 1]?.[0];
  return rank.flatMap((folder): Seed[] => {
    const beside = rank.find((other) => other !== folder);
    return [above, beside].flatMap((target): Seed[] =>
      target === undefined
        ? []
        : [
            [
              `layer-${folder}`,
              `${folder} imports ${target}`,
              { [`lib/${folder}/a.ts`]: uses(`../${target}/b.js`), [`lib/${target}/b.ts`]: leaf },
            ],
          ],
    );
  });
});

const one = (file: string, text: string) => ({ [file]: text });

const seeds: readonly Seed[] = [
  ...layerSeeds,
  [
    'layer-model',
    'a type-only import upwards',
    {
      'lib/model/a.ts': "import type { B } from '../rx/b.js';\nexport type A = B;\n",
      'lib/rx/b.ts': 'export type B = 1;\n',
    },
  ],
  ['layer-model', 'a folder imports the entry', { 'lib/model/a.ts': uses('../index.js'), 'lib/index.ts': leaf }],
  ['layer-root', 'the entry imports lib/node', { 'lib/index.ts': uses('./node/a.js'), 'lib/node/a.ts': leaf }],
  ['layer-unknown', 'a folder without a rank', { 'lib/helpers/a.ts': uses('../model/a.js'), 'lib/model/a.ts': leaf }],
  ['no-cycle', 'two files import each other', { 'lib/rx/a.ts': uses('./b.js'), 'lib/rx/b.ts': uses('./a.js') }],
  ['node-built-in', 'node:fs in resources', one('lib/resources/a.ts', "import 'node:fs';\n")],
  ['node-built-in', 'crypto, without the prefix', one('lib/signing/a.ts', "import 'crypto';\n")],
  ['node-built-in', 'a lazy one', one('lib/browser/a.ts', "export const f = () => import('node:http');\n")],
  ['pkijs-only', 'pkijs in workflows', one('lib/workflows/a.ts', "export const f = () => import('pkijs');\n")],
  ['pkijs-only', 'asn1js in node', one('lib/node/a.ts', "import 'asn1js';\n")],
  [
    'pki-by-dynamic-import',
    'a static import of lib/x509/pki.ts',
    { 'lib/workflows/a.ts': uses('../x509/pki.js'), 'lib/x509/pki.ts': leaf },
  ],
  [
    'pki-one-door',
    'a dynamic import past lib/x509/pki.ts',
    { 'lib/workflows/a.ts': "export const f = () => import('../x509/b.js');\n", 'lib/x509/b.ts': leaf },
  ],
  [
    'pki-eager',
    'pkijs at the end of a static chain',
    {
      'lib/workflows/a.ts': uses('../x509/b.js'),
      'lib/x509/b.ts': uses('./pki.js'),
      'lib/x509/pki.ts': "export { Certificate } from 'pkijs';\n",
    },
  ],
  ['pkijs-only', 'pkijs in testing, outside issuing', one('lib/testing/a.ts', "import 'pkijs';\n")],
  [
    'issuing-by-dynamic-import',
    'a static import of lib/testing/issuing/issuing.ts',
    { 'lib/dev-ca/a.ts': uses('../testing/issuing/issuing.js'), 'lib/testing/issuing/issuing.ts': leaf },
  ],
  [
    'issuing-by-dynamic-import',
    'a static import past it, from the same layer',
    { 'lib/testing/a.ts': uses('./issuing/b.js'), 'lib/testing/issuing/b.ts': leaf },
  ],
  [
    'issuing-one-door',
    'a dynamic import past lib/testing/issuing/issuing.ts',
    {
      'lib/dev-ca/a.ts': "export const f = () => import('../testing/issuing/b.js');\n",
      'lib/testing/issuing/b.ts': leaf,
    },
  ],
  [
    'pki-eager',
    'pkijs at the end of a static chain through issuing',
    {
      'lib/testing/a.ts': uses('./issuing/issuing.js'),
      'lib/testing/issuing/issuing.ts': "export { Certificate } from 'pkijs';\n",
    },
  ],
  [
    'layer-testing',
    'issuing imports dev-ca',
    { 'lib/testing/issuing/a.ts': uses('../../dev-ca/b.js'), 'lib/dev-ca/b.ts': leaf },
  ],
  ['layer-root', 'the entry imports lib/dev-ca', { 'lib/index.ts': uses('./dev-ca/a.js'), 'lib/dev-ca/a.ts': leaf }],
  ['angular-only', 'Angular in solvers', one('lib/solvers/a.ts', uses('@angular/core'))],
  ['angular-only', 'Angular in browser', one('lib/browser/a.ts', uses('@angular/common/http'))],
  [
    'angular-only',
    'a type of Angular in testing',
    one('lib/testing/a.ts', "import type { HttpClient } from '@angular/common/http';\nexport type A = HttpClient;\n"),
  ],
  ['node-built-in', 'a built-in in angular', one('lib/angular/a.ts', "import 'node:fs';\n")],
  ['layer-root', 'the entry imports lib/angular', { 'lib/index.ts': uses('./angular/a.js'), 'lib/angular/a.ts': leaf }],
  ['layer-root', 'the entry imports lib/browser', { 'lib/index.ts': uses('./browser/a.js'), 'lib/browser/a.ts': leaf }],
  ['rxjs-public', 'rxjs/operators', one('lib/rx/a.ts', uses('rxjs/operators'))],
  ['rxjs-public', 'rxjs/ajax', one('lib/transport/a.ts', uses('rxjs/ajax'))],
  ['rxjs-public', 'rxjs internals', one('lib/rx/a.ts', uses('rxjs/internal/Observable'))],
  ['rxjs-testing', 'rxjs/testing outside lib/testing', one('lib/rx/a.ts', uses('rxjs/testing'))],
  ['jose-only', 'jose in resources', one('lib/resources/a.ts', uses('jose'))],
  ['cross-fetch-only', 'cross-fetch in another adapter', one('lib/transport/a.ts', uses('cross-fetch'))],
  ['cross-fetch-only', 'cross-fetch in node', one('lib/node/a.ts', uses('cross-fetch'))],
  ['dns-packet-only', 'dns-packet outside lib/node/dns', one('lib/node/a.ts', uses('dns-packet'))],
  ['fetch-door', '#fetch outside the transport', one('lib/request/a.ts', uses('#fetch'))],
  ['known-package', 'a development dependency', one('lib/node/a.ts', uses('fast-check'))],
  ['resolves', 'a file that is not there', one('lib/rx/a.ts', uses('./nowhere.js'))],
];

describe('the layer check', () => {
  it('accepts a sound tree', async () => {
    const { files, violations } = await checkLayers(temporaryTree(sound));
    expect(violations).toEqual([]);
    expect(files).toBe(Object.keys(sound).length);
  });

  it.each(seeds)('%s: %s', async (rule, _what, files) => {
    const { violations } = await checkLayers(temporaryTree(files));
    expect(violations.map((violation) => violation.rule)).toContain(rule);
  });

  it('fails as a command', () => {
    const { status, text } = command(
      'tools/check-layers.mjs',
      [],
      temporaryTree(one('lib/rx/a.ts', "import 'node:fs';")),
    );
    expect(text).toContain('node-built-in: lib/rx/a.ts -> fs');
    expect(status).toBe(1);
  });
});
