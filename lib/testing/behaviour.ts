import type { OperationName } from './ca/operation.js';
import type { ProblemInit } from './ca/refusal.js';

/** What a fake CA does with a request instead of, or besides, carrying it out. */
export type Behaviour =
  /** Refuses it, without carrying it out. */
  | { readonly problem: ProblemInit }
  /** Answers something else, a balancer's page say, without carrying it out. */
  | {
      readonly answer: {
        readonly status: number;
        readonly body?: string;
        readonly headers?: Readonly<Record<string, string>>;
      };
    }
  /** Never answers. `after`: carries it out first. */
  | { readonly never: 'before' | 'after' }
  /** Breaks the connection: before the request is carried out, after that, or in the middle of the answer. */
  | { readonly lost: 'before' | 'after' | 'middle' }
  /** Carries it out and leaves off the end of the answer's body: so many bytes are left. */
  | { readonly cutAtBytes: number }
  /** Takes so much longer, in milliseconds, and then carries it out. */
  | { readonly delayMs: number }
  /** Carries it out and changes the JSON of the answer: more members, unknown statuses, other types. */
  | { readonly edit: (json: Record<string, unknown>) => unknown }
  /** Carries it out and changes the headers of the answer; `undefined` leaves one out. */
  | { readonly headers: Readonly<Record<string, string | undefined>> };

/** Which requests of an operation: the next that no other script takes, all, every n-th, or those that a function picks. */
export type When = 'next' | 'always' | { readonly every: number } | ((occurrence: number) => boolean);

/** One behaviour, and what it is for. */
export interface Script {
  readonly operation: OperationName | '*';
  readonly behaviour: Behaviour;
  readonly when: When;
}

/** The scripts of a fake CA, and who is waiting for them. */
export class Scripts {
  readonly #scripts: Script[] = [];

  add(operation: OperationName | '*', behaviour: Behaviour, when: When): () => void {
    const script = { operation, behaviour, when };
    this.#scripts.push(script);
    return () => {
      const index = this.#scripts.indexOf(script);
      if (index >= 0) this.#scripts.splice(index, 1);
    };
  }

  /** The behaviours for one request. Of those that are for the next request only, it takes the first. */
  take(operation: OperationName, occurrence: number): readonly Behaviour[] {
    const next = this.#scripts.find((script) => script.when === 'next' && isFor(script, operation));
    const taken = this.#scripts.filter(
      (script) => script === next || (isFor(script, operation) && applies(script.when, occurrence)),
    );
    if (next !== undefined) this.#scripts.splice(this.#scripts.indexOf(next), 1);
    return taken.map(({ behaviour }) => behaviour);
  }

  /** Those that were for one request and have not met it. */
  unused(): readonly Script[] {
    return this.#scripts.filter(({ when }) => when === 'next');
  }
}

const isFor = (script: Script, operation: OperationName): boolean =>
  script.operation === operation || script.operation === '*';

function applies(when: When, occurrence: number): boolean {
  if (when === 'next') return false;
  if (when === 'always') return true;
  return typeof when === 'function' ? when(occurrence) : occurrence % when.every === 0;
}

/** A behaviour in a few words, for messages. */
export function describeBehaviour(behaviour: Behaviour): string {
  const [kind = '', detail] = Object.entries(behaviour)[0] ?? [];
  if ('problem' in behaviour) return `problem ${behaviour.problem.type}`;
  if ('answer' in behaviour) return `answer ${behaviour.answer.status}`;
  return typeof detail === 'function' || typeof detail === 'object' ? kind : `${kind} ${String(detail)}`;
}
