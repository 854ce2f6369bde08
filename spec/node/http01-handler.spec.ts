import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect as connectHttp2, createServer as createHttp2Server } from 'node:http2';
import type { AddressInfo, Server } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { http01Handler } from '../../lib/node/http01-handler.js';
import { covers } from '../support/covers.js';
import { done } from '../support/done.js';
import { plainRequest } from '../support/http-request.js';
import { challengeOf, taskOf } from '../solvers/tasks.js';

covers('http01');

const path = '/.well-known/acme-challenge/';
const taskFor = (token: string) =>
  taskOf({ type: 'http-01', challenge: challengeOf('http-01', token), token, keyAuthorization: `${token}.thumbprint` });

async function listening(server: Server): Promise<string> {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
}

/** An application as its framework would have it: functions that answer or call the next one. */
type Middleware = (request: IncomingMessage, response: ServerResponse, next: () => void) => void;
const application = (...functions: readonly Middleware[]) =>
  createServer((request, response) => {
    const run = ([first, ...rest]: readonly Middleware[]): void => first?.(request, response, () => run(rest));
    run(functions);
  });

describe('http01Handler', () => {
  it('answers what is presented, and leaves the rest to the application', async () => {
    const { solver, handle } = http01Handler();
    const url = await listening(
      application(
        (request, response, next) => {
          if (!handle(request, response)) next();
        },
        (request, response) => response.end(`own ${request.url ?? ''}`),
      ),
    );
    const get = async (target: string) => (await plainRequest(url + target)).body;
    expect(await get(`${path}token`)).toBe(`own ${path}token`);
    expect(await done(solver.present(taskFor('token')))).toEqual([]);
    expect(await get(`${path}token`)).toBe('token.thumbprint');
    expect(await get(`${path}other`)).toBe(`own ${path}other`);
    expect(await get('/')).toBe('own /');
    await done(solver.cleanUp(taskFor('token')));
    expect(await get(`${path}token`)).toBe(`own ${path}token`);
  });

  it('answers over HTTP/2 without encryption, by the same request and response', async () => {
    const { solver, handle } = http01Handler();
    const url = await listening(createHttp2Server((request, response) => void handle(request, response)));
    await done(solver.present(taskFor('token')));
    const session = connectHttp2(url);
    const stream = session.request({ ':path': `${path}token` });
    let body = '';
    stream.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
    await once(stream, 'end');
    session.close();
    expect(body).toBe('token.thumbprint');
  });

  it('counts who presents the same token, and starts when it is subscribed to', async () => {
    const { solver, handle } = http01Handler();
    const isAnswered = () =>
      handle({ method: 'GET', url: `${path}token` }, { writeHead: () => undefined, end: () => undefined });
    const presenting = solver.present(taskFor('token'));
    expect(isAnswered()).toBe(false);
    await done(presenting);
    await done(solver.present(taskFor('token')));
    await done(solver.cleanUp(taskFor('token')));
    expect(isAnswered()).toBe(true);
    await done(solver.cleanUp(taskFor('token')));
    expect(isAnswered()).toBe(false);
    await done(solver.cleanUp(taskFor('token'))); // Once too often, or in another process.
  });
});
