import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { Observable } from 'rxjs';
import { AcmeError } from '../model/errors/acme-error.js';
import { AcmeInputError } from '../model/errors/input-error.js';
import { AcmePortError, type PortName } from '../model/errors/port-error.js';
import { codeOf } from './file-write.js';

/**
 * A folder of small files for the eyes of this user only, each of which is there whole or not at all, and survives the loss
 * of power once it is written. Files that begin with a dot are being written, or were when a process was killed: those are
 * removed a minute later, by whoever writes next.
 */
export class DurableFolder {
  readonly #path: string;
  /** For each file, the last of those who wait for their turn. */
  readonly #turns = new Map<string, Promise<unknown>>();
  #swept: Promise<void> | undefined;

  constructor(
    path: string,
    private readonly port: PortName,
  ) {
    this.#path = resolve(path);
  }

  /** Replaces a file. Goes on when it is unsubscribed. */
  write(name: string, text: string): Observable<never> {
    return this.#inTurn(name, async () => {
      await makeFolder(this.#path);
      await this.#sweep();
      const unfinished = join(this.#path, `.${name}.${randomUUID()}`);
      try {
        await writeThrough(unfinished, text);
        await rename(unfinished, this.fileOf(name));
      } catch (error) {
        await rm(unfinished, { force: true }).catch(() => undefined);
        throw error;
      }
      await sync(this.#path);
    });
  }

  /** Removes a file; that there is none is fine. Goes on when it is unsubscribed. */
  remove(name: string): Observable<never> {
    return this.#inTurn(name, async () => {
      const isThere = await stat(this.fileOf(name)).then(() => true, isMissing);
      if (!isThere) return;
      await rm(this.fileOf(name), { force: true });
      await sync(this.#path);
    });
  }

  /** The text of a file, when what was begun with it is over; undefined where there is none. */
  async text(name: string): Promise<string | undefined> {
    await this.#turns.get(name);
    return this.wrapped(() =>
      readFile(this.fileOf(name), 'utf8').catch((error: unknown) => (isMissing(error), undefined)),
    );
  }

  /** The names of the files, those left out that are not finished. None where there is no folder yet. */
  async names(): Promise<readonly string[]> {
    const names = await this.wrapped(() => readdir(this.#path).catch((error: unknown) => (isMissing(error), [])));
    return names.filter((name) => !name.startsWith('.'));
  }

  fileOf(name: string): string {
    return join(this.#path, name);
  }

  /** Runs work, whose errors leave as those of the port. */
  async wrapped<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw error instanceof AcmeError ? error : new AcmePortError(this.port, error);
    }
  }

  /** Once, unless it fails. */
  #sweep(): Promise<void> {
    return (this.#swept ??= removeUnfinished(this.#path).catch((error: unknown) => {
      this.#swept = undefined;
      throw error;
    }));
  }

  #inTurn(name: string, work: () => Promise<void>): Observable<never> {
    return new Observable((subscriber) => {
      const before = this.#turns.get(name) ?? Promise.resolve();
      const turn = before.then(() => this.wrapped(work));
      const settled = turn.then(ignored, ignored).then(() => {
        if (this.#turns.get(name) === settled) this.#turns.delete(name);
      });
      this.#turns.set(name, settled);
      turn.then(
        () => {
          subscriber.complete();
        },
        (error: unknown) => {
          subscriber.error(error);
        },
      );
    });
  }
}

/** A name for a file that says nothing and leads nowhere. */
export const hashedName = (text: string): string => createHash('sha256').update(text).digest('hex');

const ignored = (): void => undefined;

function isMissing(error: unknown): false {
  if (codeOf(error) === 'ENOENT') return false;
  throw error;
}

/** Removes what killed processes have left: it may hold a key, and nobody else would. */
async function removeUnfinished(folder: string): Promise<void> {
  for (const name of (await readdir(folder)).filter((each) => /^\..+\.[\da-f-]{36}$/.test(each))) {
    const file = join(folder, name);
    const { mtimeMs } = await stat(file).catch(() => ({ mtimeMs: Infinity }));
    if (mtimeMs < Date.now() - abandonedMs) await rm(file, { force: true });
  }
}

/** No write takes as long. */
const abandonedMs = 60_000;

async function writeThrough(file: string, text: string): Promise<void> {
  const handle = await open(file, 'wx', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Makes a folder that only this user can look into, and all that leads to it. */
async function makeFolder(path: string): Promise<void> {
  const first = await mkdir(path, { recursive: true, mode: 0o700 }).catch((error: unknown) => {
    if (codeOf(error) !== 'EEXIST' && codeOf(error) !== 'ENOTDIR') throw error;
    throw new AcmeInputError(`${path} is no folder: name one that is, or that can be made`);
  });
  if (first === undefined) return;
  const above = dirname(resolve(first));
  for (let each = path; ; each = dirname(each)) {
    await sync(each);
    if (each === above || each === dirname(each)) return;
  }
}

/** What a folder lists is safe only after this. Windows has no such thing, and needs none. */
async function sync(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
