import { chmod, mkdir, rmdir, stat } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { concatMap, defer, Observable } from 'rxjs';
import { AcmeInputError } from '../model/errors/input-error.js';
import { codeOf } from './file-write.js';

/** What this process does in one folder. */
interface Folder {
  /** The last of those who wait for their turn. */
  turn: Promise<unknown>;
  /** How often each file is presented: orders may share an authorization. */
  readonly users: Map<string, number>;
  /** Folders on the way to it that this process made. */
  readonly made: Set<string>;
}

/** By path, for all solvers of this process. */
const folders = new Map<string, Folder>();

function folderAt(path: string): Folder {
  const known = folders.get(path);
  if (known !== undefined) return known;
  const folder: Folder = { turn: Promise.resolve(), users: new Map(), made: new Set() };
  folders.set(path, folder);
  return folder;
}

/**
 * Runs work in a folder, one after another, whether or not anybody still listens: what has begun comes to its end before
 * what withdraws it.
 */
const inTurn = (path: string, work: (folder: Folder) => Promise<void>): Observable<never> =>
  new Observable((subscriber) => {
    const folder = folderAt(path);
    const turn = folder.turn.then(() => work(folder));
    const over: Promise<void> = turn
      .catch(() => undefined)
      .then(() => {
        const isUsed = folder.users.size > 0 || folder.made.size > 0 || folder.turn !== over;
        if (!isUsed && folders.get(path) === folder) folders.delete(path);
      });
    folder.turn = over;
    turn.then(
      () => {
        subscriber.complete();
      },
      (error: unknown) => {
        subscriber.error(error);
      },
    );
  });

/** Presents a file of a folder: it has one user more, from now on. `work$` emits what is to be done in turn. */
export const presented = (folder: string, name: string, work$: Observable<() => Promise<void>>): Observable<never> =>
  defer(() => {
    const { users } = folderAt(folder);
    users.set(name, (users.get(name) ?? 0) + 1);
    return work$.pipe(concatMap((work) => inTurn(folder, work)));
  });

/** Withdraws a file of a folder, unless it has other users, and the folders that were made for it. */
export const withdrawn = (folder: string, name: string, work: () => Promise<void>): Observable<never> =>
  inTurn(folder, async ({ users, made }) => {
    const left = (users.get(name) ?? 1) - 1;
    if (left > 0) {
      users.set(name, left);
      return;
    }
    users.delete(name);
    try {
      await work();
    } finally {
      await unmake(folder, made);
    }
  });

/** The folder that files are to be in, below one that must be there. Remembers which of them it makes. */
export async function makeFolder(root: string, path: string): Promise<void> {
  await checkFolder(root);
  const first = await mkdir(path, { recursive: true, mode: 0o755 });
  if (first === undefined) return;
  const { made } = folderAt(path);
  for (const each of foldersBetween(dirname(resolve(first)), path)) {
    made.add(each);
    await chmod(each, 0o755); // Whatever the process masks, a web server of another user has to get there.
  }
}

/** Throws {@link AcmeInputError} unless it is a folder that is there. */
export async function checkFolder(root: string): Promise<void> {
  const found = await stat(root).catch(() => undefined);
  if (found?.isDirectory() === true) return;
  throw new AcmeInputError(
    `${root} is ${found === undefined ? 'not there' : 'no folder'}: name the folder that is served`,
  );
}

/** Each folder below `root` down to `path`. */
function foldersBetween(root: string, path: string): readonly string[] {
  const names = relative(root, path).split(sep);
  return names.map((_, index) => join(root, ...names.slice(0, index + 1)));
}

/** Removes folders that were made, deepest first, until one is not empty. */
async function unmake(path: string, made: Set<string>): Promise<void> {
  for (const each of [...made].sort((a, b) => b.length - a.length)) {
    try {
      await rmdir(each);
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') break; // Somebody else uses it.
    }
    made.delete(each);
  }
  if (made.size > 0 && (folders.get(path)?.users.size ?? 0) === 0) made.clear();
}
