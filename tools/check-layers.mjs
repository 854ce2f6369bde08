/**
 * The one-way rule of the source tree, held by dependency-cruiser.
 *
 * `node tools/check-layers.mjs [ROOT]` cruises ROOT/lib and exits 1 when a rule is broken. Type-only imports count: a layer
 * that knows the types of a higher one cannot be understood, or moved, without it.
 */
import { resolve } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { cruise } from 'dependency-cruiser';

/** Low to high. A folder sees itself and every earlier line; folders on one line do not see each other. */
export const ranks = [
  ['model'],
  ['codec'],
  ['x509', 'rx'],
  ['transport', 'signing'],
  ['request'],
  ['resources'],
  ['solvers'],
  ['workflows'],
  ['node', 'angular', 'browser', 'testing'],
  ['dev-ca'],
];

const folders = ranks.flat();
const outermost = ranks.slice(-2).flat();
const anyOf = (names) => `^lib/(${names.join('|')})/`;
const pack = (...names) => `(^|/)node_modules/(${names.join('|')})/`;

/** The folders that may use pkijs, and are loaded late for that reason. */
const issuing = '^lib/testing/issuing/';
const usesPki = `${anyOf(['x509'])}|${issuing}`;

const layerRules = ranks.flatMap((rank, index) =>
  rank.map((folder) => ({
    name: `layer-${folder}`,
    severity: 'error',
    from: { path: `^lib/${folder}/` },
    to: { path: '^lib/', pathNot: anyOf([...ranks.slice(0, index).flat(), folder]) },
  })),
);

const forbid = (name, from, to) => ({ name, severity: 'error', from, to });

export const rules = [
  ...layerRules,
  forbid('layer-root', { path: '^lib/[^/]+$' }, { path: anyOf(outermost) }),
  forbid('layer-unknown', { path: '^lib/[^/]+/', pathNot: anyOf(folders) }, {}),
  forbid('no-cycle', { path: '^lib/' }, { circular: true }),
  forbid('node-built-in', { path: '^lib/', pathNot: anyOf(['node', 'dev-ca']) }, { dependencyTypes: ['core'] }),
  forbid('angular-only', { path: '^lib/', pathNot: anyOf(['angular']) }, { path: '(^|/node_modules/)@angular/' }),
  forbid('pkijs-only', { path: '^lib/', pathNot: usesPki }, { path: pack('pkijs', 'asn1js') }),
  forbid(
    'pki-by-dynamic-import',
    { path: '^lib/', pathNot: anyOf(['x509']) },
    { path: '^lib/x509/pki\\.ts$', dependencyTypesNot: ['dynamic-import', 'type-only'] },
  ),
  forbid(
    'issuing-by-dynamic-import',
    { path: '^lib/', pathNot: issuing },
    { path: issuing, dependencyTypesNot: ['dynamic-import', 'type-only'] },
  ),
  forbid(
    'issuing-one-door',
    { path: '^lib/', pathNot: issuing },
    { path: issuing, pathNot: '^lib/testing/issuing/issuing\\.ts$', dynamic: true },
  ),
  forbid('pki-one-door', { path: '^lib/' }, { path: anyOf(['x509']), pathNot: '^lib/x509/pki\\.ts$', dynamic: true }),
  forbid(
    'rxjs-public',
    { path: '^lib/' },
    { path: pack('rxjs'), pathNot: '/rxjs/dist/(esm5|esm|cjs|types)/(testing/)?index\\.(js|d\\.ts)$' },
  ),
  forbid('rxjs-testing', { path: '^lib/', pathNot: anyOf(['testing']) }, { path: '/rxjs/dist/[^/]+/testing/' }),
  forbid('jose-only', { path: '^lib/', pathNot: anyOf(['signing', 'codec']) }, { path: pack('jose') }),
  forbid(
    'cross-fetch-only',
    { path: '^lib/', pathNot: '^lib/transport/fetch\\.default\\.ts$' },
    { path: pack('cross-fetch') },
  ),
  forbid(
    'dns-packet-only',
    { path: '^lib/', pathNot: '^lib/node/dns/' },
    { path: pack('dns-packet', '@types/dns-packet') },
  ),
  forbid('fetch-door', { path: '^lib/', pathNot: anyOf(['transport']) }, { path: '^(#fetch$|dist/)' }),
  forbid(
    'known-package',
    { path: '^lib/' },
    {
      path: pack('.+'),
      pathNot: pack(
        'rxjs',
        'jose',
        'pkijs',
        'asn1js',
        'cross-fetch',
        '(@types/)?dns-packet',
        '@angular',
        '@noble/hashes',
      ),
    },
  ),
  forbid('resolves', { path: '^lib/' }, { couldNotResolve: true, pathNot: '^#fetch$' }),
];

/**
 * dependency-cruiser follows dynamic imports in its reachability rules, so this one is computed here: no chain of static,
 * run-time imports leads from a file outside lib/x509 and lib/testing/issuing to pkijs or asn1js.
 */
function eagerPki(modules) {
  const edges = new Map(
    modules.map(({ source, dependencies }) => [
      source,
      dependencies.filter((d) => !d.dynamic && !d.dependencyTypes.includes('type-only')).map((d) => d.resolved),
    ]),
  );
  const chainFrom = (file, seen) => {
    if (new RegExp(pack('pkijs', 'asn1js')).test(file)) return [file];
    if (seen.has(file)) return undefined;
    seen.add(file);
    for (const next of edges.get(file) ?? []) {
      const chain = chainFrom(next, seen);
      if (chain) return [file, ...chain];
    }
    return undefined;
  };
  return [...edges.keys()]
    .filter((file) => file.startsWith('lib/') && !new RegExp(usesPki).test(file))
    .flatMap((file) => {
      const chain = chainFrom(file, new Set());
      return chain ? [{ rule: 'pki-eager', from: file, to: chain.slice(1).join(' -> ') }] : [];
    });
}

/** Every violation under `root`/lib as `{ rule, from, to }`, and how many files were looked at. */
export async function checkLayers(root) {
  const { output } = await cruise(
    ['lib'],
    {
      baseDir: root,
      validate: true,
      ruleSet: { forbidden: rules },
      tsPreCompilationDeps: true,
      doNotFollow: { path: ['(^|/)node_modules/', '^dist/'] },
      outputType: undefined,
    },
    { extensions: ['.ts', '.js', '.d.ts'], exportsFields: ['exports'], conditionNames: ['import', 'default'] },
  );
  const found = output.summary.violations.map(({ rule, from, to, cycle }) => ({
    rule: rule.name,
    from,
    to: cycle ? cycle.map((step) => step.name ?? step).join(' -> ') : to,
  }));
  return {
    files: output.modules.filter(({ source }) => source.startsWith('lib/')).length,
    violations: [...found, ...eagerPki(output.modules)],
  };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { files, violations } = await checkLayers(resolve(process.argv[2] ?? '.'));
  for (const { rule, from, to } of violations) console.error(`${rule}: ${from} -> ${to}`);
  console.log(`layers: ${files} files, ${violations.length} violations`);
  process.exitCode = violations.length > 0 || files === 0 ? 1 : 0;
}
