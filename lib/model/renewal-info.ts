import type { Retrieved } from './retrieved.js';

/**
 * The time in which a server wants a certificate to be renewed.
 *
 * @see RFC 9773 §4.2
 */
export interface RenewalWindow {
  /** Where it begins. */
  readonly startAt: Date;
  /** Where it ends, later than its start. */
  readonly endAt: Date;
}

/**
 * When a server wants a certificate to be renewed. `retryAfterMs` says when to ask again.
 *
 * @see RFC 9773 §4.2
 */
export interface RenewalInfo extends Retrieved {
  /** Renew at a time in it, chosen at random; a window that is over means now. */
  readonly suggestedWindow: RenewalWindow;
  /** A page that says why the window is where it is, to be shown to a person. */
  readonly explanationUrl?: string;
}
