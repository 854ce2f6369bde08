import { lastValueFrom, type SchedulerLike, VirtualTimeScheduler } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { AcmeTransportError } from '../../lib/model/errors/transport-error.js';
import { exchange } from '../../lib/request/exchange.js';
import { acmeSession } from '../../lib/request/session.js';
import { unsignedGet } from '../../lib/resources/post-as-get.js';
import { fetchTransport } from '../../lib/transport/fetch-transport.js';
import { freePort } from '../support/free-port.js';
import { released, response, type WireAnswer, wireServer } from './wire-server.js';

const sessionFor = (origin: string, scheduler?: SchedulerLike, requestTimeoutMs = 30_000) =>
  acmeSession({
    directoryUrl: `${origin}/directory`,
    allowInsecureHttp: true,
    requestTimeoutMs,
    random: () => 0.5,
    ...(scheduler === undefined ? {} : { scheduler }),
  });
const failure = (stream: Parameters<typeof lastValueFrom>[0]): Promise<unknown> =>
  lastValueFrom(stream).then(
    () => expect.unreachable('an answer came'),
    (error: unknown) => error,
  );
const ask = (origin: string) => exchange(sessionFor(origin), { method: 'GET', url: `${origin}/x` });

const broken: readonly [string, WireAnswer, RegExp][] = [
  ['a reset before the headers', (socket) => socket.resetAndDestroy(), /ECONNRESET/],
  ['an end before the headers', (socket) => socket.end(), /socket hang up/],
  [
    'a reset in the middle of the headers',
    (socket) => socket.write('HTTP/1.1 200 OK\r\nConte', () => socket.resetAndDestroy()),
    /ECONNRESET|socket hang up|Parse Error/,
  ],
  [
    'an end in the middle of the headers',
    (socket) => socket.end('HTTP/1.1 200 OK\r\nConte'),
    /socket hang up|Parse Error/,
  ],
  [
    'chunks that end in the middle of one',
    (socket) => socket.end('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\na\r\nhello'),
    /the connection ended before the answer did/,
  ],
  [
    'chunks that end between two',
    (socket) => socket.end('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n'),
    /the connection ended before the answer did/,
  ],
  [
    'chunks that are none',
    (socket) => socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nhello\r\n'),
    /Parse Error|Premature close/,
  ],
  [
    'a body cut short by the end of the connection',
    (socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello'),
    /the connection ended before the answer did/,
  ],
  [
    'a body cut short by a reset',
    (socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello', () => socket.resetAndDestroy()),
    // Newer versions of Node say it by themselves.
    /the connection ended before the answer did|aborted|ECONNRESET/,
  ],
  [
    'a body that never begins before the connection ends',
    (socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n'),
    /the connection ended before the answer did/,
  ],
  [
    'the end of an error’s body',
    (socket) => socket.end('HTTP/1.1 503 Busy\r\nRetry-After: 5\r\nContent-Length: 10\r\n\r\nhello'),
    /the connection ended before the answer did/,
  ],
  ['garbage for HTTP', (socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n'), /Parse Error/],
  [
    'headers without an end',
    (socket) => socket.write(`HTTP/1.1 200 OK\r\n${'x: y\r\n'.repeat(10_000)}`),
    /Parse Error|Header overflow/,
  ],
];

describe('what is not a whole answer is a transport error', () => {
  it.each(broken)('%s', async (_, answer, reason) => {
    const server = await wireServer(answer);
    const error = await failure(ask(server.origin));
    expect(error).toBeInstanceOf(AcmeTransportError);
    expect(error).toMatchObject({
      code: 'transport',
      url: `${server.origin}/x`,
      message: expect.stringMatching(reason),
    });
    expect((error as Error).message).toMatch(`GET ${server.origin}/x: `);
    expect((error as Error).cause).toBeInstanceOf(Error);
    await server.drained();
    await released(server.port);
    expect(server.requests).toHaveLength(1);
  });

  it('an answer that is encoded, which was not asked for', async () => {
    const gzip = { headers: { 'content-encoding': 'gzip' } };
    const server = await wireServer((socket) => socket.write(response('whatever it is', gzip)));
    expect(await failure(ask(server.origin))).toMatchObject({
      code: 'transport',
      message: expect.stringContaining('encoded as gzip'),
    });
  });

  it('a connection that is refused', async () => {
    const port = await freePort();
    const error = await failure(ask(`http://127.0.0.1:${port}`));
    expect(error).toMatchObject({ code: 'transport', message: expect.stringContaining('ECONNREFUSED') });
    expect((error as Error).cause).toMatchObject({ code: 'ECONNREFUSED' });
    await released(port);
  });

  it('passes on the error of fetch where no session is around the transport', async () => {
    const port = await freePort();
    const request = { method: 'GET', url: `http://127.0.0.1:${port}/`, headers: {}, maxResponseBytes: 10 } as const;
    expect(await failure(fetchTransport()(request))).toMatchObject({ name: 'FetchError', code: 'ECONNREFUSED' });
  });
});

describe('what never ends is ended by the time limit', () => {
  /** What the server does, and whether it has done so. */
  const stuck: readonly [string, WireAnswer][] = [
    ['no headers', () => undefined],
    ['half of the headers', (socket) => socket.write('HTTP/1.1 200 OK\r\nContent-')],
    ['headers, and no body', (socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n')],
    ['half of the body', (socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello')],
    [
      'chunks without an end',
      (socket) => socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n'),
    ],
    [
      'one octet after the other',
      (socket) => {
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n');
        const drip = setInterval(() => socket.write('x'), 1);
        socket.on('close', () => {
          clearInterval(drip);
        });
      },
    ],
    ['one hint after the other', (socket) => socket.write('HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(10))],
  ];

  it.each(stuck)('%s', async (_, answer) => {
    const server = await wireServer(answer);
    const scheduler = new VirtualTimeScheduler();
    const session = sessionFor(server.origin, scheduler, 5000);
    const ended = failure(exchange(session, { method: 'GET', url: `${server.origin}/x` }));
    await server.received(1);
    await new Promise(setImmediate); // what the server has written is on its way, the limit may come at any point of it
    scheduler.flush();
    expect(await ended).toMatchObject({
      code: 'transport',
      message: `GET ${server.origin}/x: no whole answer within 5000 ms`,
    });
    expect(scheduler.now()).toBe(5000);
    await server.drained();
    await released(server.port);
  });

  it('in real time as well', async () => {
    const server = await wireServer((socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello'));
    const session = sessionFor(server.origin, undefined, 50);
    const error = await failure(exchange(session, { method: 'GET', url: `${server.origin}/x` }));
    expect(error).toMatchObject({ code: 'transport', message: expect.stringContaining('within 50 ms') });
    await server.drained();
    await released(server.port);
  });

  it('a request that may be repeated gets a connection of its own for each try', async () => {
    const server = await wireServer((socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello'));
    const scheduler = new VirtualTimeScheduler();
    const until = (ms: number) => {
      scheduler.maxFrames = ms;
      scheduler.flush();
    };
    const ended = failure(unsignedGet(sessionFor(server.origin, scheduler, 5000), `${server.origin}/x`));
    let atMs = 0;
    for (const [tries, waitMs] of [250, 500, 1_000, 2_000].entries()) {
      await server.received(tries + 1);
      until((atMs += 5_000 + waitMs)); // the limit, and the wait
    }
    await server.received(5);
    until(atMs + 5_000);
    expect(await ended).toBeInstanceOf(AcmeTransportError);
    expect(server.requests.map(({ connection }) => connection)).toEqual([1, 2, 3, 4, 5]);
    await server.drained();
    await released(server.port);
  });
});

describe('an idle connection that the server has closed', () => {
  it('is not used again', async () => {
    const server = await wireServer((socket) => socket.write(response('x'), () => socket.end()));
    await lastValueFrom(ask(server.origin));
    await server.drained();
    await lastValueFrom(ask(server.origin));
    expect(server.requests.map(({ connection }) => connection)).toEqual([1, 2]);
  });

  it('costs a retry where the request was on its way already', async () => {
    const server = await wireServer((socket, { connection }, number) => {
      if (connection === 1 && number === 2) socket.resetAndDestroy();
      else socket.write(response(`${number}`));
    });
    await lastValueFrom(ask(server.origin));
    const { body } = await lastValueFrom(unsignedGet(sessionFor(server.origin), `${server.origin}/x`));
    expect(new TextDecoder().decode(body)).toBe('3');
    expect(server.requests.map(({ connection }) => connection)).toEqual([1, 1, 2]);
  });
});
