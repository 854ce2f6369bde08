import { existsSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import process from 'node:process';
import { debianPackage } from './debian-package.js';
import { isProgram } from './is-program.js';
import type { Missing } from './peer.js';

/** A Chromium to run specs in. */
export interface Chromium {
  readonly program: string;
  /** What it needs to be started with. */
  readonly env: Readonly<Record<string, string>>;
}

const names = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];

/**
 * Finds Chromium, or downloads it into `.cache/chromium` once (about 10 s, 400 MB on disk), without root.
 *
 * Looks at `RXACME_CHROMIUM_BIN`, the program itself, then along the PATH, then in the cache.
 */
export async function obtainChromium(): Promise<Chromium | Missing> {
  const named = process.env['RXACME_CHROMIUM_BIN'];
  if (named !== undefined && named !== '') {
    const program = resolve(named);
    return isProgram(program) ? { program, env: {} } : { missing: `RXACME_CHROMIUM_BIN is ${named}, no program` };
  }
  const program = onPath();
  if (program !== undefined) return { program, env: {} };
  const inPackage = 'usr/lib/chromium/chromium';
  const found = await debianPackage({ folder: 'chromium', name: 'chromium', check: `${inPackage} --version` });
  if ('missing' in found) {
    return { missing: `${found.missing}. Install Chromium, or set RXACME_CHROMIUM_BIN to the program` };
  }
  const { root, libraries } = found.peer;
  const fonts = existsSync('/etc/fonts') ? {} : { FONTCONFIG_PATH: join(root, 'etc/fonts') };
  return { program: join(root, inPackage), env: { LD_LIBRARY_PATH: libraries, ...fonts } };
}

const onPath = (): string | undefined =>
  names
    .flatMap((name) => (process.env['PATH'] ?? '').split(delimiter).map((folder) => resolve(folder || '.', name)))
    .find(isProgram);
