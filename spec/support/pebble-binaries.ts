import { delimiter, join, resolve } from 'node:path';
import { debianPackage, debianSuites } from './debian-package.js';
import { isProgram } from './is-program.js';
import type { Peer } from './peer.js';

/** Where the two programs are: absolute paths. */
export interface PebbleBinaries {
  /** The ACME server. */
  readonly pebble: string;
  /** The DNS server that answers its validation queries. */
  readonly challtestsrv: string;
}

/**
 * Finds Pebble, or downloads it into `.cache/pebble` once (about 5 s, 16 MB). Looks in the folder `RXACME_PEBBLE_BIN`,
 * then along the PATH, then in the cache.
 */
export async function obtainPebble(): Promise<Peer<PebbleBinaries>> {
  const folder = process.env['RXACME_PEBBLE_BIN'] ?? '';
  if (folder !== '') {
    const peer = inFolder(resolve(folder));
    if (peer === undefined) return missing(`RXACME_PEBBLE_BIN is ${folder}, which does not hold both programs`);
    return { peer, version: 'Pebble of the environment' };
  }
  const onPath = (process.env['PATH'] ?? '')
    .split(delimiter)
    .flatMap((each) => (each === '' ? [] : (inFolder(resolve(each)) ?? [])))[0];
  return onPath === undefined ? fromDebian() : { peer: onPath, version: 'Pebble of the PATH' };
}

async function fromDebian(): Promise<Peer<PebbleBinaries>> {
  const found = await debianPackage({
    folder: 'pebble',
    name: 'pebble',
    // -h ends with 0 in every version; 127 would mean that the loader could not start it here.
    check: 'usr/bin/pebble -h && usr/bin/pebble-challtestsrv -h',
    suites: debianSuites, // sid has 2.10, trixie 2.6, bookworm 2.4
  });
  if ('missing' in found) return missing(found.missing);
  const peer = inFolder(join(found.peer.root, 'usr', 'bin'));
  return peer === undefined ? missing(`${found.peer.root} is damaged`) : { peer, version: found.version };
}

function inFolder(folder: string): PebbleBinaries | undefined {
  const pebble = join(folder, 'pebble');
  const challtestsrv = join(folder, 'pebble-challtestsrv');
  return isProgram(pebble) && isProgram(challtestsrv) ? { pebble, challtestsrv } : undefined;
}

const missing = (reason: string) => ({
  missing:
    `No Pebble here: ${reason}. Build the programs pebble and pebble-challtestsrv (Go module ` +
    'letsencrypt/pebble v2) and either set RXACME_PEBBLE_BIN to the folder that holds both or put them ' +
    'on the PATH. On Debian nothing has to be built: they are downloaded with apt-get, without root.',
});
