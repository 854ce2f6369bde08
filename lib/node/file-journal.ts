import { defer, from } from 'rxjs';
import { AcmeInputError } from '../model/errors/input-error.js';
import { AcmePortError } from '../model/errors/port-error.js';
import type { Journal, JournalEntry } from '../model/journal.js';
import { decodeJournalEntry, encodeJournalEntry } from '../solvers/journal/journal-entry.js';
import { DurableFolder, hashedName } from './durable-folder.js';

/** How many files are read at the same time. */
const width = 16;

/**
 * A journal in a folder of its own, one file for each entry: written to the disk before it counts, put in place as a whole,
 * readable by this user only. A process that is killed, or a machine that loses its power, at any moment leaves every entry
 * as it was before or as it is after. Processes may share the folder; within one process, one journal is made for it and
 * used everywhere.
 *
 * Emits nothing itself, and touches nothing before it is used: the value is the journal. Its streams error with
 * {@link AcmePortError}, whose `cause` is the file system's error, and with {@link AcmeInputError} where there is a file in
 * place of the folder. `read` emits every entry that can be read; then it errors with {@link AcmePortError} where files
 * cannot, and names them: look at them, undo by hand what they are about, and remove them. Cost: for `write`, one file and
 * two synchronisations with the disk; for `erase`, one. Unsubscribed, a write or erasure that has begun comes to its end.
 * Throws `TypeError` on an empty path.
 *
 * @param folder Made when the first entry is written, for this user only.
 *
 * @example
 * ```ts
 * const journal = fileJournal('/var/lib/app/acme');
 * const solver = (own: ChallengeSolver) => journaled(own, journal);
 * ```
 */
export function fileJournal(folder: string): Journal {
  if (typeof folder !== 'string' || folder === '') throw new TypeError('fileJournal: folder must be a path');
  const files = new DurableFolder(folder, 'journal');
  return {
    write: (entry) => defer(() => files.write(nameOf(entry.id), `${encodeJournalEntry(entry)}\n`)),
    erase: (id) => defer(() => files.remove(nameOf(id))),
    read: () => defer(() => from(entriesIn(files))),
  };
}

const nameOf = (id: string): string => `${hashedName(id)}.json`;

async function* entriesIn(files: DurableFolder): AsyncGenerator<JournalEntry> {
  const names = (await files.names()).filter((name) => /^[\da-f]{64}\.json$/.test(name));
  const faults: string[] = [];
  for (let at = 0; at < names.length; at += width) {
    const some = await Promise.all(names.slice(at, at + width).map((name) => entryIn(files, name)));
    for (const each of some) {
      if (typeof each === 'string') faults.push(each);
      else if (each !== undefined) yield each;
    }
  }
  if (faults.length === 0) return;
  const advice = 'undo by hand what they are about, and remove them';
  throw new AcmePortError('journal', new AcmeInputError(`files that cannot be read: ${faults.join('; ')}; ${advice}`));
}

/** The entry of a file, or what is wrong with it; undefined where it has gone meanwhile. */
async function entryIn(files: DurableFolder, name: string): Promise<JournalEntry | string | undefined> {
  try {
    const text = await files.text(name);
    if (text === undefined) return undefined;
    const entry = decodeJournalEntry(text);
    return nameOf(entry.id) === name ? entry : `${files.fileOf(name)} (of another entry)`;
  } catch (error) {
    return `${files.fileOf(name)} (${error instanceof Error ? error.message : String(error)})`;
  }
}
