import { AcmePortError } from '../../model/errors/port-error.js';
import { catchError, defer, ignoreElements, type Observable, type ObservableInput, throwError } from 'rxjs';
import type { Journal } from '../../model/journal.js';

/** How many work on each entry of a journal, in this process. */
const journals = /* @__PURE__ */ new WeakMap<Journal, Map<string, number>>();

/** Whether this process works on an entry: then nobody left it behind. */
export const usersOf = (journal: Journal, id: string): number => journals.get(journal)?.get(id) ?? 0;

/** Says that one more works on an entry. */
export const enter = (journal: Journal, id: string): void => count(journal, id, 1);

/** Says that one less works on an entry. */
export const leave = (journal: Journal, id: string): void => count(journal, id, -1);

function count(journal: Journal, id: string, change: number): void {
  const users = journals.get(journal) ?? new Map<string, number>();
  journals.set(journal, users);
  const left = (users.get(id) ?? 0) + change;
  if (left > 0) users.set(id, left);
  else users.delete(id);
}

/** Calls a journal for its completion. Whatever goes wrong there is an {@link AcmePortError}, whose cause says what. */
export const runJournal = (call: () => ObservableInput<unknown>): Observable<never> =>
  defer(call).pipe(
    ignoreElements(),
    catchError((error: unknown) =>
      throwError(() => (error instanceof AcmePortError ? error : new AcmePortError('journal', error))),
    ),
  );

/** Throws `TypeError` at what is no journal. */
export function checkJournal(what: string, journal: unknown): void {
  const members = Object(journal) as Record<string, unknown>;
  if (['write', 'erase', 'read'].every((each) => typeof members[each] === 'function')) return;
  throw new TypeError(`${what}: a journal needs the functions write, erase and read`);
}
