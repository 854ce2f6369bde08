import { randomBytes } from 'node:crypto';
import { Resolver } from 'node:dns/promises';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll } from 'vitest';
import { type DebianPackage, debianPackage } from './debian-package.js';
import { freePort } from './free-port.js';
import { LogFile } from './log-file.js';
import { describeWith } from './peer.js';
import { PortTaken, ServerProcess } from './server-process.js';

/** A zone: its records, one a line as in a zone file, without SOA and NS. */
export interface BindZone {
  readonly records?: readonly string[];
  /** The hosts of its name servers, relative to it. Default: `ns`, at 127.0.0.1. */
  readonly nameServers?: readonly string[];
  /** The keys that may change TXT records, by name. Default: all of them. */
  readonly keys?: readonly string[];
}

/** How a BIND is to be. */
export interface BindOptions {
  readonly zones: Readonly<Record<string, BindZone>>;
  /** Algorithm by name of the key. The secrets are made up. */
  readonly keys: Readonly<Record<string, string>>;
}

/** A running name server, authoritative for its zones and nothing else. */
export interface Bind {
  /** `127.0.0.1:port`, for UDP and TCP. */
  readonly server: string;
  readonly port: number;
  readonly version: string;
  /** The secret of a key, base64. */
  secret(key: string): string;
  /** The TXT values of a name, sorted. */
  txt(name: string): Promise<readonly string[]>;
  log(): string;
  stop(): Promise<void>;
}

const readyLimitMs = 20_000;

// Vitest decides while it collects whether a suite is skipped, so it must be known by then.
const found = await debianPackage({ folder: 'bind', name: 'bind9', check: 'usr/sbin/named -v' });

/**
 * A suite with one BIND for all its specs. Where it cannot be had, the suite is skipped; with CI=true it fails instead.
 */
export function describeWithBind(name: string, options: BindOptions, body: (get: () => Bind) => void): void {
  describeWith(name, found, (installed) => {
    let bind: Bind | undefined;
    beforeAll(async () => {
      bind = await startBind(installed(), options);
    });
    afterAll(() => bind?.stop());
    body(() => {
      if (bind === undefined) throw new Error('BIND runs only while specs do');
      return bind;
    });
  });
}

async function startBind(installed: DebianPackage, options: BindOptions): Promise<Bind> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await start(installed, options, await freePort());
    } catch (error) {
      if (!(error instanceof PortTaken) || attempt === 5) throw error;
    }
  }
}

async function start({ root, libraries, version }: DebianPackage, options: BindOptions, port: number): Promise<Bind> {
  const folder = mkdtempSync(join(tmpdir(), 'rxacme-bind-'));
  const log = new LogFile(join(folder, 'log'));
  const secrets = new Map(Object.keys(options.keys).map((key) => [key, randomBytes(32).toString('base64')]));
  const zones = { 'ready.test': {}, ...options.zones };
  writeFileSync(join(folder, 'named.conf'), configuration(folder, port, zones, options.keys, secrets));
  for (const [zone, content] of Object.entries(zones)) writeFileSync(join(folder, zone), zoneFile(content));
  const args = ['-g', '-4', '-n', '1', '-c', join(folder, 'named.conf')];
  const named = new ServerProcess({
    program: join(root, 'usr', 'sbin', 'named'),
    args,
    env: { LD_LIBRARY_PATH: libraries },
    log,
  });
  const server = `127.0.0.1:${port}`;
  const stop = async () => {
    await named.stop();
    log.close();
    rmSync(folder, { recursive: true, force: true });
  };
  const resolver = () => {
    const made = new Resolver({ timeout: 1000, tries: 2 });
    made.setServers([server]);
    return made;
  };
  const giveUpAt = performance.now() + readyLimitMs;
  for (;;) {
    const isReady = await resolver()
      .resolveSoa('ready.test')
      .then(
        () => true,
        () => false,
      );
    const failure =
      named.failure() ?? (performance.now() > giveUpAt ? new Error(`BIND does not answer: ${log.text()}`) : undefined);
    if (failure !== undefined) {
      await stop();
      throw failure;
    }
    if (isReady) break;
    await delay(20);
  }
  return {
    server,
    port,
    version,
    secret: (key) => secrets.get(key) ?? '',
    txt: async (name) => {
      const absent = (error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOTFOUND' || error.code === 'ENODATA') return [];
        throw error;
      };
      const values = await resolver().resolveTxt(name).catch(absent);
      return values.map((strings) => strings.join('')).sort();
    },
    log: () => log.text(),
    stop,
  };
}

const zoneFile = ({ records = [], nameServers = ['ns'] }: BindZone): string =>
  [
    '$TTL 5',
    '@ IN SOA ns hostmaster 1 3600 600 86400 7',
    ...nameServers.map((host) => `@ IN NS ${host}`),
    'ns IN A 127.0.0.1',
    ...records,
    '',
  ].join('\n');

const configuration = (
  folder: string,
  port: number,
  zones: Readonly<Record<string, BindZone>>,
  keys: Readonly<Record<string, string>>,
  secrets: ReadonlyMap<string, string>,
): string =>
  [
    'options {',
    `  directory "${folder}"; pid-file none; lock-file none; session-keyfile none; managed-keys-directory "${folder}";`,
    `  listen-on port ${port} { 127.0.0.1; }; listen-on-v6 { none; };`,
    '  recursion no; allow-query { any; }; dnssec-validation no; empty-zones-enable no; notify no;',
    '};',
    'controls { };',
    ...Object.entries(keys).map(
      ([name, algorithm]) => `key "${name}" { algorithm ${algorithm}; secret "${secrets.get(name) ?? ''}"; };`,
    ),
    ...Object.entries(zones).map(([zone, { keys: allowed = Object.keys(keys) }]) => {
      const grants = allowed.map((key) => `grant ${key} zonesub TXT;`).join(' ');
      const policy = allowed.length > 0 ? `update-policy { ${grants} };` : '';
      return `zone "${zone}" { type primary; file "${zone}"; ${policy} };`;
    }),
    '',
  ].join('\n');
