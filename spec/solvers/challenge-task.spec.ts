import { createHash } from 'node:crypto';
import { Console } from 'node:console';
import { Writable } from 'node:stream';
import { format, inspect } from 'node:util';
import { concatMap, defer, lastValueFrom, type Observable, throwError, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { Authorization } from '../../lib/model/authorization.js';
import { AcmePortError } from '../../lib/model/errors/port-error.js';
import { AcmeProtocolError } from '../../lib/model/errors/protocol-error.js';
import type { ChallengeTask } from '../../lib/model/ports.js';
import { jwkThumbprint } from '../../lib/signing/thumbprint.js';
import { challengeTask } from '../../lib/solvers/challenge-task.js';
import { keyAuthorizations } from '../vectors/signing.js';
import { nodeDigest } from '../signing/keys.js';
import { accountOf, challengeOf } from './tasks.js';

const [vector] = keyAuthorizations;
const account = accountOf(vector.key, { digest: nodeDigest });
const thumbprint = vector.keyAuthorization.slice(vector.token.length + 1);
const named = (value: string, wildcard = false): Pick<Authorization, 'identifier' | 'wildcard'> => ({
  identifier: { type: 'dns', value },
  wildcard,
});
const once = async <T>(stream: Observable<T>): Promise<T> => {
  const values = await lastValueFrom(stream.pipe(toArray()));
  expect(values).toHaveLength(1);
  return values[0] as T;
};

describe('challengeTask', () => {
  it.each(keyAuthorizations)('$source', async ({ key, token, keyAuthorization, digest }) => {
    const owner = accountOf(key);
    const task = await once(
      jwkThumbprint(key).pipe(
        concatMap((each) => challengeTask(owner, each, named('example.org'), challengeOf('dns-01', token))),
      ),
    );
    expect(task.token).toBe(token);
    expect(task.keyAuthorization).toBe(keyAuthorization);
    if (digest !== undefined) expect(task.keyAuthorizationDigest).toBe(digest);
  });

  it('says what is to be proven, and for whom', async () => {
    const challenge = challengeOf('dns-01', vector.token);
    const task = await once(challengeTask(account, thumbprint, named('example.org', true), challenge));
    expect(task).toMatchObject({
      identifier: { type: 'dns', value: 'example.org' },
      wildcard: true,
      type: 'dns-01',
      accountUrl: account.url,
    });
    expect(task.challenge).toBe(challenge);
  });

  it('has no values where the challenge has no token, and needs no digest', async () => {
    const owner = accountOf(vector.key, { digest: () => throwError(() => new Error('not asked for')) });
    const challenge = challengeOf('dns-persist-01');
    const task = await once(challengeTask(owner, thumbprint, named('example.org'), challenge));
    expect(task.challenge).toBe(challenge);
    for (const member of ['token', 'keyAuthorization', 'keyAuthorizationDigest'])
      expect(task).not.toHaveProperty(member);
  });

  it('has the account key’s thumbprint and the session’s digest, and for dns-account-01 the account URL’s', async () => {
    const owner = accountOf(vector.key, { digest: nodeDigest });
    const make = (type: string) => challengeTask(owner, thumbprint, named('a.test'), challengeOf(type, vector.token));
    const [task, other] = [await once(make('dns-account-01')), await once(make('dns-01'))];
    const digest = createHash('sha256').update(owner.url).digest('base64url');
    expect(task).toMatchObject({ thumbprint, digest: nodeDigest, accountUrlDigest: digest });
    expect(task.keyAuthorizationDigest).toBe(vector.digest);
    expect(other).not.toHaveProperty('accountUrlDigest');
    expect(JSON.stringify(task)).not.toContain(digest);
  });

  it('is synchronous where the digest is', () => {
    let task: ChallengeTask | undefined;
    challengeTask(account, thumbprint, named('example.org'), challengeOf('http-01', vector.token)).subscribe(
      (each) => (task = each),
    );
    expect(task?.keyAuthorization).toBe(vector.keyAuthorization);
  });

  it('errors where the digest does, with its error as the cause', async () => {
    const cause = new Error('no digest today');
    const owner = accountOf(vector.key, { digest: () => throwError(() => cause) });
    const task = challengeTask(owner, thumbprint, named('example.org'), challengeOf('http-01', vector.token));
    const error: unknown = await once(task).catch((each: unknown) => each);
    expect(error).toBeInstanceOf(AcmePortError);
    expect(error).toMatchObject({ port: 'digest', cause });
  });
});

describe('challengeTask: what solvers make names of', () => {
  const taskFor = (value: string) =>
    defer(() => challengeTask(account, thumbprint, named(value), challengeOf('dns-01', vector.token)));

  it.each(['../../etc/passwd', 'a b.example', 'example.org/x', 'example.org\nx TXT', '', '.', '-x.example'])(
    'refuses %j from a server',
    async (value) => {
      const error: unknown = await once(taskFor(value)).catch((each: unknown) => each);
      expect(error).toBeInstanceOf(AcmeProtocolError);
      expect(error).toMatchObject({ message: expect.stringContaining(JSON.stringify(value)) });
    },
  );

  it.each([
    ['EXAMPLE.org', 'example.org'],
    ['example.org.', 'example.org'],
    ['bücher.example', 'xn--bcher-kva.example'],
  ])('hands %s on as %s', async (value, expected) => {
    expect((await once(taskFor(value))).identifier).toEqual({ type: 'dns', value: expected });
  });

  it('hands a wildcard on as the name below it, as servers should have written it', async () => {
    expect(await once(taskFor('*.example.org'))).toMatchObject({
      identifier: { type: 'dns', value: 'example.org' },
      wildcard: true,
    });
  });

  it.each([
    ['ip', '2001:DB8:0::1', '2001:db8::1'],
    ['email', 'Someone@example.org', 'Someone@example.org'],
  ])('hands an identifier of type %s on as it is known here', async (type, value, expected) => {
    const authorization = { identifier: { type, value }, wildcard: false };
    const task = await once(challengeTask(account, thumbprint, authorization, challengeOf('http-01', 'x')));
    expect(task).toMatchObject({ identifier: { type, value: expected }, wildcard: false });
  });
});

describe('a challenge task in print', () => {
  const secrets = [vector.token, thumbprint, vector.keyAuthorization, vector.digest];
  const logged = (value: unknown): string => {
    let text = '';
    const stream = new Writable({
      write: (chunk: Buffer, _, done) => {
        text += chunk.toString();
        done();
      },
    });
    const console = new Console(stream);
    console.log(value);
    console.log('%o', { type: 'not this one' }, value);
    console.table(value);
    console.dir(value, { depth: null });
    return text;
  };

  it.each<[string, (task: ChallengeTask) => string]>([
    ['JSON.stringify', (task) => JSON.stringify({ task, tasks: [task] })],
    ['inspect', (task) => inspect({ task }, { depth: Infinity })],
    ['format', (task) => format('%s %j %O', task, task, task)],
    ['String', (task) => String(task)],
    ['console', logged],
    ['a copy', (task) => JSON.stringify(Object.entries({ ...task }))],
    ['structuredClone', (task) => inspect(structuredClone(task))],
  ])('%s shows none of its values', async (_, print) => {
    for (const type of ['http-01', 'dns-01', 'tls-alpn-01']) {
      const challenge = { ...challengeOf(type, vector.token), raw: { type, token: vector.token } };
      const text = print(await once(challengeTask(account, thumbprint, named('example.org'), challenge)));
      for (const secret of secrets) expect(text).not.toContain(secret);
    }
  });

  it('still says what it is about', async () => {
    const task = await once(challengeTask(account, thumbprint, named('example.org'), challengeOf('http-01', 'x')));
    for (const text of [inspect(task), JSON.stringify(task)]) {
      expect(text).toContain('example.org');
      expect(text).toContain('http-01');
    }
  });
});
