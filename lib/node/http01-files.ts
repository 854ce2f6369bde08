import { join, resolve } from 'node:path';
import { defer, of } from 'rxjs';
import { AcmeInputError } from '../model/errors/input-error.js';
import type { Identifier } from '../model/identifier.js';
import type { ChallengeSolver, ChallengeTask } from '../model/ports.js';
import { httpResource } from '../solvers/http01.js';
import { makeFolder, presented, withdrawn } from './file-folder.js';
import { codeOf, removeFile, textOf, writeWhole } from './file-write.js';

/** Options of {@link http01Files}. */
export interface Http01FilesOptions {
  /** The folder that the web server serves at port 80, or a function that knows it for each name. It must be there. */
  readonly webRoot: string | ((identifier: Identifier) => string);
}

/** Shorter than any file system's names, with room for the name of what is being written. */
const longestToken = 200;

const attempts = 5;

/**
 * A solver for `http-01` that writes files for a web server: `.well-known/acme-challenge/TOKEN` below its web root, whole
 * or not at all, for everybody to read. Folders that it had to make go again with their last file; files of others are
 * left alone, also one of that name with other content. Orders and processes may share a web root.
 *
 * Emits nothing itself: the value is the solver. `present` errors with {@link AcmeInputError} where the web root is not
 * there, or the token would not stay in its folder; else with the error of the file system. `cleanUp` needs no `present`:
 * after a crash it removes the file by its task, and leaves empty folders. Unsubscribed, a write that has begun comes to
 * its end; `cleanUp` waits for that. Cost: one file for each name.
 *
 * @see RFC 8555 §8.3, §11.3
 */
export function http01Files({ webRoot }: Http01FilesOptions): ChallengeSolver {
  if ((typeof webRoot !== 'string' && typeof webRoot !== 'function') || webRoot === '')
    throw new TypeError('http01Files: webRoot must be the folder that the web server serves');
  const place = (task: ChallengeTask) => placeOf(webRoot, task);
  return {
    types: ['http-01'],
    present: (task) =>
      defer(() => {
        const { root, folder, token, content } = place(task);
        return presented(
          folder,
          token,
          of(() => write(root, folder, token, content)),
        );
      }),
    cleanUp: (task) =>
      defer(() => {
        const { folder, token, content } = place(task);
        return withdrawn(folder, token, () => removeOwn(join(folder, token), content));
      }),
  };
}

function placeOf(webRoot: Http01FilesOptions['webRoot'], task: ChallengeTask) {
  const { identifier, token, content } = httpResource(task);
  if (token.length > longestToken)
    throw new AcmeInputError(`http-01: the token is longer than the ${longestToken} characters that a file name has`);
  const root = resolve(typeof webRoot === 'string' ? webRoot : webRoot(identifier));
  return { root, folder: join(root, '.well-known', 'acme-challenge'), token, content };
}

/** Another process may remove the folder, empty as it is, before the file is in it. */
async function write(root: string, folder: string, token: string, content: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    await makeFolder(root, folder);
    try {
      await writeWhole(join(folder, token), content, 0o644);
      return;
    } catch (error) {
      if (codeOf(error) !== 'ENOENT' || attempt === attempts) throw error;
    }
  }
}

async function removeOwn(file: string, content: string): Promise<void> {
  const text = await textOf(file);
  if (text === undefined || text === content) await removeFile(file);
}
