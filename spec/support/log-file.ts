import { closeSync, fstatSync, openSync, readSync, unlinkSync } from 'node:fs';

/**
 * The output of a child process, kept in a file and not in a pipe: a server writes its line about a
 * request before it answers, so once the answer is here the line can be read, without waiting for
 * this process to come round to a pipe. A slow reader cannot block the server either.
 *
 * The file has no name, so it is gone with the last process that has it open, however that ends.
 */
export class LogFile {
  readonly #file: number;
  #from = 0;
  #kept: string | undefined;

  /** @param path where a file may be made; it is there for a moment only. */
  constructor(path: string) {
    this.#file = openSync(path, 'ax+', 0o600);
    unlinkSync(path);
  }

  /** The open file, for a child's stdio. */
  get descriptor(): number {
    if (this.#kept !== undefined) throw new Error('the log was closed');
    return this.#file;
  }

  /** Lines written since the start or the last {@link reset}. */
  lines(): string[] {
    return (this.#kept ?? this.#read(this.#from)).split('\n').filter((line) => line !== '');
  }

  /** Forgets all lines so far. */
  reset(): void {
    if (this.#kept === undefined) this.#from = fstatSync(this.#file).size;
    else this.#kept = '';
  }

  /** The whole text, forgotten lines too, for a failure message. */
  text(): string {
    return this.#kept ?? this.#read(0);
  }

  /** Gives the file up and keeps the lines. */
  close(): void {
    if (this.#kept !== undefined) return;
    this.#kept = this.#read(this.#from);
    closeSync(this.#file);
  }

  #read(from: number): string {
    const bytes = Buffer.alloc(fstatSync(this.#file).size - from);
    const length = readSync(this.#file, bytes, 0, bytes.length, from);
    return bytes.toString('utf8', 0, length);
  }
}
