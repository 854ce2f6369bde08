import type { Identifier } from '../../model/identifier.js';
import { acmeErrorNamespace } from '../../model/problem.js';

/** A problem document in short. */
export interface ProblemInit {
  /** The last part of an ACME error type, such as `rateLimited`, or a whole URI. */
  readonly type: string;
  /** What went wrong this time, for a person. Default: none. */
  readonly detail?: string;
  /** A summary of the type. Default: none. */
  readonly title?: string;
  /** The HTTP status. Default: the usual one for the type, else 400. */
  readonly status?: number;
  /** The `Retry-After` header, in either of its forms. */
  readonly retryAfter?: string;
  /** A URL for this one occurrence. Default: none. */
  readonly instance?: string;
  /** What is wrong with each identifier. Default: none. */
  readonly subproblems?: readonly (Pick<ProblemInit, 'type' | 'detail'> & { readonly identifier?: Identifier })[];
  /** More members of the document. */
  readonly more?: object;
  /** More headers of the answer. */
  readonly headers?: Readonly<Record<string, string>>;
}

const usualStatus: Readonly<Record<string, number>> = {
  unauthorized: 403,
  accountDoesNotExist: 400,
  orderNotReady: 403,
  rateLimited: 429,
  rejectedIdentifier: 403,
  externalAccountRequired: 403,
  userActionRequired: 403,
  serverInternal: 500,
  alreadyReplaced: 409,
};

/** What an operation throws to refuse a request. */
export class Refusal extends Error {
  readonly status: number;

  constructor(readonly problem: ProblemInit) {
    super(`${problem.type}: ${problem.detail ?? ''}`);
    this.status = problem.status ?? usualStatus[problem.type] ?? 400;
  }
}

/** Ends the handling of a request with a problem document. */
export function refuse(type: string, detail: string, more: Omit<ProblemInit, 'type' | 'detail'> = {}): never {
  throw new Refusal({ type, detail, ...more });
}

/** The problem that something which should not happen becomes. */
export const internalError = (error: unknown): ProblemInit =>
  error instanceof Refusal
    ? error.problem
    : { type: 'serverInternal', detail: error instanceof Error ? error.message : String(error) };

/** A problem document as it goes over the wire. */
export function problemDocument({ type, detail, title, status, instance, subproblems, more }: ProblemInit): object {
  return {
    type: problemType(type),
    ...(title === undefined ? {} : { title }),
    ...(detail === undefined ? {} : { detail }),
    ...(status === undefined ? {} : { status }),
    ...(instance === undefined ? {} : { instance }),
    ...(subproblems === undefined ? {} : { subproblems: subproblems.map(subproblem) }),
    ...more,
  };
}

const subproblem = ({ type, detail, identifier }: NonNullable<ProblemInit['subproblems']>[number]): object => ({
  type: problemType(type),
  ...(detail === undefined ? {} : { detail }),
  ...(identifier === undefined ? {} : { identifier }),
});

const problemType = (type: string): string => (type.includes(':') ? type : `${acmeErrorNamespace}${type}`);
