import type { ObservableInput } from 'rxjs';
import type { Directory } from './directory.js';

/** A request, as a {@link RequestLimiter} sees it. */
export interface LimitedRequest {
  readonly url: string;
  /** Of a signed request, unencoded; `''` for POST-as-GET. */
  readonly payload?: object | '';
  /** What the server offers where, if that is known by now. */
  readonly directory?: Directory | undefined;
}

/** Emits as soon as a request may be sent. */
export type RequestLimiter = (request: LimitedRequest) => ObservableInput<unknown>;
