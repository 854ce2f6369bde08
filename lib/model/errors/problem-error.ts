import { acmeErrorNamespace, type ProblemDocument } from '../problem.js';
import { AcmeError, type AcmeErrorDetails } from './acme-error.js';

/**
 * The server refused. `problem` says why.
 *
 * @see RFC 8555 §6.7
 */
export class AcmeProblemError extends AcmeError {
  /** @internal */
  static override readonly brandName: string = 'AcmeProblemError';
  override readonly code: 'problem' | 'rateLimited' | 'userActionRequired' | 'badNonce' = 'problem';

  constructor(
    readonly problem: ProblemDocument,
    details: AcmeErrorDetails = {},
  ) {
    super(describeProblem(problem, details.status), details);
  }
}

/**
 * The server asks to come back later: at `retryAt` where it said so. Without `retryAt` a person has to act; the
 * message and the `help` link say how.
 *
 * @see RFC 8555 §6.6
 */
export class AcmeRateLimitedError extends AcmeProblemError {
  /** @internal */
  static override readonly brandName = 'AcmeRateLimitedError';
  override readonly code = 'rateLimited';
}

/**
 * A person has to act first, at the URL in `problem.instance` where there is one; for new terms of service, see
 * the link `terms-of-service`.
 *
 * @see RFC 8555 §7.3.3
 */
export class AcmeUserActionRequiredError extends AcmeProblemError {
  /** @internal */
  static override readonly brandName = 'AcmeUserActionRequiredError';
  override readonly code = 'userActionRequired';
}

/**
 * The server refused a nonce, more often than allowed. Retried inside before it is seen.
 *
 * @see RFC 8555 §6.5
 */
export class AcmeBadNonceError extends AcmeProblemError {
  /** @internal */
  static override readonly brandName = 'AcmeBadNonceError';
  override readonly code = 'badNonce';
  /** The nonce that came with the refusal. Not printed. */
  declare readonly nonce?: string;

  constructor(problem: ProblemDocument, details: AcmeErrorDetails & { readonly nonce?: string | undefined } = {}) {
    super(problem, details);
    Object.defineProperty(this, 'nonce', { value: details.nonce });
  }
}

/** The last part of a problem's type: `malformed`, say. A type of another namespace is returned whole. */
export const problemName = (type: string): string =>
  type.startsWith(acmeErrorNamespace) ? type.slice(acmeErrorNamespace.length) : type;

/**
 * A problem as text for a person: a line for it, and one for each subproblem. What the server wrote cannot move a
 * terminal's cursor.
 */
export function describeProblem(problem: ProblemDocument, status?: number): string {
  const { type, title, subproblems, instance } = problem;
  const isNameless = type === 'about:blank';
  const head = [
    status === undefined ? '' : `${status} `,
    !isNameless ? problemName(type) : status === undefined ? (title ?? 'error') : 'error',
    saying(problem.detail ?? (isNameless ? undefined : title)),
  ].join('');
  const below = subproblems.map((each) => {
    const about = each.identifier === undefined ? '' : `${each.identifier.value}: `;
    return `  ${about}${problemName(each.type)}${saying(each.detail ?? each.title)}`;
  });
  const visit = instance === undefined ? [] : [`  see ${instance}`];
  return [head, ...below, ...visit].map((line) => line.replace(/\p{Cc}+/gu, ' ')).join('\n');
}

const saying = (text: string | undefined): string => (text === undefined ? '' : `: ${text}`);
