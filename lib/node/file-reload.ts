import { execFile } from 'node:child_process';
import { EMPTY, from, type ObservableInput } from 'rxjs';

/** Tells a server to read its files again: a program and its arguments, run without a shell, or a function. */
export type Reload = readonly [program: string, ...args: string[]] | (() => ObservableInput<unknown>);

/** How long a command may take, in milliseconds. */
const commandMs = 30_000;

const longestMessage = 500;

/**
 * Reloads, for as many as ask for it: one at a time, and whoever asks while one is under way has a share in the next.
 * What has begun comes to its end.
 */
export class SharedReload {
  #running: Promise<void> | undefined;
  #next: Promise<void> | undefined;

  constructor(private readonly reload: Reload | undefined) {}

  run(): Promise<void> {
    if (this.#running === undefined) return this.#start();
    this.#next ??= this.#running
      .catch(() => undefined)
      .then(() => {
        this.#next = undefined;
        return this.#start();
      });
    return this.#next;
  }

  #start(): Promise<void> {
    const running = once(this.reload).finally(() => {
      if (this.#running === running) this.#running = undefined;
    });
    this.#running = running;
    return running;
  }
}

const once = (reload: Reload | undefined): Promise<void> =>
  reload === undefined || typeof reload === 'function' ? called(reload ?? (() => EMPTY)) : command(reload);

const called = async (reload: () => ObservableInput<unknown>): Promise<void> =>
  new Promise((resolve, reject) => {
    from(reload()).subscribe({ complete: resolve, error: reject });
  });

const command = ([program, ...args]: readonly [string, ...string[]]): Promise<void> =>
  new Promise((resolve, reject) => {
    execFile(program, args, { timeout: commandMs, windowsHide: true }, (error, _, stderr) => {
      if (error === null) {
        resolve();
        return;
      }
      const why = error.killed === true ? `no end within ${commandMs} ms` : stderr.trim() || error.message;
      const said = why.length > longestMessage ? `${why.slice(0, longestMessage)}…` : why;
      reject(new Error(`the reload command ${program} failed: ${said}`, { cause: error }));
    });
  });
