import { filter, type Observable } from 'rxjs';
import type { Journal, OrderEntry } from '../model/journal.js';
import { runPort } from '../request/port.js';
import { checkJournal, usersOf } from '../solvers/journal/under-way.js';

/**
 * The orders that killed processes have left under way, to resume or to forget them. Those that this process records into
 * the same journal are left out.
 *
 * Emits each, then completes. Errors: {@link AcmePortError} where the journal cannot be read, after all that could be read
 * of it. Cost: reading the journal, no request. Throws `TypeError` on what is no journal.
 *
 * @example
 * ```ts
 * declare const journal: Journal;
 * declare const keyStore: KeyStore;
 * declare const solvers: readonly ChallengeSolver[];
 * const resumed$ = abandonedOrders(journal).pipe(
 *   filter(({ accountUrl }) => accountUrl === account.url),
 *   mergeMap(
 *     (entry) =>
 *       resumeOrder(account, entry.orderUrl, { solvers, keyStore }).pipe(
 *         recordOrders(account, journal, entry),
 *         settle(entry.orderUrl),
 *       ),
 *     5,
 *   ),
 * );
 * ```
 *
 * @see RFC 8555 §7.1.2.1, §7.4
 */
export function abandonedOrders(journal: Journal): Observable<OrderEntry> {
  checkJournal('abandonedOrders', journal);
  return runPort('journal', () => journal.read()).pipe(
    filter((entry): entry is OrderEntry => entry.type === 'order' && usersOf(journal, entry.id) === 0),
  );
}
