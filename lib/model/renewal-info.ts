import type { Retrieved } from './retrieved.js';

/**
 * When a server wants a certificate to be renewed. `retryAfterMs` says when to ask again.
 *
 * @see RFC 9773 §4.2
 */
export interface RenewalInfo extends Retrieved {
  /** Renew at a time in it, chosen at random; a window that is over means now. */
  readonly suggestedWindow: {
    /** Where it begins. */
    readonly startAt: Date;
    /** Where it ends, later than its start. */
    readonly endAt: Date;
  };
  /** A page that says why the window is where it is, to be shown to a person. */
  readonly explanationUrl?: string;
}
