import {
  catchError,
  concatMap,
  defaultIfEmpty,
  defer,
  map,
  type Observable,
  of,
  throwError,
  timeout,
  timer,
} from 'rxjs';
import type { CaSettings } from '../../testing/ca/operation.js';
import { type ProblemInit, Refusal } from '../../testing/ca/refusal.js';
import type { ChallengeType } from '../dev-ca-options.js';
import { provenByDns } from './dns01.js';
import { failure } from './failure.js';
import { provenByHttp } from './http01.js';
import type { Network } from './network.js';
import type { Proof } from './proof.js';
import { provenByTls } from './tls-alpn01.js';

/** Options of {@link validator}. */
export interface ValidatorOptions {
  readonly alwaysValid: boolean;
  readonly validationDelayMs: number;
  readonly validationTimeoutMs: number;
}

/** Validates challenges for real: once each, within a time limit. What goes wrong is a problem, never an error. */
export function validator(
  network: Network,
  { alwaysValid, validationDelayMs, validationTimeoutMs }: ValidatorOptions,
): CaSettings['validate'] {
  const proven: Readonly<Record<ChallengeType, (proof: Proof) => Observable<unknown>>> = {
    'http-01': (proof) => provenByHttp(network, proof),
    'dns-01': (proof) => provenByDns(network, proof),
    'tls-alpn-01': (proof) => provenByTls(network, proof),
  };
  const tooLate = () => throwError(() => failure('connection', `no outcome within ${validationTimeoutMs} ms`));
  return ({ type, token = '', authorization: { identifier } }, keyAuthorization) => {
    const looked$ = defer(() =>
      alwaysValid ? of(undefined) : proven[type as ChallengeType]({ identifier, token, keyAuthorization }),
    );
    return (validationDelayMs === 0 ? of(0) : timer(validationDelayMs)).pipe(
      concatMap(() => looked$.pipe(timeout({ first: validationTimeoutMs, with: tooLate }))),
      map(() => undefined),
      defaultIfEmpty(undefined),
      catchError((error: unknown) => of(problemOf(error))),
    );
  };
}

const problemOf = (error: unknown): ProblemInit =>
  error instanceof Refusal
    ? { ...error.problem, status: error.status }
    : { type: 'serverInternal', detail: error instanceof Error ? error.message : String(error), status: 500 };
