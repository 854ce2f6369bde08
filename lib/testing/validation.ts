import { defer, map, NEVER, type Observable, of, type SchedulerLike } from 'rxjs';
import type { Identifier } from '../model/identifier.js';
import type { ChallengeTask } from '../model/ports.js';
import { wait } from '../rx/wait.js';
import type { CaSettings } from './ca/operation.js';
import type { ProblemInit } from './ca/refusal.js';
import type { FakeCaOptions, Processing } from './fake-ca-options.js';

/** How a fake CA validates: by what its solver presents, where it has one, and by what the options say. */
export const validationBy =
  ({ validation = {}, solver }: FakeCaOptions, scheduler: SchedulerLike): CaSettings['validate'] =>
  ({ type, token, response = {}, authorization: { identifier, wildcard, account } }, keyAuthorization) => {
    const look = () => solver && faultOf(solver.presented, identifier, type, keyAuthorization);
    const first = look();
    const { thumbprint } = account;
    const about = { identifier, wildcard, type, token, keyAuthorization, thumbprint, response };
    return later(validation, scheduler, () => first ?? look() ?? validation.outcome?.(about));
  };

/** What a public authority would find: by http-01 and tls-alpn-01 nobody listens where nothing at all is presented. */
function faultOf(
  presented: readonly ChallengeTask[],
  { type: kind, value }: Identifier,
  type: string,
  keyAuthorization: string,
): ProblemInit | undefined {
  const tasks = presented.filter((task) => task.type === type);
  if (tasks.some((task) => task.keyAuthorization === keyAuthorization)) return undefined;
  const detail = `the answer is not presented for ${value} by ${type}, or no longer`;
  if (type !== 'dns-01') return { type: tasks.length > 0 ? 'unauthorized' : 'connection', detail };
  const isThere = tasks.some(
    ({ identifier }) => identifier.type === kind && identifier.value.replace('*.', '') === value,
  );
  return { type: isThere ? 'unauthorized' : 'dns', detail };
}

/** An outcome, when its time has come. */
export const later = <About>(
  { delayMs }: Processing<About>,
  scheduler: SchedulerLike,
  outcome: () => ProblemInit | undefined,
): Observable<ProblemInit | undefined> => {
  if (delayMs === Infinity) return NEVER;
  return delayMs === undefined ? defer(() => of(outcome())) : wait(delayMs, scheduler).pipe(map(outcome));
};
