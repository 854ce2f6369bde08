import { from, mergeMap, type Observable, toArray } from 'rxjs';
import type { Order } from '../model/order.js';
import type { Issuance } from './issuance.js';

/** Does the same for each authorization of an order, as many at a time as requests may be under way. Emits once: all that came of it. */
export const eachAuthorization = <T>(
  { account }: Issuance,
  { authorizations }: Order,
  read: (url: string) => Observable<T>,
): Observable<T[]> =>
  from(new Set(authorizations)).pipe(mergeMap(read, account.session.state.limits.maxRequestsInFlight), toArray());
