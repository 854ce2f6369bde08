import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type CountingProxy, startCountingProxy } from './counting-proxy.js';
import { freePort } from './free-port.js';
import { plainRequest } from './http-request.js';
import { LogFile } from './log-file.js';
import { obtainPebble, type PebbleBinaries } from './pebble-binaries.js';
import { ChallengeDns, type PebbleDns } from './pebble-dns.js';
import { pebbleConfig, pebbleEnv, type PebbleOptions, type PebblePorts } from './pebble-options.js';
import { makeServerCertificate, type ServerCertificate } from './server-certificate.js';
import { PortTaken, ServerProcess } from './server-process.js';

/** A running ACME server with a DNS zone of its own. */
export interface Pebble {
  readonly directoryUrl: string;
  /** The root of the HTTPS endpoints, to be trusted. Not an issuer of certificates. */
  readonly caPem: string;
  /** Where validation connects for http-01, on 127.0.0.1 unless the zone says otherwise. Nobody listens there yet. */
  readonly httpPort: number;
  /** The same for tls-alpn-01. */
  readonly tlsPort: number;
  /** Base of Pebble's management interface, without a slash at the end. */
  readonly managementUrl: string;
  readonly dns: PebbleDns;
  /** The root that issues certificates; from 1 on, the alternates (PEBBLE_ALTERNATE_ROOTS). New after {@link restart}. */
  issuerRootsPem(index?: number): Promise<string>;
  /** Pebble's own lines since it was ready or {@link resetLog} was called. */
  log(): string[];
  /**
   * The requests in {@link log}. Complete up to every response received so far. `path` is the route,
   * without an id: `/my-order/`, so it equals the pathname of a URL from the directory. Requests that
   * Pebble refuses before it looks at their meaning are missing: wrong method, no User-Agent, CORS preflight.
   */
  requests(): PebbleRequest[];
  resetLog(): void;
  /** TCP connections to the ACME port that are open now. One closed just now may still count. */
  openConnections(): Promise<number>;
  /** TCP connections to the ACME port accepted since the start. */
  tlsConnections(): number;
  /** The processes, for a spec about their end. */
  pids(): number[];
  /** Kills Pebble and starts it with the same ports, certificate and zone, but without accounts, orders and nonces. */
  restart(): Promise<void>;
  /** Ends everything; resolves when the processes are gone. May be called again. The log stays readable. */
  stop(): Promise<void>;
}

export interface PebbleRequest {
  readonly method: string;
  readonly path: string;
}

const startAttempts = 5;
const readyLimitMs = 30_000;
const pollMs = 15;

/** Starts Pebble and pebble-challtestsrv on free ports of 127.0.0.1. Rejects where there is none. */
export async function startPebble(options: PebbleOptions = {}): Promise<Pebble> {
  pebbleEnv(options); // Misuse shows before anything is started.
  const found = await obtainPebble();
  if ('missing' in found) throw new Error(found.missing);
  for (let attempt = 1; ; attempt++) {
    const session = new Session(found.peer, options, await choosePorts(options));
    try {
      return await session.start();
    } catch (error) {
      await session.stop();
      if (!(error instanceof PortTaken) || attempt === startAttempts) throw error;
    }
  }
}

async function choosePorts(options: PebbleOptions): Promise<PebblePorts> {
  return {
    acme: await freePort(),
    management: await freePort(),
    dns: await freePort(),
    dnsManagement: await freePort(),
    http: options.httpPort ?? (await freePort()),
    tls: options.tlsPort ?? (await freePort()),
  };
}

class Session {
  readonly #binaries: PebbleBinaries;
  readonly #options: PebbleOptions;
  readonly #ports: PebblePorts;
  readonly #log = new LogFile(scratchPath());
  readonly #dnsLog = new LogFile(scratchPath());
  readonly #dns: ChallengeDns;
  #proxy: CountingProxy | undefined;
  #pebble: ServerProcess | undefined;
  #challtestsrv: ServerProcess | undefined;
  #stopping: Promise<void> | undefined;

  constructor(binaries: PebbleBinaries, options: PebbleOptions, ports: PebblePorts) {
    this.#binaries = binaries;
    this.#options = options;
    this.#ports = ports;
    this.#dns = new ChallengeDns(ports.dns, ports.dnsManagement);
  }

  async start(): Promise<Pebble> {
    const certificate = await makeServerCertificate();
    const { caPem } = certificate;
    const challtestsrv = (this.#challtestsrv = this.#spawnChalltestsrv());
    const proxy = (this.#proxy = await startCountingProxy(this.#ports.acme));
    await Promise.all([
      untilReady('pebble-challtestsrv', challtestsrv, () => this.#dns.probe()),
      this.#runPebble(certificate),
    ]);
    for (const [host, address] of Object.entries(this.#options.hosts ?? {})) await this.#dns.setA(host, address);
    this.#log.reset();

    const managementUrl = `https://127.0.0.1:${String(this.#ports.management)}`;
    return {
      directoryUrl: `https://127.0.0.1:${String(proxy.port)}/dir`,
      caPem,
      httpPort: this.#ports.http,
      tlsPort: this.#ports.tls,
      managementUrl,
      dns: this.#dns,
      issuerRootsPem: async (index = 0) => {
        const { status, body } = await plainRequest(`${managementUrl}/roots/${String(index)}`, { ca: caPem });
        if (status !== 200) throw new Error(`Pebble has no root ${String(index)}: ${String(status)}`);
        return body;
      },
      log: () => this.#log.lines(),
      requests: () => this.#log.lines().flatMap(parseRequest),
      resetLog: () => this.#log.reset(),
      openConnections: () => proxy.open(),
      tlsConnections: () => proxy.accepted(),
      pids: () => [this.#pebble?.pid, this.#challtestsrv?.pid].filter((pid) => pid !== undefined),
      restart: async () => {
        await this.#pebble?.stop();
        if (this.#stopping) throw new Error('Pebble was stopped');
        await this.#runPebble(certificate);
      },
      stop: () => this.stop(),
    };
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#end();
    return this.#stopping;
  }

  async #end(): Promise<void> {
    await Promise.all([this.#pebble?.stop(), this.#challtestsrv?.stop(), this.#proxy?.close()]);
    this.#log.close();
    this.#dnsLog.close();
  }

  /** Starts Pebble and waits for it. It reads its files only then, so they need not outlive the start. */
  async #runPebble({ caPem, certificatePem, keyPem }: ServerCertificate): Promise<void> {
    const folder = mkdtempSync(scratchPath());
    try {
      const config = join(folder, 'pebble.json');
      const files = { certificate: join(folder, 'server.pem'), key: join(folder, 'server.key') };
      writeFileSync(files.certificate, certificatePem);
      writeFileSync(files.key, keyPem);
      writeFileSync(config, pebbleConfig(this.#options, this.#ports, files));
      const pebble = (this.#pebble = this.#spawnPebble(config));
      await untilReady('pebble', pebble, () => this.#answers(caPem));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  #spawnPebble(configFile: string): ServerProcess {
    return new ServerProcess({
      program: this.#binaries.pebble,
      args: [
        ...['-config', configFile, '-dnsserver', this.#options.dnsServer ?? this.#dns.server],
        ...((this.#options.strict ?? true) ? ['-strict'] : []),
      ],
      env: pebbleEnv(this.#options),
      log: this.#log,
    });
  }

  #spawnChalltestsrv(): ServerProcess {
    const program = this.#binaries.challtestsrv;
    const { dns, dnsManagement } = this.#ports;
    const help = spawnSync(program, ['-h'], { encoding: 'utf8' });
    const known = (flag: string): boolean => `${help.stdout}${help.stderr}`.includes(`  -${flag} `);
    const dnsFlag = known('dnsserver') ? 'dnsserver' : 'dns01'; // Its name until 2.6.
    const flags = {
      [dnsFlag]: `127.0.0.1:${String(dns)}`,
      management: `127.0.0.1:${String(dnsManagement)}`,
      defaultIPv4: '127.0.0.1',
      defaultIPv6: '',
      // Empty means none: rxacme answers the challenges itself, and the default is a fixed port on all addresses.
      http01: '',
      https01: '',
      tlsalpn01: '',
      doh: '',
    };
    // An unknown flag would end the program.
    const args = Object.entries(flags).flatMap(([flag, value]) => (known(flag) ? [`-${flag}`, value] : []));
    return new ServerProcess({ program, args, log: this.#dnsLog });
  }

  /** Asked for a page that does not exist, Pebble answers but logs no request. */
  async #answers(caPem: string): Promise<void> {
    await plainRequest(`https://127.0.0.1:${String(this.#ports.acme)}/`, { ca: caPem, limitMs: 2000 });
  }
}

function scratchPath(): string {
  return join(tmpdir(), `rxacme-pebble-${randomUUID()}`);
}

async function untilReady(name: string, server: ServerProcess, ask: () => Promise<void>): Promise<void> {
  const giveUpAt = performance.now() + readyLimitMs;
  for (;;) {
    const refusal = await ask().then(
      () => undefined,
      (error: unknown) => error ?? new Error('no answer'),
    );
    const failure = server.failure(); // Also after an answer: it may lack one of its ports and only log that.
    if (failure) throw failure;
    if (refusal === undefined) return;
    if (performance.now() > giveUpAt) {
      throw new Error(`${name} did not answer within ${String(readyLimitMs / 1000)} s`, { cause: refusal });
    }
    await delay(pollMs);
  }
}

function parseRequest(line: string): PebbleRequest[] {
  const [, method, path] = / ([A-Z]+) (\S+) -> calling handler\(\)/.exec(line) ?? [];
  return method !== undefined && path !== undefined ? [{ method, path }] : [];
}
