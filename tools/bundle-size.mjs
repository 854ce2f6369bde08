/**
 * What a browser downloads for the usual program: one that obtains a certificate.
 *
 * Bundles the built package with esbuild and prints, minified and gzipped, what is needed at once (the entry and all it
 * imports statically) apart from what comes later (dynamic imports). rxjs is not counted, the application has it anyway:
 * two applications are bundled that have the same names of rxjs, at once and later, one of them with the package and the
 * other without. The difference is what the package adds.
 *
 * `node tools/bundle-size.mjs [ROOT]` exits 1 when the initial part is over its limit, or holds pkijs, asn1js, cross-fetch
 * or a Node built-in.
 */
import { isBuiltin, builtinModules } from 'node:module';
import { resolve } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

export const limitBytes = 20_000;
export const angularLimitBytes = 22_000;
const usual = ['obtainCertificate', 'acmeSession', 'newAccount', 'generateSigner', 'toCertificate', 'dns01'];
const inAngular = ['provideAcme', 'withAccount', 'withHttpClient', 'withSolvers', 'withInterceptors', 'ACME_ACCOUNT'];
const lateOnly = /(^|\/)node_modules\/(pkijs|asn1js|cross-fetch)\//;

/** An application of Angular's that obtains a certificate. */
export const angularEntry = `export { ${usual.join(', ')} } from 'rxacme'; export { ${inAngular.join(', ')} } from 'rxacme/angular';`;

/** `{ initialBytes, laterBytes, problems: [{ rule, message }] }` for an entry with this text in `root`. */
export async function measureBundle(
  root,
  contents = `export { ${usual.join(', ')} } from 'rxacme';`,
  limit = limitBytes,
) {
  const names = namesOfRxjs(await bundle(root, contents, { external: ['rxjs', ...notForBrowsers] }));
  const application = `${exportOfRxjs(names.initial)} export const later = () => import('later');`;
  const plugins = [virtualModule('later', exportOfRxjs(names.later), root)];
  const { initial, later } = await bundle(root, `${application} ${contents}`, { plugins });
  const without = await bundle(root, application, { plugins });
  const initialBytes = gzippedBytes(initial) - gzippedBytes(without.initial);
  const laterBytes = gzippedBytes(later) - gzippedBytes(without.later);

  const inputs = initial.flatMap((output) => Object.keys(output.inputs));
  const builtIns = initial.flatMap((output) =>
    output.imports.filter(({ external, kind, path }) => external && kind !== 'dynamic-import' && isBuiltin(path)),
  );
  const problems = [
    ...inputs
      .filter((input) => lateOnly.test(input))
      .map((input) => ({ rule: 'late-only', message: `${input} is needed at once` })),
    ...builtIns.map(({ path }) => ({ rule: 'node-built-in', message: `${path} is imported` })),
  ];
  if (initialBytes > limit)
    problems.push({ rule: 'size', message: `${initialBytes} bytes at once, ${limit} are allowed` });
  return { initialBytes, laterBytes, problems };
}

const notForBrowsers = ['node:*', ...builtinModules];
/** An application has Angular or has not: it is never bundled, and the statements that import it are not counted. */
const angular = '@angular/*';
const withoutAngular = (text) => text.replaceAll(/import\{[^{}]*\}from"@angular\/[^"]*";/g, '');

/** The files of a bundle, each `{ text, inputs, imports }`: those that are needed at once, and the others. */
async function bundle(root, contents, { external = notForBrowsers, plugins = [] } = {}) {
  const { metafile, outputFiles } = await build({
    stdin: { contents, resolveDir: root, sourcefile: 'entry.js' },
    absWorkingDir: root,
    bundle: true,
    minify: true,
    splitting: true,
    write: false,
    metafile: true,
    format: 'esm',
    target: 'es2022',
    platform: 'browser',
    mainFields: ['browser', 'module', 'main'],
    conditions: ['es2015', 'browser'],
    external: [angular, ...external],
    plugins,
    outdir: 'bundle',
    logLevel: 'silent',
  });
  const textOf = (path) => outputFiles.find((file) => file.path === resolve(root, path)).text;
  const outputs = new Map(
    Object.entries(metafile.outputs).map(([path, output]) => [path, { ...output, text: textOf(path) }]),
  );
  const initial = new Set();
  const visit = (path) => {
    const output = outputs.get(path);
    if (output === undefined || initial.has(output)) return;
    initial.add(output);
    for (const { kind, path: next } of output.imports) if (kind === 'import-statement') visit(next);
  };
  visit([...outputs].find(([, { entryPoint }]) => entryPoint === 'entry.js')[0]);
  return { initial: [...initial], later: [...outputs.values()].filter((output) => !initial.has(output)) };
}

const gzippedBytes = (files) =>
  files.reduce((total, { text }) => total + gzipSync(withoutAngular(text), { level: 9 }).length, 0);

/** What the files of a bundle without rxjs import from it. */
function namesOfRxjs({ initial, later }) {
  const statements = (files) => files.flatMap(({ text }) => [...text.matchAll(/\{([^{}]*)\}from"rxjs";/g)]);
  const names = (files) =>
    statements(files).flatMap(([, list]) => list.split(',').map((each) => each.replace(/ as .*/, '')));
  return { initial: [...new Set(names(initial))], later: [...new Set(names(later))] };
}

const exportOfRxjs = (names) => `export { ${names.join(', ')} } from 'rxjs';`;

/** A module that is no file, imported by this name. */
const virtualModule = (name, contents, resolveDir) => ({
  name,
  setup({ onResolve, onLoad }) {
    onResolve({ filter: new RegExp(`^${name}$`) }, () => ({ path: name, namespace: name }));
    onLoad({ filter: /^/, namespace: name }, () => ({ contents, resolveDir }));
  },
});

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const root = resolve(process.argv[2] ?? '.');
  const kB = (bytes) => `${(bytes / 1000).toFixed(1)} kB`;
  const report = (what, limit, { initialBytes, laterBytes, problems }) => {
    for (const { rule, message } of problems) console.error(`${rule}: ${what}: ${message}`);
    const sizes = `${kB(initialBytes)} initial (limit ${kB(limit)}), ${kB(laterBytes)} lazy`;
    console.log(`${what}, min+gzip: ${sizes}; rxjs${what === 'bundle' ? '' : ' and Angular'} not counted`);
    if (problems.length > 0) process.exitCode = 1;
  };
  report('bundle', limitBytes, await measureBundle(root));
  report('with rxacme/angular', angularLimitBytes, await measureBundle(root, angularEntry, angularLimitBytes));
}
