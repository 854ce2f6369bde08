import type { ChallengeTask } from '../model/ports.js';
import { httpResource } from '../solvers/http01.js';

/** What is presented for `http-01`, by its token, and how often: orders may share an authorization. */
export class PresentedTokens {
  readonly #tokens = new Map<string, { readonly content: string; readonly count: number }>();

  get size(): number {
    return this.#tokens.size;
  }

  contentOf(token: string): string | undefined {
    return this.#tokens.get(token)?.content;
  }

  add(task: ChallengeTask): void {
    const { token, content } = httpResource(task);
    this.#tokens.set(token, { content, count: (this.#tokens.get(token)?.count ?? 0) + 1 });
  }

  /** Of a token that is not presented, nothing happens: another process may have presented it. */
  remove({ token }: ChallengeTask): void {
    const known = token === undefined ? undefined : this.#tokens.get(token);
    if (token === undefined || known === undefined) return;
    if (known.count > 1) this.#tokens.set(token, { ...known, count: known.count - 1 });
    else this.#tokens.delete(token);
  }
}
