import { request as httpsRequest } from 'node:https';
import { of } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { answer } from '../../lib/dev-ca/answer.js';
import type { DevCa } from '../../lib/dev-ca/index.js';
import type { AcmeCa } from '../../lib/testing/ca/acme-ca.js';
import { plainRequest, type PlainRequest } from '../support/http-request.js';
import { running } from './support/running.js';
import { webResponder } from './support/web-responder.js';

const ask = ({ origin, rootPem }: DevCa, path: string, options: PlainRequest = {}) =>
  plainRequest(origin + path, { ca: rootPem, ...options });
const problem = (body: string) => JSON.parse(body) as { type: string; detail: string };
const jose = { 'content-type': 'application/jose+json' };

describe('a new nonce', () => {
  it.each([
    ['GET', 204],
    ['HEAD', 200],
  ])('by %s has status %i and no body', async (method, status) => {
    const devCa = await running();
    const response = await ask(devCa, '/new-nonce', { method });
    expect(response).toMatchObject({ status, body: '' });
    expect(response.headers).toMatchObject({
      'replay-nonce': expect.stringMatching(/^[\w-]+$/),
      'cache-control': 'no-store',
      link: `<${devCa.directoryUrl}>;rel="index"`,
    });
    expect(response.headers['content-length']).toBe(method === 'HEAD' ? '0' : undefined);
  });

  it('differs each time', async () => {
    const devCa = await running();
    const responses = await Promise.all([1, 2, 3].map(() => ask(devCa, '/new-nonce')));
    expect(new Set(responses.map(({ headers }) => headers['replay-nonce'])).size).toBe(3);
  });
});

describe('a method', () => {
  it.each([
    ['PUT', '/directory', 'GET, HEAD, POST, OPTIONS'],
    ['DELETE', '/new-nonce', 'GET, HEAD, POST, OPTIONS'],
    ['POST', '/', 'GET, HEAD, OPTIONS'],
    ['PUT', '/', 'GET, HEAD, OPTIONS'],
    ['GET', '/new-order', 'POST, OPTIONS'],
    ['HEAD', '/order/1', 'POST, OPTIONS'],
    ['DELETE', '/account/1', 'POST, OPTIONS'],
  ])('%s of %s is not allowed', async (method, path, allow) => {
    const { status, headers, body } = await ask(await running(), path, { method, headers: jose });
    expect(status).toBe(405);
    expect(headers).toMatchObject({ allow, 'content-type': 'application/problem+json' });
    if (method !== 'HEAD') expect(problem(body).type).toBe('urn:ietf:params:acme:error:malformed');
    expect(headers['replay-nonce'] === undefined).toBe(method !== 'POST');
  });

  it('HEAD has the headers of GET', async () => {
    const devCa = await running();
    const [get, head] = [await ask(devCa, '/directory'), await ask(devCa, '/directory', { method: 'HEAD' })];
    expect(head.body).toBe('');
    expect({ ...head.headers, date: '' }).toEqual({ ...get.headers, date: '' });
  });
});

describe('a script in a browser', () => {
  const exposed = 'Replay-Nonce, Location, Link, Retry-After';

  it('may ask, with what a client sends', async () => {
    const { status, headers, body } = await ask(await running(), '/new-order', {
      method: 'OPTIONS',
      headers: {
        origin: 'http://localhost:4200',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'content-type',
      },
    });
    expect({ status, body }).toEqual({ status: 204, body: '' });
    expect(headers).toMatchObject({
      'access-control-allow-origin': '*',
      'access-control-allow-methods': 'GET, HEAD, POST',
      'access-control-allow-headers': expect.stringMatching(/\bContent-Type\b.*\bUser-Agent\b/),
      'access-control-max-age': '600',
    });
  });

  it.each([
    ['GET', '/directory', 200],
    ['GET', '/new-nonce', 204],
    ['POST', '/new-order', 415],
    ['PUT', '/new-order', 405],
    ['GET', '/nothing', 404],
    ['PUT', '/directory', 405],
    ['POST', '/directory', 415],
  ])('may read the answer to %s %s', async (method, path, status) => {
    const response = await ask(await running(), path, { method });
    expect(response.status).toBe(status);
    expect(response.headers).toMatchObject({
      'access-control-allow-origin': '*',
      'access-control-expose-headers': exposed,
    });
  });
});

describe('a request', () => {
  it('to nowhere is not found', async () => {
    const devCa = await running();
    const paths = [
      '/nothing',
      '/directory?x=1',
      '/directory/',
      '/directory/x',
      '//directory',
      '/toString',
      '/__proto__',
    ];
    for (const path of [...paths, '/%64irectory', '/root.pem/', '/root.pem?x']) {
      expect((await ask(devCa, path)).status, path).toBe(404);
    }
  });

  it('without a User-Agent is refused', async () => {
    const { directoryUrl, rootPem } = await running();
    const status = await new Promise((resolve, reject) => {
      httpsRequest(directoryUrl, { ca: rootPem, agent: false }, (response) => {
        response.resume();
        resolve(response.statusCode);
      })
        .on('error', reject)
        .end();
    });
    expect(status).toBe(400);
  });

  it.each([
    ['that says its length', {}],
    ['in chunks', { 'transfer-encoding': 'chunked' }],
  ])('%s is refused where it is too large', async (_, headers) => {
    const devCa = await running();
    const large = { method: 'POST', headers: { ...jose, ...headers }, body: ' '.repeat(131_073) };
    const { status, headers: answered, body } = await ask(devCa, '/new-order', large);
    expect(status).toBe(413);
    expect(problem(body).detail).toBe('a request has at most 131072 bytes');
    expect(answered).toMatchObject({ connection: 'close', 'replay-nonce': expect.anything() });
    expect((await ask(devCa, '/new-order', { ...large, body: '{}'.padEnd(131_072) })).status).toBe(400);
  });

  it('of another content type, or that is no JWS, gets a problem and a nonce', async () => {
    const devCa = await running();
    const plain = await ask(devCa, '/new-order', { method: 'POST', body: '{}' });
    expect(plain.status).toBe(415);
    const empty = await ask(devCa, '/new-order', { method: 'POST', headers: jose, body: 'ä' });
    expect(empty.status).toBe(400);
    for (const { headers, body } of [plain, empty]) {
      expect(problem(body).type).toBe('urn:ietf:params:acme:error:malformed');
      expect(headers['replay-nonce']).toBeDefined();
    }
  });
});

describe('a person', () => {
  it('is told what this is, and finds the root', async () => {
    const devCa = await running();
    const { status, headers, body } = await ask(devCa, '/');
    expect({ status, type: headers['content-type'] }).toEqual({ status: 200, type: 'text/plain; charset=utf-8' });
    expect(body).toMatch(/for development and tests/);
    expect(body).toContain(devCa.directoryUrl);
    expect((await ask(devCa, '/root.pem')).body).toBe(devCa.rootPem);
    expect((await ask(devCa, '/roots.pem')).body).toBe([devCa.rootPem, ...devCa.alternateRootPems].join(''));
  });
});

describe('an answer that cannot be written', () => {
  it('ends the connection, and nothing else', async () => {
    const ca = {
      route: () => ({ signedBy: 'none' }),
      handle: () => of({ status: 200, headers: { link: 'a\nb' } }),
    } as unknown as AcmeCa;
    const ends: string[] = [];
    const { port } = await webResponder((request, response) => {
      const answerer = { ca, origin: '', pages: {} };
      answer(answerer, { request, response }).subscribe({
        error: () => ends.push('errored'),
        complete: () => ends.push('completed'),
      });
    });
    await expect(plainRequest(`http://127.0.0.1:${port}/x`)).rejects.toThrow(/hang up/);
    expect(ends).toEqual(['completed']);
  });
});
