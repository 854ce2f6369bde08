import { concatMap, from, map, type Observable, toArray } from 'rxjs';
import type { Authorization } from '../model/authorization.js';
import { AcmeUnsupportedError } from '../model/errors/unsupported-error.js';
import { nameOf } from '../model/identifier.js';
import type { ChallengeSolver } from '../model/ports.js';
import type { AcmeAccount } from '../request/account.js';
import { callPort, runPort } from '../request/port.js';
import { jwkThumbprint } from '../signing/thumbprint.js';
import { challengeTask } from '../solvers/challenge-task.js';
import { type Choice, chooseSolver, misfits } from '../solvers/choose-solver.js';
import type { Proof } from './proof.js';

/** Chooses for every authorization before anything is presented, so that nothing is begun that cannot be finished. */
export const planProofs = (
  account: AcmeAccount,
  solvers: readonly ChallengeSolver[],
  pending: readonly Authorization[],
  orderUrl?: string,
): Observable<Proof[]> =>
  runPort('solver', () => {
    const choices = pending.map((authorization) => ({ authorization, choice: chooseSolver(authorization, solvers) }));
    const unsolved = choices.filter(({ choice }) => choice === undefined).map(({ authorization }) => authorization);
    if (unsolved.length > 0) throw noSolver(unsolved, solvers);
    const { digest } = account.session.state;
    return callPort('digest', () => jwkThumbprint(account.signer.publicJwk, digest)).pipe(
      concatMap((thumbprint) =>
        from(choices).pipe(
          concatMap(({ authorization, choice }) => {
            const chosen = choice as Choice;
            const { identifier, wildcard } = authorization;
            const asked = { identifier, wildcard, ...(orderUrl && { orderUrl }) };
            return challengeTask(account, thumbprint, asked, chosen.challenge).pipe(
              map((task): Proof => ({ ...chosen, authorization, task })),
            );
          }),
          toArray(),
        ),
      ),
    );
  });

function noSolver(unsolved: readonly Authorization[], solvers: readonly ChallengeSolver[]): AcmeUnsupportedError {
  const lines = unsolved.map((each) => {
    const offered = each.challenges.map(({ type }) => type).join(', ') || 'no challenge';
    return `${nameOf(each)}: the server offers ${offered}; solvers given: ${misfits(each, solvers)}`;
  });
  return new AcmeUnsupportedError(`no solver fits\n${lines.join('\n')}`);
}
