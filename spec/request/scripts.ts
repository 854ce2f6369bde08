/** What can happen to a request at a scripted CA, other than being answered. */
import { NEVER, throwError } from 'rxjs';
import type { Answer, Script } from '../support/scripted-ca.js';

/** Carried out, but the connection is lost before the answer. */
export const lost: Script = (carryOut) => {
  carryOut();
  return unreachable(carryOut);
};

/** Nothing is carried out. */
export const unreachable: Script = () => throwError(() => new Error('connection reset'));

/** Neither an answer nor an end. */
export const never: Script = () => NEVER;

/** What the server would say, changed. */
export const bend =
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- whatever JSON the operation answers with
  (change: (body: any) => object, headers: Answer['headers'] = {}): Script =>
    (carryOut) => {
      const answer = carryOut();
      return { ...answer, headers: { ...answer.headers, ...headers }, body: change(answer.body) };
    };
