import { concatMap, defer, EMPTY, type Observable, type ObservableInput, take, throwIfEmpty } from 'rxjs';
import { AcmeInputError } from '../model/errors/input-error.js';
import { AcmePortError } from '../model/errors/port-error.js';
import type { ChallengeSolver, ChallengeTask } from '../model/ports.js';
import { dnsAccountRecord } from './dns-account01.js';
import { txtRecord, type TxtRecord } from './dns01.js';
import { httpResource, type HttpResource } from './http01.js';

/** What a person can prove a name by. */
export type ManualType = 'http-01' | 'dns-01' | 'dns-account-01';

/** A file that a person has to put on a web server. */
export interface ManualFile extends HttpResource {
  /** The challenge that the file answers. */
  readonly type: 'http-01';
}

/** A TXT value that a person has to add. Others of that name have to stay. */
export interface ManualRecord extends TxtRecord {
  /** The challenge that the record answers. */
  readonly type: 'dns-01' | 'dns-account-01';
}

/** What a person has to do, by its `type`. Holds what is to be published, so that it is no secret for long. */
export type ManualInstruction = ManualFile | ManualRecord;

/** Options of {@link manual}. */
export interface ManualOptions {
  /** What the person can do, best first. Default: `http-01`, then `dns-01`. */
  readonly types?: readonly ManualType[] | undefined;
  /** Shows the person what to do. Called for each name of an order before anything is waited for. */
  readonly show: (instruction: ManualInstruction) => ObservableInput<unknown>;
  /**
   * The person's word that it is done: the first value says so, `false` refuses. To complete without a value is no word.
   * One stream may answer for all names. Has no limit of time.
   */
  readonly confirmed: (instruction: ManualInstruction) => ObservableInput<unknown>;
  /** Shows that it may be undone. Also called where `show` failed or was cut short. Default: nothing is shown. */
  readonly withdraw?: ((instruction: ManualInstruction) => ObservableInput<unknown>) | undefined;
}

const known: readonly ManualType[] = ['http-01', 'dns-01', 'dns-account-01'];

/**
 * A solver whose work a person does: a terminal or a user interface shows what, and says when it is done.
 *
 * Emits nothing itself: the value is the solver. What `show` and `confirmed` error with ends the order, as the `cause` of
 * a failure in an {@link AcmeAuthorizationError}; so does {@link AcmePortError} where the person refuses, or gives no
 * word. Cost: no request. An order lives for days at most authorities, an authorization too; put a limit of time on
 * `confirmed` where there is one. Throws `TypeError` on types that no person can do, and without the two functions.
 *
 * @example
 * ```ts
 * const shown$ = new Subject<ManualInstruction>();
 * const done$ = new Subject<boolean>();
 * const solver = manual({
 *   show: (instruction) => of(shown$.next(instruction)),
 *   confirmed: () => done$,
 * });
 * ```
 *
 * @see RFC 8555 §8.3, §8.4
 */
export function manual({ types = ['http-01', 'dns-01'], show, confirmed, withdraw }: ManualOptions): ChallengeSolver {
  if (types.length === 0 || !types.every((type) => known.includes(type)))
    throw new TypeError(`manual: types must be some of ${known.join(', ')}, found ${JSON.stringify(types)}`);
  if (typeof show !== 'function' || typeof confirmed !== 'function')
    throw new TypeError('manual: show and confirmed must be functions');
  return {
    types,
    present: (task) => show(manualInstruction(task)),
    ready: (task) => defer(() => confirmed(manualInstruction(task))).pipe(word()),
    cleanUp: (task) => withdraw?.(manualInstruction(task)) ?? EMPTY,
  };
}

/**
 * What a person has to do for a task. Throws {@link AcmeInputError} for a type that no person can do, such as
 * `tls-alpn-01`, and for a challenge that lacks what it needs.
 *
 * @see RFC 8555 §8.3, §8.4
 */
export function manualInstruction(task: ChallengeTask): ManualInstruction {
  if (task.type === 'http-01') return { type: 'http-01', ...httpResource(task) };
  if (task.type === 'dns-01') return { type: 'dns-01', ...txtRecord(task) };
  if (task.type === 'dns-account-01') return { type: 'dns-account-01', ...dnsAccountRecord(task) };
  throw new AcmeInputError(`${task.type} is not done by hand; use http-01 or dns-01`);
}

/**
 * An instruction in words, for a terminal. Several lines, without a line break at the end.
 *
 * @see RFC 8555 §8.3, §8.4
 */
export function describeInstruction(instruction: ManualInstruction): string {
  const { identifier } = instruction;
  return instruction.type === 'http-01'
    ? [
        `To prove ${identifier.value}, have its web server answer`,
        `  ${instruction.url}`,
        'with exactly this, from the file of that path below its web root:',
        `  ${instruction.content}`,
      ].join('\n')
    : [
        `To prove ${identifier.value}, add this TXT record, beside others of that name:`,
        `  ${instruction.name}.  300  IN  TXT  "${instruction.value}"`,
      ].join('\n');
}

/** About one name, unlike an error in what was handed in. */
const refusal = (message: string) => new AcmePortError('solver', new Error(message));

const word =
  () =>
  (given$: Observable<unknown>): Observable<never> =>
    given$.pipe(
      take(1),
      throwIfEmpty(() => refusal('nobody said that the answer is in place')),
      concatMap((said) => {
        if (said === false) throw refusal('the answer was not put in place: it was refused');
        return EMPTY;
      }),
    );
