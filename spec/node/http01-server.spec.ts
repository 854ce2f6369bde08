import { once } from 'node:events';
import { connect, createServer, Server, type Socket } from 'node:net';
import { from, type ObservableInput, Subscription } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AcmeInputError } from '../../lib/model/errors/input-error.js';
import type { ChallengeSolver, ChallengeTask } from '../../lib/model/ports.js';
import { http01Server } from '../../lib/node/http01-server.js';
import { done } from '../support/done.js';
import { freePort } from '../support/free-port.js';
import { plainRequest } from '../support/http-request.js';
import { listens } from '../support/listens.js';
import { challengeOf, taskOf } from '../solvers/tasks.js';

const host = '127.0.0.1';
const path = '/.well-known/acme-challenge/';

let port: number;
let solver: ChallengeSolver;
const presented: ChallengeTask[] = [];

beforeEach(async () => {
  port = await freePort();
  solver = http01Server({ port, host });
});

afterEach(async () => {
  vi.restoreAllMocks();
  for (const task of presented.splice(0)) await done(solver.cleanUp(task));
  expect(await isListening()).toBe(false);
});

const taskFor = (token: string, members: Partial<ChallengeTask> = {}): ChallengeTask => {
  const challenge = challengeOf('http-01', token);
  return taskOf({ type: 'http-01', challenge, token, keyAuthorization: `${token}.thumbprint`, ...members });
};
const present = async (task: ChallengeTask): Promise<void> => {
  presented.push(task);
  await done(solver.present(task));
};
const get = (target: string, method = 'GET') => plainRequest(`http://${host}:${port}${target}`, { method });
const statusOf = async (token: string): Promise<number> => (await get(path + token)).status;

const isListening = () => listens(port);

/** Sends these bytes and returns all that comes back until the other side ends. */
async function exchanged(bytes: string): Promise<string> {
  const socket = connect(port, host);
  let text = '';
  socket.setTimeout(2000, () => socket.destroy(new Error('no end in two seconds')));
  socket.on('data', (chunk) => (text += chunk.toString('latin1')));
  socket.write(bytes);
  await once(socket, 'close');
  return text;
}

describe('http01Server: what it answers', () => {
  it('is the key authorization, and nothing more', async () => {
    await present(taskFor('LoqXcYV8q5ONbJQxbmR7SCTNo3tiAXDfowyjxAjEuX0'));
    const { status, headers, body } = await get(`${path}LoqXcYV8q5ONbJQxbmR7SCTNo3tiAXDfowyjxAjEuX0`);
    expect([status, body]).toEqual([200, 'LoqXcYV8q5ONbJQxbmR7SCTNo3tiAXDfowyjxAjEuX0.thumbprint']);
    expect(headers).toMatchObject({
      'content-type': 'application/octet-stream',
      'content-length': String(body.length),
      connection: 'close',
    });
  });

  it('is each of many tokens', async () => {
    const tokens = ['a', 'b', '_-', 'constructor', '__proto__'];
    await Promise.all(tokens.map((token) => present(taskFor(token))));
    const answers = await Promise.all(tokens.map((token) => get(path + token)));
    expect(answers.map(({ status, body }) => [status, body])).toEqual(
      tokens.map((token) => [200, `${token}.thumbprint`]),
    );
  });

  it('has no body for HEAD, and the headers of GET', async () => {
    await present(taskFor('token'));
    const { headers: ofGet } = await get(`${path}token`);
    const { status, headers, body } = await get(`${path}token`, 'HEAD');
    expect([status, body]).toEqual([200, '']);
    for (const name of ['content-type', 'content-length']) expect(headers[name]).toBe(ofGet[name]);
    expect((await get(`${path}other`, 'HEAD')).status).toBe(404);
  });

  it.each(['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'])('is not found for %s', async (method) => {
    await present(taskFor('token'));
    expect(await get(`${path}token`, method)).toMatchObject({ status: 404, body: 'not found\n' });
  });

  it('is not found for a POST with a body, which is not waited for', async () => {
    await present(taskFor('token'));
    const text = await exchanged(`POST ${path}token HTTP/1.1\r\nHost: a.example\r\nContent-Length: 9\r\n\r\nhalf`);
    expect(text).toMatch(/^HTTP\/1\.1 404 /);
    expect(text).not.toContain('thumbprint');
  });

  it.each([
    ['another token', `${path}other`],
    ['the start of a token', `${path}toke`],
    ['more than a token', `${path}token2`],
    ['no token', path],
    ['the folder', '/.well-known/acme-challenge'],
    ['the root', '/'],
    ['the key authorization', `${path}token.thumbprint`],
    ['a final slash', `${path}token/`],
    ['a query', `${path}token?x=1`],
    ['a query before', `/?${path}token`],
    ['a traversal', `${path}../acme-challenge/token`],
    ['a traversal from above', `/x/..${path}token`],
    ['an encoded traversal', `${path}%2e%2e/acme-challenge/token`],
    ['an encoded token', `${path}%74oken`],
    ['doubled slashes', `/${path}token`],
    ['capitals', `${path.toUpperCase()}token`],
    ['another letter case', `${path}TOKEN`],
    ['a whole URL', `http://a.example${path}token`],
    ['a name that objects have', `${path}constructor`],
  ])('is not found for %s', async (_, target) => {
    await present(taskFor('token'));
    const text = await exchanged(`GET ${target} HTTP/1.1\r\nHost: a.example\r\n\r\n`);
    expect(text).toMatch(/^HTTP\/1\.1 404 /);
    expect(text).not.toContain('thumbprint');
  });

  it('is the same for every Host, since the server looks under many names', async () => {
    await present(taskFor('token'));
    for (const name of ['a.example', 'b.example:80', '127.0.0.1']) {
      expect(await exchanged(`GET ${path}token HTTP/1.1\r\nHost: ${name}\r\n\r\n`)).toMatch(
        /\r\n\r\ntoken\.thumbprint$/,
      );
    }
  });

  it('is an error for what is not HTTP, after which it goes on', async () => {
    await present(taskFor('token'));
    expect(await exchanged('\x16\x03\x01\x00\x05hello\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /);
    expect(await statusOf('token')).toBe(200);
  });
});

describe('http01Server: while it listens', () => {
  it('does so from the first subscription, not from the call', async () => {
    const stream = solver.present(taskFor('token'));
    expect(await isListening()).toBe(false);
    presented.push(taskFor('token'));
    await done(stream);
    expect(await isListening()).toBe(true);
  });

  it('completes without a value, once it can be asked', async () => {
    presented.push(taskFor('token'));
    expect(await done(solver.present(taskFor('token')))).toEqual([]);
    expect(await statusOf('token')).toBe(200);
  });

  it('does so until the last token is withdrawn', async () => {
    const [first, second, third] = [taskFor('a'), taskFor('b'), taskFor('c')];
    for (const task of [first, second, third]) await present(task);
    expect(await done(solver.cleanUp(second))).toEqual([]);
    expect(await Promise.all(['a', 'b', 'c'].map(statusOf))).toEqual([200, 404, 200]);
    await done(solver.cleanUp(first));
    expect(await Promise.all(['a', 'b', 'c'].map(statusOf))).toEqual([404, 404, 200]);
    await done(solver.cleanUp(third));
    expect(await isListening()).toBe(false);
  });

  it('needs one listener for many that begin at once', async () => {
    const listen = vi.spyOn(Server.prototype, 'listen');
    await Promise.all(['a', 'b', 'c'].map((token) => present(taskFor(token))));
    expect(listen).toHaveBeenCalledTimes(1);
  });

  it('opens again after it was closed', async () => {
    for (const token of ['a', 'b']) {
      await present(taskFor(token));
      expect(await statusOf(token)).toBe(200);
      await done(solver.cleanUp(taskFor(token)));
      expect(await isListening()).toBe(false);
    }
  });

  it('opens again while it is being closed', async () => {
    await present(taskFor('a'));
    const closed = done(solver.cleanUp(taskFor('a')));
    await Promise.all([closed, present(taskFor('b'))]);
    expect(await Promise.all(['a', 'b'].map(statusOf))).toEqual([404, 200]);
  });

  it('waits with opening until it is closed: two cannot have one port', async () => {
    const steps: string[] = [];
    const { listen } = Server.prototype as { listen: (...called: unknown[]) => Server };
    vi.spyOn(Server.prototype, 'listen').mockImplementation(function (this: Server, ...called: unknown[]) {
      steps.push('listen');
      this.on('close', () => steps.push('close'));
      return listen.apply(this, called);
    });
    await present(taskFor('a'));
    await Promise.all([done(solver.cleanUp(taskFor('a'))), present(taskFor('b'))]);
    expect(steps).toEqual(['listen', 'close', 'listen']);
  });

  it('cuts a connection that is idle, or in the middle of a request, when it closes', async () => {
    await present(taskFor('token'));
    const sockets: Socket[] = [];
    for (const start of ['', 'GET / HT']) {
      const socket = connect(port, host);
      sockets.push(socket);
      socket.on('error', () => undefined);
      await once(socket, 'connect');
      socket.write(start);
    }
    await statusOf('token'); // by now the server knows of both
    const closed = sockets.map((socket) => once(socket, 'close'));
    sockets.forEach((socket) => socket.resume());
    await done(solver.cleanUp(taskFor('token')));
    await Promise.all(closed);
  });
});

describe('http01Server: cleanUp', () => {
  it('without present is done at once: another process may have presented', async () => {
    expect(await done(solver.cleanUp(taskFor('token')))).toEqual([]);
    expect(await isListening()).toBe(false);
  });

  it('of an unknown token leaves the others alone', async () => {
    await present(taskFor('a'));
    await done(solver.cleanUp(taskFor('b')));
    expect(await statusOf('a')).toBe(200);
  });

  it('of a challenge without a token is done at once', async () => {
    await present(taskFor('a'));
    const { token: _, ...task } = taskFor('b');
    await done(solver.cleanUp(task));
    expect(await statusOf('a')).toBe(200);
  });

  it('while it is still opening leaves nothing behind', async () => {
    const presenting = done(solver.present(taskFor('token')));
    await Promise.all([done(solver.cleanUp(taskFor('token'))), presenting]);
    expect(await isListening()).toBe(false);
  });

  it('of one while another is still opening leaves the other alone', async () => {
    const presenting = [present(taskFor('a')), present(taskFor('b'))];
    await Promise.all([done(solver.cleanUp(taskFor('a'))), ...presenting]);
    expect(await Promise.all(['a', 'b'].map(statusOf))).toEqual([404, 200]);
  });

  it.each(['at once', 'when it listens'])(
    'after a present that was unsubscribed %s leaves nothing behind',
    async (when) => {
      const presenting: Subscription = from(solver.present(taskFor('token'))).subscribe();
      if (when === 'when it listens') await vi.waitUntil(isListening);
      presenting.unsubscribe();
      await done(solver.cleanUp(taskFor('token')));
      expect(await isListening()).toBe(false);
    },
  );

  it('twice withdraws once', async () => {
    await present(taskFor('a'));
    await present(taskFor('b'));
    await done(solver.cleanUp(taskFor('a')));
    await done(solver.cleanUp(taskFor('a')));
    expect(await statusOf('b')).toBe(200);
  });

  it('of one of two that presented the same token leaves it to the other', async () => {
    const [first, second] = [taskFor('token', { accountUrl: 'first' }), taskFor('token', { accountUrl: 'second' })];
    await present(first);
    await present(second);
    await done(solver.cleanUp(first));
    try {
      expect(await isListening()).toBe(true);
      expect(await statusOf('token')).toBe(200);
    } finally {
      await done(solver.cleanUp(second));
    }
    expect(await isListening()).toBe(false);
  });
});

describe('http01Server: where it cannot listen', () => {
  const errorOf = (stream: ObservableInput<unknown>): Promise<Error> =>
    done(stream).then(
      () => expect.unreachable('it listens'),
      (error: Error) => error,
    );

  /** Makes the next attempt to listen fail as the operating system would. */
  const failToListen = (code: string) =>
    vi.spyOn(Server.prototype, 'listen').mockImplementationOnce(function (this: Server) {
      const error = Object.assign(new Error(`listen ${code}: ${host}:${port}`), { code });
      queueMicrotask(() => this.emit('error', error));
      return this;
    });

  it('says that the port is taken, and what to do', async () => {
    const other = createServer();
    await once(other.listen(port, host), 'listening');
    const error = await errorOf(solver.present(taskFor('token')));
    other.close();
    await once(other, 'close');
    expect(error.message).toContain(`port ${port} is in use by another program: stop it`);
    expect(error.cause).toMatchObject({ code: 'EADDRINUSE' });
  });

  it('says that it lacks the rights, and what to do', async () => {
    failToListen('EACCES');
    const error = await errorOf(solver.present(taskFor('token')));
    expect(error.message).toContain(`port ${port} needs more rights than this process has: grant it`);
    expect(error.cause).toMatchObject({ code: 'EACCES' });
  });

  it('passes on any other reason', async () => {
    failToListen('EMFILE');
    const error = await errorOf(solver.present(taskFor('token')));
    expect(error.message).toBe(`cannot listen on port ${port}: listen EMFILE: ${host}:${port}`);
  });

  it('shows no token in what it says', async () => {
    failToListen('EADDRINUSE');
    const error = await errorOf(solver.present(taskFor('SECRET')));
    expect(`${error.message} ${error.stack}`).not.toContain('SECRET');
  });

  it('tells all who wait, and can be tried again', async () => {
    failToListen('EADDRINUSE');
    const tasks = [taskFor('a'), taskFor('b')];
    const errors = await Promise.all(tasks.map((task) => errorOf(solver.present(task))));
    for (const error of errors) expect(error.message).toContain('is in use');
    expect(await isListening()).toBe(false);
    for (const task of tasks) await done(solver.cleanUp(task));
    await Promise.all(tasks.map((task) => done(solver.cleanUp(task))));
    await Promise.all(tasks.map(present));
    expect(await Promise.all(['a', 'b'].map(statusOf))).toEqual([200, 200]);
  });

  it('is cleaned up like everything else', async () => {
    failToListen('EADDRINUSE');
    await errorOf(solver.present(taskFor('token')));
    expect(await done(solver.cleanUp(taskFor('token')))).toEqual([]);
    await present(taskFor('other'));
    expect(await Promise.all(['token', 'other'].map(statusOf))).toEqual([404, 200]);
  });

  it('fails without a listener where the challenge has no token', async () => {
    const { token: _, ...task } = taskFor('x');
    expect(await errorOf(solver.present(task))).toBeInstanceOf(AcmeInputError);
    expect(await isListening()).toBe(false);
  });

  it('keeps two solvers apart: the second one on a port fails, the first one goes on', async () => {
    await present(taskFor('token'));
    const second = http01Server({ port, host });
    expect((await errorOf(second.present(taskFor('other')))).message).toContain('is in use');
    await done(second.cleanUp(taskFor('other')));
    expect(await statusOf('token')).toBe(200);
  });
});

describe('http01Server: defaults', () => {
  it('solves http-01, and listens on port 80 of every address', async () => {
    const listen = vi.spyOn(Server.prototype, 'listen').mockImplementationOnce(function (this: Server) {
      queueMicrotask(() => this.emit('error', Object.assign(new Error('no'), { code: 'EACCES' })));
      return this;
    });
    const standard = http01Server();
    expect(standard.types).toEqual(['http-01']);
    await expect(done(standard.present(taskFor('token')))).rejects.toThrow('port 80 needs more rights');
    expect(listen).toHaveBeenCalledWith(80, undefined, expect.any(Function));
  });
});
