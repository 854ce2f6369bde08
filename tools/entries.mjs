/** The public entries of the package and what each exports, read with the TypeScript API from the sources in lib. */
import { existsSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import ts from 'typescript';

/** `[{ specifier: 'rxacme/node', source: '/…/lib/node/index.ts', built: '/…/dist/node/index.js' }]`. */
export function entriesOf(root) {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return Object.entries(manifest.exports)
    .filter(([, target]) => typeof target === 'object')
    .map(([path, { default: built }]) => ({
      specifier: path === '.' ? manifest.name : `${manifest.name}${path.slice(1)}`,
      source: join(root, built.replace(/^\.\/dist\//, 'lib/').replace(/\.js$/, '.ts')),
      built: join(root, built),
    }));
}

/** The options of ROOT/tsconfig.json, `changes` applied. */
export function compilerOptions(root, changes = {}) {
  const path = join(root, 'tsconfig.json');
  const { config, error } = ts.readConfigFile(path, (file) => ts.sys.readFile(file));
  if (error) throw new Error(ts.flattenDiagnosticMessageText(error.messageText, '\n'));
  const parsed = ts.parseJsonConfigFileContent({ ...config, files: [], include: [] }, ts.sys, root);
  return { ...parsed.options, ...changes };
}

/** Every exported symbol of every entry, aliases followed to their declaration: `[{ entry, name, symbol }]`. */
export function readExports(root) {
  const entries = entriesOf(root);
  const missing = entries.filter(({ source }) => !existsSync(source));
  if (missing.length > 0) throw new Error(`no such entry: ${missing.map(({ source }) => source).join(', ')}`);
  const program = ts.createProgram(
    entries.map(({ source }) => source),
    compilerOptions(root, { noEmit: true }),
  );
  const checker = program.getTypeChecker();
  const found = entries.flatMap((entry) => {
    const module = checker.getSymbolAtLocation(program.getSourceFile(entry.source));
    return checker.getExportsOfModule(module).map((exported) => ({
      entry,
      name: exported.name,
      symbol: exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported,
    }));
  });
  return { checker, entries, exports: found };
}

/** What kind of thing a user gets under an exported name. */
export function kindOf(symbol, checker) {
  const { flags } = symbol;
  if (flags & ts.SymbolFlags.Class) return 'class';
  if (flags & ts.SymbolFlags.Function) return 'function';
  if (flags & ts.SymbolFlags.Variable) {
    const type = checker.getTypeOfSymbol(symbol);
    return type.getCallSignatures().length > 0 ? 'function' : 'const';
  }
  return 'type';
}

/** `lib/x/y.ts:12`, where the first declaration of `symbol` stands. */
export function placeOf(symbol, root) {
  const declaration = symbol.declarations?.[0];
  if (!declaration) return '(no declaration)';
  const file = declaration.getSourceFile();
  const { line } = file.getLineAndCharacterOfPosition(declaration.getStart());
  return `${relative(root, file.fileName).split(sep).join('/')}:${line + 1}`;
}

/** The frozen form of what an entry exports: one `name (kind)` a line, sorted. `Map` of specifier to text. */
export function exportLists(root) {
  const { checker, entries, exports } = readExports(root);
  const lines = ({ specifier }) =>
    exports
      .filter(({ entry }) => entry.specifier === specifier)
      .map(({ name, symbol }) => `${name} (${kindOf(symbol, checker)})`)
      .sort((a, b) => (a < b ? -1 : 1));
  return new Map(entries.map((entry) => [entry.specifier, `${lines(entry).join('\n')}\n`]));
}

/** The file that freezes the exports of an entry. */
export const listFile = (root, specifier) => join(root, 'spec', 'exports', `${specifier.replaceAll('/', '-')}.txt`);
