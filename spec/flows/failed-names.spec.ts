import { inspect } from 'node:util';
import { EMPTY, throwError, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  AcmeAuthorizationError,
  AcmeOrderError,
  AcmeTransportError,
  type ChallengeSolver,
  obtainCertificate,
} from '../../lib/index.js';
import { bend, unreachable } from '../request/scripts.js';
import { covers } from '../support/covers.js';
import { type CaSettings, problem, type ScriptedCa } from '../support/scripted-ca.js';
import { nameOf, recordingSolver, syncBench } from '../support/sync-ports.js';
import { completed, virtualTime, type VirtualTime } from '../support/virtual-time.js';
import { ofType, told } from './told.js';

covers('authorization', 'statuses');

const names = ['good.test', 'bad.test', '*.bad.test', 'worse.test'];
const isBad = (name: string) => !name.startsWith('good');

function failed(
  time: VirtualTime,
  settings: CaSettings,
  script: (ca: ScriptedCa) => void = () => undefined,
  behaviour: Partial<ChallengeSolver> = {},
  identifiers = names,
) {
  const bench = syncBench(time.scheduler, settings);
  const solver = recordingSolver(behaviour, time.scheduler);
  script(bench.ca);
  const recording = completed(time, obtainCertificate(bench.account, { identifiers, solvers: [solver] }));
  expect(recording.error).toBeDefined();
  const cleanedAt = solver.calls.filter(({ what }) => what === 'cleanUp').map(({ atMs }) => atMs);
  return { ...bench, ...recording, solver, cleanedAt, error: recording.error as AcmeAuthorizationError };
}

const failedNames = ({ failures }: AcmeAuthorizationError) => failures.map(nameOf).sort();

describe('names that fail', () => {
  it.each([
    ['at once', {}],
    ['after a while', { validationMs: 1_000 }],
    ['one after the other', { validationMs: (name: string) => name.length * 500 }],
    ['some in the answer, some later', { validationMs: (name: string) => (name === 'bad.test' ? 0 : 2_000) }],
  ])('%s: one error names each of them and says why', (_what, settings) =>
    virtualTime((time) => {
      const { error, values } = failed(time, { ...settings, invalid: isBad });
      expect(error).toBeInstanceOf(AcmeAuthorizationError);
      expect(error).toMatchObject({ code: 'authorization', orderUrl: 'https://ca.test/order/1' });
      expect(failedNames(error)).toEqual(['*.bad.test', 'bad.test', 'worse.test']);
      for (const failure of error.failures) {
        expect(failure).toMatchObject({
          authorizationUrl: expect.stringContaining('https://ca.test/authorization/1/'),
          challengeType: failure.wildcard ? 'dns-01' : 'http-01',
          problem: { type: 'urn:ietf:params:acme:error:connection', detail: `${nameOf(failure)} does not answer` },
        });
        expect(error.message).toContain(
          `${nameOf(failure)} (${failure.challengeType}): connection: ${nameOf(failure)} does not answer`,
        );
      }
      expect(ofType(values, 'authorization-settled').map(told).sort()).toEqual([
        'authorization-settled *.bad.test invalid',
        'authorization-settled bad.test invalid',
        'authorization-settled good.test valid',
        'authorization-settled worse.test invalid',
      ]);
    }),
  );

  it('wait for their siblings, and so does the clean-up', () =>
    virtualTime((time) => {
      const delays: Record<string, number> = {
        'bad.test': 100,
        'worse.test': 6_000,
        'good.test': 3_000,
        '*.bad.test': 50,
      };
      const { error, cleanedAt } = failed(time, { invalid: isBad, validationMs: (name) => delays[name] ?? 0 });
      expect(failedNames(error)).toEqual(['*.bad.test', 'bad.test', 'worse.test']);
      expect(cleanedAt).toHaveLength(4);
      expect(Math.min(...cleanedAt)).toBeGreaterThanOrEqual(6_000);
    }));

  it('do not wait for ever for a sibling that never settles', () =>
    virtualTime((time) => {
      const validationMs = (name: string) => (name === 'good.test' ? Infinity : 0);
      const { error, cleanedAt, ca } = failed(time, { invalid: isBad, validationMs });
      expect(failedNames(error)).toEqual(['*.bad.test', 'bad.test', 'worse.test']);
      expect(time.scheduler.now()).toBe(15_000);
      expect(cleanedAt).toEqual([15_000, 15_000, 15_000, 15_000]);
      expect(ca.operations().filter((each) => each === 'challenge')).toHaveLength(4);
    }));

  it('are known by a challenge that failed, also where their authorization stays pending', () =>
    virtualTime((time) => {
      const { error } = failed(time, { invalid: isBad }, (ca) =>
        ca.script(
          'authorization',
          bend((body) => ({ ...body, status: 'pending' })),
          'every',
        ),
      );
      expect(failedNames(error)).toEqual(['*.bad.test', 'bad.test', 'worse.test']);
    }));

  it.each(['expired', 'revoked', 'deactivated', 'invalid'])(
    'are known by the status %s before anything is presented',
    (status) =>
      virtualTime((time) => {
        const { error, solver } = failed(time, {}, (ca) =>
          ca.script(
            'authorization',
            bend((body) => ({ ...body, status })),
            2,
          ),
        );
        expect(failedNames(error)).toEqual(['bad.test']);
        expect(error.message).toContain(status);
        expect(solver.calls).toEqual([]);
      }),
  );

  it('are named also where one of the authorizations cannot be read', () =>
    virtualTime((time) => {
      const { error } = failed(time, { invalid: isBad, validationMs: 100 }, (ca) =>
        ca.script('authorization', () => problem('malformed', { status: 404 }), 5),
      );
      expect(error).toBeInstanceOf(AcmeAuthorizationError);
    }));

  it('are named when time runs out, where the server leaves the order pending', () =>
    virtualTime((time) => {
      const pending = bend((body) => ({ ...body, status: 'pending' }));
      const { error, cleanedAt } = failed(time, { invalid: isBad, validationMs: 100 }, (ca) =>
        ca.script('order', pending, 'every'),
      );
      expect(error).toBeInstanceOf(AcmeAuthorizationError);
      expect(failedNames(error)).toEqual(['*.bad.test', 'bad.test', 'worse.test']);
      expect(cleanedAt).toEqual([300_000, 300_000, 300_000, 300_000]);
    }));
});

describe('an invalid order', () => {
  it('without a failed name says what the server says of it', () =>
    virtualTime((time) => {
      const error = { type: 'urn:ietf:params:acme:error:caa', detail: 'the CAA record changed' };
      const outcome = failed(time, { issuanceMs: 1_000 }, (ca) =>
        ca.script(
          'order',
          bend((body) => ({ ...body, status: 'invalid', error })),
        ),
      );
      expect(outcome.error).toBeInstanceOf(AcmeOrderError);
      expect(outcome.error).toMatchObject({
        code: 'order',
        order: { status: 'invalid', url: 'https://ca.test/order/1' },
      });
      expect(outcome.error.message).toContain('caa: the CAA record changed');
    }));

  it('that the server says nothing of is an error all the same', () =>
    virtualTime((time) => {
      const { error } = failed(time, {}, (ca) =>
        ca.script(
          'newOrder',
          bend((body) => ({ ...body, status: 'invalid' })),
        ),
      );
      expect(error).toBeInstanceOf(AcmeOrderError);
      expect(error.message).toContain('does not say why');
    }));
});

describe('a solver that fails', () => {
  const failure = new Error('the zone is locked');
  const fails = (wrong: string) => (task: Parameters<typeof nameOf>[0]) =>
    nameOf(task) === wrong ? throwError(() => failure) : timer(50);

  it.each(['present', 'ready'] as const)(
    'in %s for one name ends the order, and what others presented is withdrawn',
    (what) =>
      virtualTime((time) => {
        const { error, solver, ca } = failed(time, {}, undefined, { [what]: fails('bad.test') });
        expect(error).toBeInstanceOf(AcmeAuthorizationError);
        expect(error.failures).toMatchObject([
          {
            identifier: { value: 'bad.test' },
            wildcard: false,
            challengeType: 'http-01',
            cause: failure,
            reason: 'the solver failed: the zone is locked',
          },
        ]);
        expect(error.message).toBe('bad.test (http-01): the solver failed: the zone is locked');
        expect(solver.names('present')).toEqual(names);
        expect(solver.names('cleanUp')).toEqual(names);
        expect(ca.operations()).not.toContain('challenge');
      }),
  );

  it('for several names is one error with all of them', () =>
    virtualTime((time) => {
      const { error } = failed(time, {}, undefined, {
        present: (task) => (isBad(nameOf(task)) ? throwError(() => failure) : EMPTY),
      });
      expect(failedNames(error)).toEqual(['*.bad.test', 'bad.test', 'worse.test']);
    }));

  it('before it gives a stream is asked to clean up all the same', () =>
    virtualTime((time) => {
      const { account } = syncBench(time.scheduler);
      const cleanedUp: string[] = [];
      const solver: ChallengeSolver = {
        types: ['http-01', 'dns-01'],
        present: (task) => {
          if (nameOf(task) === 'bad.test') throw failure;
          return EMPTY;
        },
        cleanUp: (task) => {
          cleanedUp.push(nameOf(task));
          return EMPTY;
        },
      };
      const { error } = completed(time, obtainCertificate(account, { identifiers: names, solvers: [solver] }));
      expect(error).toBeInstanceOf(AcmeAuthorizationError);
      expect(cleanedUp).toEqual(names);
    }));

  it('by throwing is no different', () =>
    virtualTime((time) => {
      const { error, solver } = failed(time, {}, undefined, {
        present: () => {
          throw failure;
        },
      });
      expect(error.failures.map(({ cause }) => cause)).toEqual(names.map(() => failure));
      expect(solver.names('cleanUp')).toEqual(names);
    }));
});

describe('a challenge that the server refuses', () => {
  it('is a failure of that name, with the server’s words', () =>
    virtualTime((time) => {
      const { error } = failed(time, {}, (ca) =>
        ca.script('challenge', () => problem('unauthorized', { status: 403, detail: 'not now' }), 2),
      );
      expect(error).toBeInstanceOf(AcmeAuthorizationError);
      expect(error.failures).toMatchObject([{ identifier: { value: 'bad.test' }, problem: { detail: 'not now' } }]);
    }));

  it('does not keep its siblings from settling first', () =>
    virtualTime((time) => {
      const { error, cleanedAt } = failed(
        time,
        { validationMs: 2_000, invalid: (name) => name === 'worse.test' },
        (ca) => ca.script('challenge', () => problem('unauthorized', { status: 403 }), 2),
      );
      expect(error).toBeInstanceOf(AcmeAuthorizationError);
      expect(failedNames(error)).toEqual(['bad.test', 'worse.test']);
      expect(Math.min(...cleanedAt)).toBeGreaterThanOrEqual(2_000);
    }));

  it('because it has the answer already does no harm', () =>
    virtualTime((time) => {
      const { account, ca } = syncBench(time.scheduler, { validationMs: 500 });
      ca.script('challenge', (carryOut) => {
        carryOut();
        return problem('malformed', { detail: 'not pending' });
      });
      const events$ = obtainCertificate(account, { identifiers: names, solvers: [recordingSolver()] });
      const { isComplete, values } = completed(time, events$);
      expect(isComplete).toBe(true);
      expect(values.map(told)).toContain('challenge-answered good.test http-01 processing');
    }));

  it('is something else than a connection that is lost', () =>
    virtualTime((time) => {
      const { error, solver } = failed(time, {}, (ca) => ca.script('challenge', unreachable, 'every'));
      expect(error).toBeInstanceOf(AcmeTransportError);
      expect(solver.names('cleanUp')).toEqual(names);
    }));

  it.each(['rateLimited', 'userActionRequired'])('is something else than %s, which is about the account', (type) =>
    virtualTime((time) => {
      const { error } = failed(time, {}, (ca) =>
        ca.script('challenge', () => problem(type, { status: 403 }, { 'retry-after': '120' }), 2),
      );
      expect(error).toMatchObject({ code: type, retryAfterMs: 120_000 });
    }),
  );

  it('is told at once where there is no sibling to wait for', () =>
    virtualTime((time) => {
      const { error } = failed(
        time,
        {},
        (ca) => ca.script('challenge', () => problem('unauthorized', { status: 403 })),
        {},
        ['bad.test'],
      );
      expect(error).toBeInstanceOf(AcmeAuthorizationError);
      expect(time.scheduler.now()).toBe(0);
    }));
});

describe('what is printed of a failure', () => {
  const secrets = /token-(http|dns)-01-\d/;
  const printed = (value: unknown) => [String(value), JSON.stringify(value), inspect(value, { depth: 12 })].join('\n');
  const quoted = (token: string) => ({
    type: 'urn:ietf:params:acme:error:unauthorized',
    detail: `found "404" at /.well-known/acme-challenge/${token}`,
  });

  it('holds no token, although the server quotes it', () =>
    virtualTime((time) => {
      const quoting = bend((body) => ({
        ...body,
        challenges: body.challenges.map((each: { token: string; error?: object }) =>
          each.error ? { ...each, error: quoted(each.token) } : each,
        ),
      }));
      const { error, values } = failed(time, { invalid: isBad, validationMs: 100 }, (ca) =>
        ca.script('authorization', quoting, 'every'),
      );
      expect(error.message).toContain('found "404"');
      for (const value of [error, ...values]) expect(secrets.exec(printed(value))?.[0]).toBeUndefined();
    }));

  it('holds no token, although the server quotes it when it refuses the answer', () =>
    virtualTime((time) => {
      const { error } = failed(
        time,
        {},
        (ca) => ca.script('challenge', () => problem('malformed', quoted('token-http-01-1-0'))),
        {},
        ['bad.test'],
      );
      expect(error).toBeInstanceOf(AcmeAuthorizationError);
      expect(secrets.exec(printed(error))?.[0]).toBeUndefined();
    }));

  it('holds no token, although the server quotes it when it says why the order is invalid', () =>
    virtualTime((time) => {
      const invalid = bend((body) => ({ ...body, status: 'invalid', error: quoted('token-http-01-1-0') }));
      const { error } = failed(time, { issuanceMs: 1_000 }, (ca) => ca.script('order', invalid), {}, ['a.test']);
      expect(error).toBeInstanceOf(AcmeOrderError);
      expect(error.message).toContain('found "404"');
      expect(secrets.exec(String(error))?.[0]).toBeUndefined();
    }));

  it('holds no token in the order that it shows either', () =>
    virtualTime((time) => {
      const invalid = bend((body) => ({ ...body, status: 'invalid', error: quoted('token-http-01-1-0') }));
      const { error } = failed(time, { issuanceMs: 1_000 }, (ca) => ca.script('order', invalid), {}, ['a.test']);
      expect(secrets.exec(printed(error))?.[0]).toBeUndefined();
    }));

  it('holds no token, although the solver names it', () =>
    virtualTime((time) => {
      const present: ChallengeSolver['present'] = ({ keyAuthorization }) =>
        throwError(() => new Error(`cannot write ${keyAuthorization}`));
      const { error } = failed(time, {}, undefined, { present }, ['a.test']);
      expect(error.message).toContain('cannot write <token>');
      expect(secrets.exec(printed(error))?.[0]).toBeUndefined();
    }));
});
