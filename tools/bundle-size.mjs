/**
 * What a browser downloads for the usual program: one that obtains a certificate.
 *
 * Bundles the built package with esbuild and prints, minified and gzipped, what is needed at once (the entry and all it
 * imports statically) apart from what comes later (dynamic imports). rxjs is external, and the statements that import it
 * are not counted: the application has it anyway, and then they are gone.
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
const usual = ['obtainCertificate', 'acmeSession', 'newAccount', 'generateSigner', 'toCertificate', 'dns01'];
const lateOnly = /(^|\/)node_modules\/(pkijs|asn1js|cross-fetch)\//;

/** `{ initialBytes, laterBytes, problems: [{ rule, message }] }` for an entry with this text in `root`. */
export async function measureBundle(
  root,
  contents = `export { ${usual.join(', ')} } from 'rxacme';`,
  limit = limitBytes,
) {
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
    external: ['rxjs', 'rxjs/*', 'node:*', ...builtinModules],
    outdir: 'bundle',
    logLevel: 'silent',
  });
  const outputs = new Map(Object.entries(metafile.outputs));
  // The statements that import rxjs are gone where rxjs is part of the bundle, as it is in every application.
  const withoutRxjs = (text) => text.replaceAll(/import\{[^{}]*\}from"rxjs";/g, '');
  const gzipped = (path) =>
    gzipSync(withoutRxjs(outputFiles.find((file) => file.path === resolve(root, path)).text), { level: 9 }).length;

  const initial = new Set();
  const visit = (path) => {
    if (initial.has(path) || !outputs.has(path)) return;
    initial.add(path);
    for (const { kind, path: next } of outputs.get(path).imports) if (kind === 'import-statement') visit(next);
  };
  visit([...outputs].find(([, { entryPoint }]) => entryPoint === 'entry.js')[0]);

  const sum = (paths) => paths.reduce((total, path) => total + gzipped(path), 0);
  const initialBytes = sum([...initial]);
  const laterBytes = sum([...outputs.keys()].filter((path) => !initial.has(path)));

  const inputs = [...initial].flatMap((path) => Object.keys(outputs.get(path).inputs));
  const builtIns = [...initial].flatMap((path) =>
    outputs
      .get(path)
      .imports.filter(({ external, kind, path: name }) => external && kind !== 'dynamic-import' && isBuiltin(name)),
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

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { initialBytes, laterBytes, problems } = await measureBundle(resolve(process.argv[2] ?? '.'));
  const kB = (bytes) => `${(bytes / 1000).toFixed(1)} kB`;
  for (const { rule, message } of problems) console.error(`${rule}: ${message}`);
  console.log(
    `bundle, min+gzip: ${kB(initialBytes)} initial (limit ${kB(limitBytes)}), ${kB(laterBytes)} lazy; rxjs not counted`,
  );
  process.exitCode = problems.length > 0 ? 1 : 0;
}
