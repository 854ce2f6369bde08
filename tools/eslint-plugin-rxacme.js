/**
 * The house rules for streams, as lint rules. None needs type information, so an editor and a seeded spec are answered at
 * once. Which files a rule leaves alone is said in eslint.config.js.
 */
import { basename } from 'node:path';

const set = (words) => new Set(words.split(' '));

/** True when `identifier` is not declared in this file: a global of the platform. */
function isGlobal(sourceCode, identifier) {
  for (let scope = sourceCode.getScope(identifier); scope; scope = scope.upper) {
    if (scope.set.get(identifier.name)?.defs.length) return false;
  }
  return true;
}

/** The name of `object.name` or `object['name']`; undefined when it is computed. */
function memberName({ computed, property }) {
  if (!computed) return property.name;
  return property.type === 'Literal' ? String(property.value) : undefined;
}

function* walk(node, visitorKeys) {
  yield node;
  for (const key of visitorKeys[node.type] ?? []) {
    for (const child of [node[key]].flat()) if (child) yield* walk(child, visitorKeys);
  }
}

const rule = (description, create, schema = []) => ({
  meta: { type: 'problem', docs: { description }, schema },
  create,
});

const timers = set(
  'setTimeout setInterval setImmediate clearTimeout clearInterval queueMicrotask requestAnimationFrame ' +
    'requestIdleCallback performance',
);
const globalObjects = set('globalThis window self global');
const clockMembers = set('Date.now AbortSignal.timeout process.nextTick process.hrtime');

const virtualTime = rule(
  'Time and chance come from the injected scheduler, clock and random',
  (context) => {
    const { sourceCode } = context;
    const allowDefault = context.options[0]?.allowRandomAsDefault ?? false;
    const report = (node, what) =>
      context.report({ node, message: `${what} is out of reach of the injected scheduler, clock and random.` });
    const isNamed = (node, name) => node.type === 'Identifier' && node.name === name && isGlobal(sourceCode, node);
    return {
      Identifier(node) {
        const { parent } = node;
        const isName =
          (parent.type === 'MemberExpression' && parent.property === node && !parent.computed) ||
          (parent.type === 'Property' && parent.key === node && !parent.shorthand) ||
          /^TS.*(Signature|Declaration|QualifiedName)$|^(Property|Method)Definition$/.test(parent.type);
        if (!isName && timers.has(node.name) && isGlobal(sourceCode, node)) report(node, node.name);
      },
      MemberExpression(node) {
        const { object, parent } = node;
        const name = memberName(node);
        if (object.type !== 'Identifier' || name === undefined || !isGlobal(sourceCode, object)) return;
        const path = `${object.name}.${name}`;
        if (globalObjects.has(object.name) && timers.has(name)) report(node, path);
        else if (clockMembers.has(path)) report(node, path);
        else if (path === 'Math.random') {
          const isDefault = parent.right === node && (parent.type === 'AssignmentPattern' || parent.operator === '??');
          if (!isDefault || !allowDefault) report(node, path);
        }
      },
      NewExpression(node) {
        if (isNamed(node.callee, 'Date') && node.arguments.length === 0) report(node, 'new Date() without an argument');
      },
      CallExpression(node) {
        if (isNamed(node.callee, 'Date')) report(node, 'Date()');
      },
    };
  },
  [{ type: 'object', properties: { allowRandomAsDefault: { type: 'boolean' } }, additionalProperties: false }],
);

const promiseMethods = set('then catch finally toPromise');

const noPromises = rule('Promise, async and await stand only in the adapters', (context) => {
  const report = (node, what) =>
    context.report({ node, message: `${what}: hand the ObservableInput to defer() or from() instead.` });
  const onFunction = (node) => {
    if (node.async) report(node, 'async function');
  };
  return {
    FunctionDeclaration: onFunction,
    FunctionExpression: onFunction,
    ArrowFunctionExpression: onFunction,
    AwaitExpression: (node) => report(node, 'await'),
    'ForOfStatement[await=true]': (node) => report(node, 'for await'),
    NewExpression(node) {
      if (node.callee.name === 'Promise' && isGlobal(context.sourceCode, node.callee)) report(node, 'new Promise');
    },
    MemberExpression(node) {
      const name = memberName(node);
      const { object, parent } = node;
      if (object.name === 'Promise' && isGlobal(context.sourceCode, object)) report(node, `Promise.${name}`);
      else if (promiseMethods.has(name) && parent.type === 'CallExpression' && parent.callee === node)
        report(node, `.${name}()`);
    },
  };
});

const noSubscribe = rule('Nobody subscribes for the caller', (context) => ({
  MemberExpression(node) {
    const name = memberName(node);
    if (name === 'subscribe' || name === 'connect')
      context.report({ node, message: `.${name}() starts a stream that the caller did not start.` });
  },
}));

/** How many arguments a call needs before its concurrency is among them. */
const concurrencyAt = new Map([
  ['mergeMap', 2],
  ['mergeAll', 1],
  ['flatMap', Infinity],
]);
const bannedFromRxjs = new Map([
  ['shareReplay', 'it replays errors and outlives its subscribers'],
  ['firstValueFrom', 'it leaves the pipeline and cannot be cancelled'],
  ['lastValueFrom', 'it leaves the pipeline and cannot be cancelled'],
  ['flatMap', 'it is mergeMap under another name'],
]);
const imported = (specifier) => specifier.imported.name ?? specifier.imported.value;

const explicitConcurrency = rule('mergeMap and mergeAll say how many at once', (context) => {
  const local = new Map();
  return {
    'ImportDeclaration[source.value=/^rxjs/] > ImportSpecifier'(node) {
      if (concurrencyAt.has(imported(node))) local.set(node.local.name, imported(node));
    },
    CallExpression(node) {
      const name = local.get(node.callee.name);
      if (name !== undefined && node.arguments.length < concurrencyAt.get(name))
        context.report({ node, message: `${name} without a concurrency runs everything at once.` });
    },
  };
});

const rxjsImports = rule(
  'Only the public, unbanned part of rxjs, by name',
  (context) => {
    const doors = ['rxjs', ...(context.options[0]?.also ?? [])];
    const check = (node) => {
      const from = node.source?.value;
      if (typeof from !== 'string' || !/^rxjs(\/|$)/.test(from)) return;
      if (!doors.includes(from)) context.report({ node, message: `'${from}' is not a door of rxjs for this file.` });
      for (const specifier of node.specifiers ?? []) {
        const { type } = specifier;
        if (type === 'ImportNamespaceSpecifier' || type === 'ImportDefaultSpecifier')
          context.report({ node: specifier, message: 'Import from rxjs by name.' });
        else if (type === 'ImportSpecifier' && bannedFromRxjs.has(imported(specifier)))
          context.report({
            node: specifier,
            message: `${imported(specifier)} is banned: ${bannedFromRxjs.get(imported(specifier))}.`,
          });
      }
    };
    return {
      ImportDeclaration: check,
      ExportNamedDeclaration: check,
      ExportAllDeclaration: check,
      ImportExpression: check,
    };
  },
  [{ type: 'object', properties: { also: { type: 'array' } }, additionalProperties: false }],
);

const subjects = set('Subject BehaviorSubject ReplaySubject AsyncSubject SubjectLike AnonymousSubject');

const noSubjectInApi = rule('No Subject in an exported signature', (context) => {
  const { sourceCode } = context;
  const { visitorKeys } = sourceCode;
  const seen = new Set();
  const report = (node) => {
    if (seen.has(node)) return;
    seen.add(node);
    context.report({ node, message: 'A Subject in an exported signature lets the caller push into our stream.' });
  };
  const types = (node) => {
    if (!node) return;
    for (const part of walk(node, visitorKeys)) {
      const name = part.typeName ?? part.expression;
      if (/^TS(TypeReference|ClassImplements|InterfaceHeritage)$/.test(part.type) && subjects.has(name?.name))
        report(part);
    }
  };
  const value = (node) => {
    if (!node) return;
    if (node.type === 'NewExpression' && subjects.has(node.callee.name)) report(node);
    else if (node.type === 'ObjectExpression') for (const { value: v } of node.properties) value(v);
    else if (/Function/.test(node.type)) signature(node);
    else if (/^TS(As|Satisfies|NonNull)Expression$/.test(node.type)) {
      types(node.typeAnnotation);
      value(node.expression);
    }
  };
  const signature = (node) => {
    for (const parameter of node.params) for (const part of walk(parameter, visitorKeys)) types(part.typeAnnotation);
    types(node.returnType);
    if (node.body && node.body.type !== 'BlockStatement') value(node.body);
  };
  const member = (node) => {
    if (node.accessibility === 'private' || node.key?.type === 'PrivateIdentifier') return;
    types(node.typeAnnotation);
    value(node.value);
  };
  const declaration = (node) => {
    if (/^TS(Interface|TypeAlias)Declaration$/.test(node?.type)) types(node);
    else if (/^(FunctionDeclaration|TSDeclareFunction)$/.test(node?.type)) signature(node);
    else if (node?.type === 'VariableDeclarator') {
      types(node.id.typeAnnotation);
      value(node.init);
    } else if (node?.type === 'ClassDeclaration') {
      if (subjects.has(node.superClass?.name)) report(node.superClass);
      for (const part of node.implements) types(part);
      for (const part of node.body.body) member(part);
    }
  };
  return {
    ExportNamedDeclaration(node) {
      for (const one of node.declaration?.declarations ?? [node.declaration]) declaration(one);
      if (node.source) return;
      for (const { local } of node.specifiers)
        for (const { node: defined } of sourceCode.getScope(node).set.get(local.name)?.defs ?? []) declaration(defined);
    },
  };
});

const shortened = set('authz authzs acct accts chal chals chall challs');
/** Names that RFC 8555 itself puts on the wire. */
const wireNames = set('newAuthz');
const wordsOf = (name) => name.match(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+/g) ?? [];
const shortenedWord = (name) =>
  wireNames.has(name) ? undefined : wordsOf(name).find((word) => shortened.has(word.toLowerCase()));

const wholeWords = rule("The RFC's word, whole", (context) => {
  const check = (node, name) => {
    const word = shortenedWord(name);
    if (word !== undefined)
      context.report({ node, message: `'${word}' in '${name}': write authorization, account or challenge.` });
  };
  return {
    Program: (node) => check(node, basename(context.filename)),
    Identifier: (node) => check(node, node.name),
    PrivateIdentifier: (node) => check(node, node.name),
  };
});

const plainDeclarations = rule('No enum, default export, namespace or I prefix', (context) => {
  const report = (node, message) => context.report({ node, message });
  const named = (node) => {
    if (/^I(?!Pv\d)[A-Z][a-z]/.test(node.id.name)) report(node.id, `${node.id.name}: no I prefix.`);
  };
  return {
    TSEnumDeclaration: (node) => report(node, 'An enum is code and a type of its own: use a union of literals.'),
    TSModuleDeclaration: (node) => report(node, 'No namespace: a file is the module.'),
    ExportDefaultDeclaration: (node) => report(node, 'Export by name.'),
    ExportSpecifier(node) {
      if (node.exported.name === 'default') report(node, 'Export by name.');
    },
    TSInterfaceDeclaration: named,
    TSTypeAliasDeclaration: named,
  };
});

export default {
  meta: { name: 'eslint-plugin-rxacme' },
  rules: {
    'explicit-concurrency': explicitConcurrency,
    'no-promises': noPromises,
    'no-subject-in-api': noSubjectInApi,
    'no-subscribe': noSubscribe,
    'plain-declarations': plainDeclarations,
    'rxjs-imports': rxjsImports,
    'virtual-time': virtualTime,
    'whole-words': wholeWords,
  },
};
