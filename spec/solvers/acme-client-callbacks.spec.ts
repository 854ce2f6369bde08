import { createHash } from 'node:crypto';
import { from, lastValueFrom, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { AcmeInputError } from '../../lib/model/errors/input-error.js';
import { acmeClientCallbacks } from '../../lib/solvers/acme-client-callbacks.js';
import { challengeOf, taskOf } from './tasks.js';

const keyAuthorization = 'token.thumbprint';
const keyAuthorizationDigest = createHash('sha256').update(keyAuthorization).digest('base64url');

/** Callbacks that write down what they get. */
function callbacks(answer: () => unknown = async () => undefined) {
  const calls: unknown[][] = [];
  const call =
    (name: string) =>
    (...all: unknown[]) => {
      calls.push([name, ...all]);
      return answer();
    };
  return { calls, options: { challengeCreateFn: call('create'), challengeRemoveFn: call('remove') } };
}

const types = ['http-01', 'dns-01', 'tls-alpn-01'];
const task = (type: string) =>
  taskOf({
    type,
    wildcard: type === 'dns-01',
    challenge: challengeOf(type, 'token'),
    keyAuthorization,
    keyAuthorizationDigest,
  });
const done = (work: unknown) => lastValueFrom(from(work as never).pipe(toArray()));

describe('acmeClientCallbacks', () => {
  it.each(types)('%s: hands over what acme-client does', async (type) => {
    const { calls, options } = callbacks();
    const solver = acmeClientCallbacks({ ...options, types });
    await done(solver.present(task(type)));
    await done(solver.cleanUp(task(type)));
    const challenge = { type, url: `https://ca.example/challenge/${type}`, status: 'pending', token: 'token' };
    const authorization = {
      identifier: { type: 'dns', value: 'example.org' },
      status: 'pending',
      wildcard: type === 'dns-01',
      challenges: [challenge],
    };
    const proof = type === 'dns-01' ? keyAuthorizationDigest : keyAuthorization;
    expect(calls).toEqual([
      ['create', authorization, challenge, proof],
      ['remove', authorization, challenge, proof],
    ]);
  });

  it('solves what acme-client prefers, or what it is told to', () => {
    const { options } = callbacks();
    expect(acmeClientCallbacks(options).types).toEqual(['http-01', 'dns-01']);
    expect(acmeClientCallbacks({ ...options, types: ['tls-alpn-01'] }).types).toEqual(['tls-alpn-01']);
  });

  it('hands a Promise on as it is, so that a withdrawal can wait for it', () => {
    const work = Promise.resolve();
    expect(acmeClientCallbacks(callbacks(() => work).options).present(task('http-01'))).toBe(work);
  });

  it.each([undefined, null, true, 'done'])('is done at once where a callback returns %j', async (value) => {
    expect(await done(acmeClientCallbacks(callbacks(() => value).options).present(task('http-01')))).toEqual([]);
  });

  it('errors with what a callback rejects with', async () => {
    const solver = acmeClientCallbacks(callbacks(() => Promise.reject(new Error('no'))).options);
    await expect(done(solver.present(task('dns-01')))).rejects.toThrow('no');
  });

  it('calls nobody for a challenge without a token', () => {
    const { calls, options } = callbacks();
    const { token: _, ...without } = task('http-01');
    expect(() => acmeClientCallbacks(options).present(without)).toThrow(AcmeInputError);
    expect(calls).toEqual([]);
  });

  it('refuses at the call what cannot work', () => {
    const { options } = callbacks();
    expect(() => acmeClientCallbacks({} as never)).toThrow(/challengeCreateFn/);
    expect(() => acmeClientCallbacks({ ...options, types: [] })).toThrow(/types/);
    expect(() => acmeClientCallbacks({ ...options, types: ['dns-persist-01'] })).toThrow(/dns-persist-01/);
  });
});
