/**
 * Compiles what the documentation shows: every ```ts block of README.md, of the pages and of the docstrings in lib.
 *
 * The compiler options are those of tsconfig.json, and `rxacme` resolves through the export map to the built package, as it
 * does for a user, so build first. A block is a file of its own. Two reliefs, so that an example can stay short:
 *
 * - In Markdown, the lines of a comment `<!-- given` … `-->` right above a block are put in front of it.
 * - In a docstring, names that this package or rxjs exports need no import, and `account`, `session` and `signer` stand
 *   for an AcmeAccount, an AcmeSession and an AcmeSigner.
 *
 * `node tools/check-snippets.mjs [ROOT]` exits 1 when one does not compile.
 */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join, resolve, sep } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import ts from 'typescript';
import { compilerOptions, entriesOf } from './entries.mjs';

const ambient = new Map([
  ['account', 'AcmeAccount'],
  ['session', 'AcmeSession'],
  ['signer', 'AcmeSigner'],
]);
const cannotFindName = new Set([2304, 2552, 18004]);

/** The ts blocks of a text as `{ source, line, code, given }`; `line` is that of the first line of code, from 1. */
export function blocksOf(source, text, isDocstring) {
  const blocks = [];
  let block;
  let given = [];
  let inGiven = false;
  text.split('\n').forEach((raw, index) => {
    const line = isDocstring ? raw.replace(/^\s*\* ?/, '') : raw;
    const fence = (!isDocstring || /^\s*\*/.test(raw)) && /^\s*```/.test(line);
    if (block) {
      if (!fence) return block.code.push(line);
      if (block.isTs) blocks.push({ source, line: block.line, code: block.code, given: block.given });
      block = undefined;
    } else if (fence) {
      block = { isTs: /^\s*```(ts|typescript)\b/.test(line), line: index + 2, code: [], given };
      given = [];
    } else if (inGiven) {
      if (line.includes('-->')) inGiven = false;
      else given.push(line);
    } else if (!isDocstring && line.trim() === '<!-- given') {
      inGiven = true;
      given = [];
    } else if (line.trim() !== '') given = [];
  });
  return blocks;
}

function collect(root) {
  const pages = existsSync(join(root, 'pages')) ? readdirSync(join(root, 'pages')).sort() : [];
  const markdown = ['README.md', ...pages.map((name) => `pages/${name}`)].filter((path) =>
    existsSync(join(root, path)),
  );
  const sources = readdirSync(join(root, 'lib'), { recursive: true }).filter((name) => name.endsWith('.ts'));
  return [
    ...markdown.flatMap((path) => blocksOf(path, readFileSync(join(root, path), 'utf8'), false)),
    ...sources.sort().flatMap((name) => {
      const path = `lib/${name.split(sep).join('/')}`;
      return blocksOf(path, readFileSync(join(root, path), 'utf8'), true).map((b) => ({ ...b, isDocstring: true }));
    }),
  ];
}

function compile(root, texts) {
  const options = compilerOptions(root, {
    noEmit: true,
    rootDir: undefined,
    outDir: undefined,
    stripInternal: undefined,
  });
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile, getSourceFile } = host;
  host.fileExists = (name) => texts.has(name) || fileExists(name);
  host.readFile = (name) => texts.get(name) ?? readFile(name);
  host.getSourceFile = (name, target, ...rest) =>
    texts.has(name)
      ? ts.createSourceFile(name, texts.get(name), target, true)
      : getSourceFile.call(host, name, target, ...rest);
  return ts.createProgram([...texts.keys()], options, host);
}

const errorsIn = (program, name) => {
  const file = program.getSourceFile(name);
  return [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)];
};

/** What a docstring's example may use without importing it: name -> `{ from, isType }`. */
function exportedNames(program, probe) {
  const checker = program.getTypeChecker();
  const names = new Map();
  for (const { moduleSpecifier } of program.getSourceFile(probe).statements) {
    const module = moduleSpecifier && checker.getSymbolAtLocation(moduleSpecifier);
    for (const symbol of module ? checker.getExportsOfModule(module) : []) {
      const target = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
      const isType = !(target.flags & ts.SymbolFlags.Value);
      if (!names.has(symbol.name)) names.set(symbol.name, { from: moduleSpecifier.text, isType });
    }
  }
  return names;
}

/** The lines that make good for names a docstring's example did not import. */
function relief(unknown, names) {
  const importLine = (name) => {
    const { from, isType } = names.get(name);
    return `import { ${isType ? 'type ' : ''}${name} } from '${from}';`;
  };
  const types = new Set(unknown.flatMap((name) => (ambient.has(name) ? [ambient.get(name)] : [])));
  const imports = new Set([...unknown, ...types].filter((name) => names.has(name)));
  return [
    ...[...imports].map(importLine),
    ...unknown.filter((name) => ambient.has(name)).map((name) => `declare const ${name}: ${ambient.get(name)};`),
  ];
}

/** Every compile error as `{ place, message }`, and how many blocks were compiled. */
export function checkSnippets(root) {
  const entries = entriesOf(root);
  const unbuilt = entries.filter(({ built }) => !existsSync(built));
  if (unbuilt.length > 0) throw new Error(`not built: ${unbuilt.map(({ specifier }) => specifier).join(', ')}`);
  const blocks = collect(root).map((block, index) => ({ ...block, file: join(root, `snippet-${index}.ts`) }));
  const probe = join(root, 'snippet-probe.ts');
  const specifiers = [...entries.map(({ specifier }) => specifier), 'rxjs'];
  const textOf = ({ code, given }) => [...given, ...code, 'export {};'].join('\n');

  const texts = new Map(blocks.map((block) => [block.file, textOf(block)]));
  texts.set(probe, specifiers.map((from, index) => `export * as m${index} from '${from}';`).join('\n'));
  let program = compile(root, texts);
  const names = exportedNames(program, probe);

  let isChanged = false;
  for (const block of blocks.filter(({ isDocstring }) => isDocstring)) {
    const missing = errorsIn(program, block.file).filter(({ code }) => cannotFindName.has(code));
    const unknown = new Set(missing.map(({ file, start, length }) => file.text.slice(start, start + length)));
    block.given = relief([...unknown], names);
    texts.set(block.file, textOf(block));
    isChanged ||= block.given.length > 0;
  }
  if (isChanged) program = compile(root, texts);

  const problems = blocks.flatMap(({ source, line, given, file }) =>
    errorsIn(program, file).map(({ file: parsed, start, messageText }) => ({
      place: `${source}:${parsed.getLineAndCharacterOfPosition(start).line - given.length + line}`,
      message: ts.flattenDiagnosticMessageText(messageText, '\n'),
    })),
  );
  return { compiled: blocks.length, problems };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { compiled, problems } = checkSnippets(resolve(process.argv[2] ?? '.'));
  for (const { place, message } of problems) console.error(`${place} ${message}`);
  console.log(`snippets: ${compiled} blocks, ${problems.length} errors`);
  process.exitCode = problems.length > 0 ? 1 : 0;
}
