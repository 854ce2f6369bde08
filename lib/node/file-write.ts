import { chmod, open, readFile, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** Beside the file, so that it is renamed within one file system; the same each time, so that a crash leaves one at most. */
const temporary = (file: string): string => join(dirname(file), `.${basename(file)}.rxacme-new`);

/** Writes a file that is there whole or not at all, whatever stood there before. */
export async function writeWhole(file: string, text: string, mode: number): Promise<void> {
  const path = temporary(file);
  try {
    await rm(path, { force: true });
    const handle = await open(path, 'wx', mode);
    try {
      await handle.writeFile(text);
    } finally {
      await handle.close();
    }
    await chmod(path, mode); // What the process masks is meant for files of its own.
    await rename(path, file);
  } catch (error) {
    await rm(path, { force: true }).catch(() => undefined);
    throw error;
  }
}

/** Removes a file, and what a crash left of it; that there is none is fine. */
export async function removeFile(file: string): Promise<void> {
  await rm(file, { force: true });
  await removeUnfinished(file);
}

/** Removes what a crash left of a file that was being written. */
export const removeUnfinished = (file: string): Promise<void> => rm(temporary(file), { force: true });

/** The text of a file; undefined where there is none. */
export async function textOf(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** What the operating system calls an error. */
export const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code;
