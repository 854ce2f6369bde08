import type { Observable } from 'rxjs';
import type { Directory } from './directory.js';

/** A request, as a {@link RequestLimiter} sees it. */
export interface LimitedRequest {
  /** Where it is sent. */
  readonly url: string;
  /** Of a signed request, unencoded; `''` for POST-as-GET. */
  readonly payload?: object | '';
  /** What the server offers where, if that is known by now. */
  readonly directory?: Directory | undefined;
}

/**
 * Sends a request as soon as the limits allow it: emits what `send` emits, which is subscribed to once. Until then it holds
 * no place for requests. `waitForPlace` completes when the request could be sent at once but for the limits: to count it
 * before then is to count too early.
 */
export type RequestLimiter = <T>(
  request: LimitedRequest,
  send: () => Observable<T>,
  waitForPlace: Observable<never>,
) => Observable<T>;
