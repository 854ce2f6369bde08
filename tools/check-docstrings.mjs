/**
 * Holds the form of the docstrings of everything a user can import.
 *
 * Every exported name opens with a summary sentence. A function that returns an Observable says what it Emits, its Errors
 * and its Cost, and carries `@see RFC …`; lib/rx knows nothing of ACME, so no RFC is asked there. One that returns an operator
 * says what the operator Emits and its Errors. Each member that an interface declares has a docstring of its own, or one
 * that it takes over from where it is declared first; what is `@internal` needs none.
 *
 * `node tools/check-docstrings.mjs [ROOT]` exits 1 when one falls short.
 */
import { resolve } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import ts from 'typescript';
import { kindOf, placeOf, readExports } from './entries.mjs';

const parts = {
  emits: /\bEmits\b/,
  errors: /\bErrors\b|\berrors with\b|\b[Nn]ever errors\b/,
  cost: /\bCosts?\b/,
};

/** 'observable', 'operator' or 'other', by what the call signatures return. */
function resultOf(symbol, checker) {
  const isFunction = kindOf(symbol, checker) === 'function';
  const signatures = isFunction ? checker.getTypeOfSymbol(symbol).getCallSignatures() : [];
  const isObservable = (type) => {
    const members = type.isUnion() ? type.types : [type];
    return members.some((t) => t.symbol?.name === 'Observable' || t.getBaseTypes?.()?.some(isObservable));
  };
  const returned = signatures.map((signature) => signature.getReturnType());
  if (returned.some(isObservable)) return 'observable';
  const isOperator = (type) => type.getCallSignatures().some((inner) => isObservable(inner.getReturnType()));
  return returned.some(isOperator) ? 'operator' : 'other';
}

const textOf = (symbol, checker) => ts.displayPartsToString(symbol.getDocumentationComment(checker)).trim();

/** The members that the interface declares itself and that have no docstring. */
function membersWithout(symbol, checker) {
  const declared = (symbol.declarations ?? []).filter(ts.isInterfaceDeclaration).flatMap(({ members }) => [...members]);
  const members = new Set(declared.map(({ name }) => name && checker.getSymbolAtLocation(name)).filter(Boolean));
  const isInternal = (member) => member.getJsDocTags(checker).some(({ name }) => name === 'internal');
  return [...members].filter((member) => textOf(member, checker) === '' && !isInternal(member));
}

function* shortcomings(symbol, checker, root) {
  for (const { name } of membersWithout(symbol, checker)) yield ['member', `has no docstring for its member ${name}`];
  const text = textOf(symbol, checker);
  if (text === '') return yield ['docstring', 'has no docstring'];
  const summary = text.split(/\n\s*\n/)[0];
  if (!/\S\s+\S/.test(summary) || !/[.:!?][)`*_]*$/.test(summary))
    yield ['summary', 'does not open with a summary sentence'];
  const result = resultOf(symbol, checker);
  if (result === 'other') return;
  if (!parts.emits.test(text)) yield ['emits', 'does not say what it Emits'];
  if (!parts.errors.test(text)) yield ['errors', 'does not name its Errors'];
  if (result === 'operator') return;
  if (!parts.cost.test(text)) yield ['cost', 'does not say its Cost'];
  const tags = symbol.getJsDocTags(checker).filter(({ name }) => name === 'see');
  const isGeneric = placeOf(symbol, root).startsWith('lib/rx/');
  if (!isGeneric && !tags.some((tag) => /\bRFC \d+|\bdraft-/.test(ts.displayPartsToString(tag.text))))
    yield ['see', 'has no @see RFC'];
}

/** Every docstring that falls short as `{ rule, name, place, message }`, and how many were read. */
export function checkDocstrings(root) {
  const { checker, exports } = readExports(root);
  const symbols = new Map(exports.map(({ name, symbol }) => [symbol, name]));
  const problems = [...symbols].flatMap(([symbol, name]) =>
    [...shortcomings(symbol, checker, root)].map(([rule, message]) => ({
      rule,
      name,
      place: placeOf(symbol, root),
      message,
    })),
  );
  return { read: symbols.size, problems };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { read, problems } = checkDocstrings(resolve(process.argv[2] ?? '.'));
  for (const { place, name, message } of problems) console.error(`${place} ${name} ${message}`);
  console.log(`docstrings: ${read} exported names, ${problems.length} problems`);
  process.exitCode = problems.length > 0 || read === 0 ? 1 : 0;
}
