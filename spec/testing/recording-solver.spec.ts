import { EMPTY, NEVER, of, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { AcmeAuthorizationError, obtainCertificate } from '../../lib/index.js';
import { fakeCa, recordingSolver, type RecordingSolverOptions, testAccount } from '../../lib/testing/index.js';
import { completed, record, virtualTime, type VirtualTime } from '../support/virtual-time.js';

/** Orders for two names by a solver, and says what became of it. */
function order(time: VirtualTime, options: RecordingSolverOptions = {}, delayMs?: number) {
  const { scheduler } = time;
  const solver = recordingSolver(options);
  const ca = fakeCa({ scheduler, solver, validation: { delayMs } });
  const account = testAccount(ca, { scheduler });
  return { solver, ca, events$: obtainCertificate(account, { identifiers: ['a.test', 'b.test'], solvers: [solver] }) };
}

const told = ({ calls }: ReturnType<typeof recordingSolver>) =>
  calls.map(({ call, task }) => `${call} ${task.identifier.value}`);

describe('a recording solver', () => {
  it('remembers what it was asked, in order, and what it presents now', () =>
    virtualTime((time) => {
      const { solver, events$ } = order(time, {}, 1_000);
      const { isComplete } = record(events$, ({ type }) => {
        if (type === 'waiting')
          expect(solver.presented.map(({ identifier }) => identifier.value)).toEqual(['a.test', 'b.test']);
      });
      expect(isComplete).toBe(false);
      time.flush();
      expect(solver.presented).toEqual([]);
      expect(solver.withdrawn.map(({ identifier }) => identifier.value)).toEqual(['a.test', 'b.test']);
      expect(told(solver)).toEqual([
        'present a.test',
        'present b.test',
        'ready a.test',
        'ready b.test',
        'cleanUp a.test',
        'cleanUp b.test',
      ]);
    }));

  it('solves the types it is told to', () => {
    expect(recordingSolver().types).toEqual(['http-01', 'dns-01', 'tls-alpn-01']);
    expect(recordingSolver({ types: ['dns-01'] }).types).toEqual(['dns-01']);
  });

  it.each(['present', 'ready'] as const)('fails as it is told in %s, and withdraws all the same', (call) =>
    virtualTime((time) => {
      const { solver, events$ } = order(time, {
        [call]: (task: { identifier: { value: string } }) =>
          task.identifier.value === 'a.test' ? throwError(() => new Error('no')) : of('done'),
      });
      const { error } = completed(time, events$);
      expect(error).toBeInstanceOf(AcmeAuthorizationError);
      expect(solver.presented).toEqual([]);
      expect(told(solver).filter((each) => each.startsWith('cleanUp'))).toHaveLength(2);
    }),
  );

  it('takes the time it is told to', () =>
    virtualTime((time) => {
      const { solver, events$ } = order(time, { ready: () => NEVER });
      const recording = record(events$);
      time.scheduler.schedule(() => {
        recording.unsubscribe();
      }, 1_000);
      time.flush();
      expect(told(solver)).toEqual([
        'present a.test',
        'present b.test',
        'ready a.test',
        'ready b.test',
        'cleanUp a.test',
        'cleanUp b.test',
      ]);
    }));

  it('does nothing before it is subscribed', () => {
    const solver = recordingSolver({ present: () => EMPTY });
    const work = solver.present({ challenge: { url: 'x' } } as never);
    expect(solver.calls).toEqual([]);
    (work as typeof EMPTY).subscribe();
    expect(solver.calls).toHaveLength(1);
  });
});
