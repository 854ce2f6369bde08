/** A person adds the TXT records, or the files, and says when that is done: one question for a whole order. */
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { Observable, of, share } from 'rxjs';
import { type ChallengeSolver, describeInstruction, manual, type ManualType } from 'rxacme';

/** A solver at a terminal. Leaving the order, by an unsubscription, takes the question back. */
export function atTerminal(
  input: Readable = process.stdin,
  output: Writable = process.stdout,
  types: readonly ManualType[] = ['dns-01'],
): ChallengeSolver {
  const say = (text: string) => of(output.write(`${text}\n`));
  const answer$ = new Observable<boolean>((subscriber) => {
    const terminal = createInterface({ input, output });
    terminal.question('Is all of that in place? [y/n] ', (text) => {
      subscriber.next(/^y/i.test(text));
      subscriber.complete();
    });
    terminal.once('close', () => subscriber.complete());
    return () => terminal.close();
  }).pipe(share()); // Every name of the order waits for the same answer.
  return manual({
    types,
    show: (instruction) => say(describeInstruction(instruction)),
    confirmed: () => answer$,
    withdraw: ({ identifier }) => say(`What proved ${identifier.value} is not needed any more.`),
  });
}
