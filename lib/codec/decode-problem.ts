import type { JsonObject } from '../model/json.js';
import type { ProblemDocument, Subproblem } from '../model/problem.js';
import { identifierOf } from './decode-identifier.js';
import { defined } from './defined.js';
import { isObject, objectsOf, ownMember, textOf, textsOf } from './tolerant.js';

/**
 * A problem document. Undefined where `raw` is not an object. Never throws: what explains a failure must not become
 * one, so members of the wrong type are left out, and types and URLs are kept as they are.
 *
 * @see RFC 8555 §6.7, RFC 7807 §3.1
 */
export function decodeProblem(raw: unknown): ProblemDocument | undefined {
  if (!isObject(raw)) return undefined;
  return defined({
    ...describe(raw),
    status: statusOf(raw),
    instance: textOf(raw, 'instance'),
    subproblems: objectsOf(raw, 'subproblems').map(decodeSubproblem),
    algorithms: textsOf(raw, 'algorithms'),
    raw,
  });
}

const decodeSubproblem = (raw: JsonObject): Subproblem =>
  defined({ ...describe(raw), identifier: identifierOf(ownMember(raw, 'identifier')) });

const describe = (raw: JsonObject) => ({
  type: textOf(raw, 'type') ?? 'about:blank',
  title: textOf(raw, 'title'),
  detail: textOf(raw, 'detail'),
});

function statusOf(raw: JsonObject): number | undefined {
  const status = ownMember(raw, 'status') as number;
  return Number.isInteger(status) && status >= 100 && status <= 599 ? status : undefined;
}
