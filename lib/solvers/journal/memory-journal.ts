import { defer, EMPTY, from } from 'rxjs';
import type { Journal, JournalEntry } from '../../model/journal.js';

/**
 * A journal that is gone with the process: for tests, and where nothing survives a process anyway, as in a browser's page.
 *
 * Emits nothing itself: the value is the journal. Cost: none.
 *
 * @param entries What is in it at first.
 */
export function memoryJournal(entries: Iterable<JournalEntry> = []): Journal {
  const kept = new Map([...entries].map((entry) => [entry.id, entry]));
  return {
    write: (entry) =>
      defer(() => {
        kept.set(entry.id, entry);
        return EMPTY;
      }),
    erase: (id) =>
      defer(() => {
        kept.delete(id);
        return EMPTY;
      }),
    read: () => defer(() => from([...kept.values()])),
  };
}
