/** What a `switch` on `code` knows of an error. Compiled, never run. */
import {
  type AcmeAuthorizationError,
  type AcmeBadNonceError,
  type AcmeDnsError,
  AcmeError,
  type AcmeInputError,
  type AcmeOrderError,
  type AcmePortError,
  AcmeProblemError,
  type AcmeProtocolError,
  AcmeRateLimitedError,
  type AcmeTimeoutError,
  type AcmeTransportError,
  type AcmeUnsupportedError,
  type AcmeUserActionRequiredError,
  type AnyAcmeError,
  type AuthorizationFailure,
  type DnsFailure,
  type Order,
  type PortName,
  type ProblemDocument,
} from '../../lib/index.js';

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const check = <Holds extends true>(): Holds | undefined => undefined;

type WithCode<Code extends AnyAcmeError['code']> = Extract<AnyAcmeError, { readonly code: Code }>;
check<Equal<WithCode<'transport'>, AcmeTransportError>>();
check<Equal<WithCode<'protocol'>, AcmeProtocolError>>();
check<Equal<WithCode<'rateLimited'>, AcmeRateLimitedError>>();
check<Equal<WithCode<'userActionRequired'>, AcmeUserActionRequiredError>>();
check<Equal<WithCode<'badNonce'>, AcmeBadNonceError>>();
check<Equal<WithCode<'authorization'>, AcmeAuthorizationError>>();
check<Equal<WithCode<'order'>, AcmeOrderError>>();
check<Equal<WithCode<'timeout'>, AcmeTimeoutError>>();
check<Equal<WithCode<'unsupported'>, AcmeUnsupportedError>>();
check<Equal<WithCode<'input'>, AcmeInputError>>();
check<Equal<WithCode<'port'>, AcmePortError>>();
check<Equal<WithCode<'dns'>, AcmeDnsError>>();

export function narrowed(error: AnyAcmeError): unknown {
  const all: AcmeError = error;
  switch (error.code) {
    case 'problem':
      return error.problem satisfies ProblemDocument;
    case 'rateLimited':
      return [error.retryAt satisfies Date | undefined, error.problem satisfies ProblemDocument];
    case 'userActionRequired':
      return error.problem.instance satisfies string | undefined;
    case 'badNonce':
      return error.nonce satisfies string | undefined;
    case 'protocol':
      return error.body satisfies Uint8Array | undefined;
    case 'transport':
      return error.cause;
    case 'authorization':
      return [error.failures satisfies readonly AuthorizationFailure[], error.orderUrl satisfies string | undefined];
    case 'order':
      return error.order satisfies Order;
    case 'timeout':
      return error.last satisfies unknown;
    case 'dns':
      return [error.failure satisfies DnsFailure, error.server satisfies string | undefined];
    case 'port':
      return error.port satisfies PortName;
    case 'input':
    case 'unsupported':
      return error.message;
    default:
      return [error satisfies never, all];
  }
}

export function byClass(error: unknown): unknown {
  if (error instanceof AcmeRateLimitedError) return [error.retryAt, error.code satisfies 'rateLimited'];
  if (error instanceof AcmeProblemError) return error.problem.subproblems;
  // @ts-expect-error: what is not an AcmeProblemError has no problem
  if (error instanceof AcmeError) return [error.url, error.status, error.links, error.headers, error.problem];
  return error;
}

export function comparisons(error: AnyAcmeError): unknown {
  // @ts-expect-error: no error has this code
  return error.code === 'rate-limited';
}

// @ts-expect-error: abstract, only its subclasses are thrown
new AcmeError('no');
