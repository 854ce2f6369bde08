import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { repoRoot } from './repo-root.js';

/** Where the two programs are. */
export interface PebbleBinaries {
  /** Absolute path of the ACME server. */
  readonly pebble: string;
  /** Absolute path of the DNS server that answers its validation queries. */
  readonly challtestsrv: string;
  readonly source: 'environment' | 'path' | 'cache' | 'download';
  /** The Debian package's version, `2.10.0+ds1-2` for one. Unknown for programs found elsewhere. */
  readonly version: string | undefined;
}

/** Pebble is not on this machine and could not be fetched. The message says what to do. */
export class PebbleUnavailable extends Error {
  override readonly name = 'PebbleUnavailable';

  constructor(reason: string) {
    super(
      `No Pebble here: ${reason}. Build the programs pebble and pebble-challtestsrv (Go module ` +
        'letsencrypt/pebble v2) and either set RXACME_PEBBLE_BIN to the folder that holds both or put them ' +
        'on the PATH. On Debian nothing has to be built: they are downloaded with apt-get, without root.',
    );
  }
}

const suites = ['sid', 'trixie', 'bookworm'] as const; // Newest first, as in get-pebble.sh
const downloadLimitMs = 300_000;
const failureAgeMs = 300_000;

/**
 * Finds Pebble, or downloads it into `.cache/pebble` once (about 5 s, 16 MB).
 *
 * Looks in the folder `RXACME_PEBBLE_BIN`, then along the PATH, then in the cache. Rejects with
 * {@link PebbleUnavailable}. A failed download is not tried again for five minutes, so that a run
 * of many spec files without a network fails once and not many times.
 */
export async function obtainPebble(): Promise<PebbleBinaries> {
  const folder = process.env['RXACME_PEBBLE_BIN'];
  if (folder !== undefined && folder !== '') {
    const found = inFolder(resolve(folder), 'environment');
    if (found) return found;
    throw new PebbleUnavailable(`RXACME_PEBBLE_BIN is ${folder}, which does not hold both programs`);
  }
  const cache = join(repoRoot, '.cache', 'pebble');
  return onPath() ?? inCache(cache, 'cache') ?? (await download(cache));
}

function onPath(): PebbleBinaries | undefined {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    const found = folder === '' ? undefined : inFolder(resolve(folder), 'path');
    if (found) return found;
  }
  return undefined;
}

function inCache(cache: string, source: 'cache' | 'download'): PebbleBinaries | undefined {
  for (const suite of suites) {
    const version = readText(join(cache, suite, 'version'));
    const found = inFolder(join(cache, suite, 'usr', 'bin'), source, version?.trim());
    if (found) return found;
  }
  return undefined;
}

function inFolder(folder: string, source: PebbleBinaries['source'], version?: string): PebbleBinaries | undefined {
  const pebble = join(folder, 'pebble');
  const challtestsrv = join(folder, 'pebble-challtestsrv');
  return isProgram(pebble) && isProgram(challtestsrv) ? { pebble, challtestsrv, source, version } : undefined;
}

async function download(cache: string): Promise<PebbleBinaries> {
  if (!hasProgram('apt-get') || !hasProgram('dpkg-deb')) {
    throw new PebbleUnavailable('not on the PATH, and this machine has no apt-get to download it with');
  }
  const failure = join(cache, 'failure');
  const earlier = isYoung(failure) ? readText(failure) : undefined;
  if (earlier !== undefined) throw new PebbleUnavailable(`${earlier} (to try again now, delete ${failure})`);

  const output = await runDownload(cache);
  const found = inCache(cache, 'download');
  if (found) {
    rmSync(failure, { force: true });
    return found;
  }
  const reason = `the download with apt-get failed: ${output.trim().split('\n').slice(-4).join(' | ')}`;
  try {
    mkdirSync(cache, { recursive: true });
    writeFileSync(failure, reason);
  } catch {
    // A folder that cannot be written to is part of the reason already.
  }
  throw new PebbleUnavailable(reason);
}

/** Everything the script said. Never rejects: the cache shows whether it worked. */
async function runDownload(cache: string): Promise<string> {
  const script = join(repoRoot, 'spec', 'support', 'get-pebble.sh');
  // A process group of its own, so that the limit ends the script together with its apt-get.
  const child = spawn('sh', [script, cache], { detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  }
  const timer = setTimeout(() => {
    output += `\nno result after ${String(downloadLimitMs / 1000)} s`;
    killGroup(child.pid);
  }, downloadLimitMs);
  try {
    await once(child, 'close');
  } catch (error) {
    output += String(error);
  } finally {
    clearTimeout(timer);
  }
  return output;
}

function killGroup(leader: number | undefined): void {
  try {
    if (leader !== undefined) process.kill(-leader, 'SIGKILL');
  } catch {
    // Ended by itself in the meantime.
  }
}

function hasProgram(name: string): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) => folder !== '' && isProgram(join(folder, name)));
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

function isYoung(path: string): boolean {
  const modified = statSync(path, { throwIfNoEntry: false })?.mtimeMs;
  return modified !== undefined && Date.now() - modified < failureAgeMs;
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
