import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import type { LogFile } from './log-file.js';

export interface ServerCommand {
  readonly program: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Takes both stdout and stderr. */
  readonly log: LogFile;
}

/** A server that ends with this process, whatever happens to this process. */
export class ServerProcess {
  readonly #child: ChildProcess;
  readonly #log: LogFile;
  #spawnError: Error | undefined;

  constructor({ program, args, env = {}, log }: ServerCommand) {
    const [file = program, ...rest] = [...dieWithParent(), program, ...args];
    this.#child = spawn(file, rest, {
      // The caller's own environment must not steer the server (PEBBLE_*, proxies).
      env: { PATH: process.env['PATH'] ?? '', ...env },
      stdio: ['ignore', log.descriptor, log.descriptor],
    });
    this.#log = log;
    this.#child.on('error', (error) => (this.#spawnError ??= error));
    this.#child.on('exit', () => running.delete(this.#child));
    watch(this.#child);
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Why the server is of no use, or undefined while there is nothing against it. */
  failure(): Error | undefined {
    if (this.#spawnError) return this.#spawnError;
    const said = this.#log.text();
    if (said.includes('address already in use')) return new PortTaken(lastLines(said));
    if (!this.#ended()) return undefined;
    const how = String(this.#child.signalCode ?? this.#child.exitCode);
    return new Error(`${this.#child.spawnfile} ended (${how}):\n${lastLines(said)}`);
  }

  /** Kills the server and waits until it is gone. Does nothing the second time. */
  async stop(): Promise<void> {
    if (this.#child.pid === undefined || this.#ended()) return; // once('exit') would wait for ever.
    const exit = once(this.#child, 'exit');
    this.#child.kill('SIGKILL'); // It has no state worth a clean shutdown, and it may hang.
    await exit;
  }

  #ended(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }
}

/** Another process took a port between our choice and the server's bind. */
export class PortTaken extends Error {}

const running = new Set<ChildProcess>();

function watch(child: ChildProcess): void {
  if (running.size === 0) process.on('exit', killRunning);
  running.add(child);
  child.once('exit', () => {
    if (running.size === 0) process.off('exit', killRunning);
  });
}

function killRunning(): void {
  for (const child of running) child.kill('SIGKILL');
}

let prefix: readonly string[] | undefined;

/**
 * The words to put before a command so that the kernel kills it when this process is gone, SIGKILL
 * included. Linux only: elsewhere only the 'exit' event is left. (The kernel looks at the thread
 * that started the child, so a server started in a worker thread ends with that worker.)
 */
function dieWithParent(): readonly string[] {
  if (prefix === undefined) {
    const wanted = ['setpriv', '--pdeathsig', 'KILL'] as const;
    const works = process.platform === 'linux' && spawnSync(wanted[0], [...wanted.slice(1), 'true']).status === 0;
    prefix = works ? wanted : [];
  }
  return prefix;
}

function lastLines(text: string): string {
  return text.trim().split('\n').slice(-8).join('\n');
}
