import { defer, EMPTY, from, NEVER, type ObservableInput, of, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { AcmeInputError } from '../../lib/model/errors/input-error.js';
import type { ChallengeTask } from '../../lib/model/ports.js';
import { challengeTask } from '../../lib/solvers/challenge-task.js';
import { dns01, type TxtRecord, txtRecord } from '../../lib/solvers/dns01.js';
import { jwkThumbprint } from '../../lib/signing/thumbprint.js';
import { nodeDigest } from '../signing/keys.js';
import { done } from '../support/done.js';
import { virtualTime } from '../support/marbles.js';
import { covers } from '../support/covers.js';
import { keyAuthorizations } from '../vectors/signing.js';
import { accountOf, challengeOf, taskOf } from './tasks.js';

covers('dns01');

const record: TxtRecord = {
  name: '_acme-challenge.example.org',
  value: 'digest',
  identifier: { type: 'dns', value: 'example.org' },
};

/** A provider that writes down what is asked of it. */
const provider = (answer: () => ObservableInput<unknown> = () => EMPTY) => {
  const calls: (readonly [string, TxtRecord])[] = [];
  const call = (name: string) => (txt: TxtRecord) => {
    calls.push([name, txt]);
    return answer();
  };
  return { calls, options: { add: call('add'), remove: call('remove'), ready: call('ready') } };
};

describe('txtRecord', () => {
  it.each(keyAuthorizations.filter(({ digest }) => digest !== undefined))('$source', ({ key, token, digest }) => {
    const values: string[] = [];
    const account = accountOf(key, { digest: nodeDigest });
    const authorization = { identifier: { type: 'dns', value: 'www.example.org' }, wildcard: false };
    jwkThumbprint(key, nodeDigest).subscribe((thumbprint) => {
      challengeTask(account, thumbprint, authorization, challengeOf('dns-01', token)).subscribe((task) => {
        expect(txtRecord(task).name).toBe('_acme-challenge.www.example.org');
        values.push(txtRecord(task).value);
      });
    });
    expect(values).toEqual([digest]);
  });

  it('has one name for a host name and its wildcard', () => {
    expect(txtRecord(taskOf({ wildcard: true }))).toEqual(txtRecord(taskOf({ wildcard: false })));
  });

  it('refuses what is not a name: addresses have no such record', () => {
    const identifier = { type: 'ip', value: '192.0.2.1' };
    expect(() => txtRecord(taskOf({ identifier }))).toThrow(AcmeInputError);
  });

  it('refuses a challenge without a token', () => {
    const { keyAuthorizationDigest: _, ...task } = taskOf();
    expect(() => txtRecord(task)).toThrow(AcmeInputError);
  });
});

describe('dns01', () => {
  it('wants both functions', () => {
    for (const options of [{}, { add: () => EMPTY }, { remove: () => EMPTY }])
      expect(() => dns01(options as never)).toThrow(new TypeError('dns-01: add and remove must be functions'));
  });

  it('solves dns-01 and nothing else', () => {
    expect(dns01(provider().options).types).toEqual(['dns-01']);
  });

  it('adds, waits for and removes the same record', async () => {
    const { calls, options } = provider();
    const solver = dns01(options);
    const task = taskOf();
    await done(solver.present(task));
    await done(solver.ready?.(task) ?? EMPTY);
    await done(solver.cleanUp(task));
    expect(calls).toEqual([
      ['add', record],
      ['ready', record],
      ['remove', record],
    ]);
  });

  it('removes what another process has added', async () => {
    const { calls, options } = provider();
    await done(dns01(options).cleanUp(taskOf()));
    expect(calls).toEqual([['remove', record]]);
  });

  it('has no ready where none is given', () => {
    const { add, remove } = provider().options;
    expect(dns01({ add, remove })).not.toHaveProperty('ready');
  });

  it.each<[string, () => ObservableInput<unknown>]>([
    ['a promise', () => Promise.resolve('added')],
    ['an async function', async () => undefined],
    ['an observable', () => of('one', 'two')],
    ['an observable without a value', () => EMPTY],
    ['an array', () => []],
  ])('is done when %s is', async (_, answer) => {
    const solver = dns01(provider(answer).options);
    for (const port of [solver.present, solver.ready, solver.cleanUp]) {
      await expect(done(port?.(taskOf()) ?? NEVER)).resolves.toBeInstanceOf(Array);
    }
  });

  it('waits as long as the provider takes', () =>
    virtualTime(({ cold, expectObservable }) => {
      const solver = dns01({ add: () => cold('---|'), remove: () => cold('-a-|'), ready: () => cold('--(b|)') });
      const stream = (port: ((task: ChallengeTask) => ObservableInput<unknown>) | undefined) =>
        defer(() => port?.(taskOf()) ?? NEVER);
      expectObservable(stream(solver.present)).toBe('---|');
      expectObservable(stream(solver.cleanUp)).toBe('-a-|');
      expectObservable(stream(solver.ready)).toBe('--(b|)');
    }));

  it('stops the provider when it is unsubscribed', () =>
    virtualTime(({ cold, expectObservable, expectSubscriptions }) => {
      const adding = cold('-----|');
      expectObservable(from(dns01({ add: () => adding, remove: () => EMPTY }).present(taskOf())), '^--!').toBe('');
      expectSubscriptions(adding.subscriptions).toBe('^--!');
    }));

  it.each<[string, () => ObservableInput<unknown>]>([
    [
      'throws',
      () => {
        throw new Error('no such zone');
      },
    ],
    ['rejects', () => Promise.reject(new Error('no such zone'))],
    ['errors', () => throwError(() => new Error('no such zone'))],
  ])('errors where the provider %s', async (_, answer) => {
    const solver = dns01(provider(answer).options);
    for (const port of [solver.present, solver.ready, solver.cleanUp]) {
      await expect(done(defer(() => port?.(taskOf()) ?? EMPTY))).rejects.toThrow('no such zone');
    }
  });

  it('asks nothing of the provider where there is nothing to publish', async () => {
    const { calls, options } = provider();
    const { keyAuthorizationDigest: _, ...task } = taskOf();
    const solver = dns01(options);
    for (const port of [solver.present, solver.ready, solver.cleanUp]) {
      await expect(done(defer(() => port?.(task) ?? EMPTY))).rejects.toBeInstanceOf(AcmeInputError);
    }
    expect(calls).toEqual([]);
  });
});
