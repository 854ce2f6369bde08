import type { IssuanceEvent } from 'rxacme';
import type { Held, Retrying } from './waits';

/** What a page hears of while a certificate is obtained. */
export type Step = IssuanceEvent | Retrying | Held;

/** The end of an issuance that came to nothing. */
export interface Failed {
  readonly type: 'failed';
  readonly at: Date;
  readonly error: unknown;
}
