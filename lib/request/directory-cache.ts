import { defer, type Observable, of, share, tap, type TimestampProvider } from 'rxjs';
import type { Directory } from '../model/directory.js';

/** The directory of a session: fetched once for all who ask at the same time, kept for a while, not kept on error. */
export class DirectoryCache {
  #kept: { readonly directory: Directory; readonly at: number } | undefined;
  #fetching: Observable<Directory> | undefined;

  constructor(
    private readonly clock: TimestampProvider,
    private readonly maxAgeMs: number,
  ) {}

  /** What was fetched last, however old. */
  get kept(): Directory | undefined {
    return this.#kept?.directory;
  }

  /** Forgets the directory where it holds a URL that turned out not to be there. */
  forget(url: string): void {
    if (this.#kept !== undefined && Object.values(this.#kept.directory).includes(url)) this.#kept = undefined;
  }

  /** Emits the kept directory, or what `fetch` emits. */
  get(fetch: () => Observable<Directory>): Observable<Directory> {
    return defer(() => {
      if (this.#kept !== undefined && this.clock.now() - this.#kept.at < this.maxAgeMs) return of(this.#kept.directory);
      return (this.#fetching ??= defer(fetch).pipe(
        tap((directory) => (this.#kept = { directory, at: this.clock.now() })),
        share(),
      ));
    });
  }
}
