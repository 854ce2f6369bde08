import { lastValueFrom, type Subscription, switchMap, take, takeUntil, timer, of } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { AcmeHttpRequest } from '../../lib/model/ports.js';
import { platformFetch } from '../../lib/transport/fetch.default.js';
import { fetchTransport } from '../../lib/transport/fetch-transport.js';
import { released, response, type WireAnswer, wireServer } from './wire-server.js';

const transport = fetchTransport();
const requestFor = (origin: string): AcmeHttpRequest => ({
  method: 'POST',
  url: `${origin}/x`,
  headers: {},
  body: '{}',
  maxResponseBytes: 1000,
});

/** Subscribes and lets nothing pass that should not come. */
const start = (origin: string): Subscription =>
  transport(requestFor(origin)).subscribe({
    next: () => expect.unreachable('an answer'),
    error: () => expect.unreachable('an error'),
    complete: () => expect.unreachable('the end'),
  });

const phases: readonly [string, WireAnswer][] = [
  ['before the headers', () => undefined],
  ['in the middle of the headers', (socket) => socket.write('HTTP/1.1 200 OK\r\nContent')],
  ['before the body', (socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n')],
  ['in the middle of the body', (socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello')],
  [
    'between two chunks',
    (socket) => socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n'),
  ],
];

describe('unsubscribing', () => {
  it.each(phases)('%s closes the connection', async (_, answer) => {
    const server = await wireServer(answer);
    const asking = start(server.origin);
    await server.received(1);
    await new Promise(setImmediate);
    asking.unsubscribe();
    await server.drained();
    await released(server.port);
  });

  it.each(phases)('%s, once all of it has arrived, closes the connection', async (_, answer) => {
    const server = await wireServer(answer);
    const asking = start(server.origin);
    await server.received(1);
    // A round trip on another connection: by its end, what was written before it has been read here.
    const other = await wireServer((socket) => socket.write(response()));
    await lastValueFrom(transport(requestFor(other.origin)));
    asking.unsubscribe();
    await server.drained();
    await released(server.port);
  });

  it('before anything was sent sends nothing', async () => {
    const server = await wireServer((socket) => socket.write(response()));
    start(server.origin).unsubscribe();
    await lastValueFrom(transport(requestFor(server.origin)));
    expect(server.requests).toHaveLength(1);
    expect(server.connections).toBe(1);
  });

  it('while the connection is being made leaves none', async () => {
    const server = await wireServer((socket) => socket.write(response()));
    let settle: (outcome: unknown) => void = () => undefined;
    const outcome = new Promise((resolve) => (settle = resolve));
    const connecting = fetchTransport({
      fetch: (url, init) => {
        const answer = platformFetch.fetch(url, init);
        answer.then(settle, settle);
        asking.unsubscribe();
        return answer;
      },
    });
    const asking = connecting(requestFor(server.origin)).subscribe(() => expect.unreachable('an answer'));
    expect(await outcome).toMatchObject({ name: 'AbortError' });
    await released(server.port);
    await server.drained();
    expect(server.requests).toEqual([]);
  });

  it('after the answer keeps the connection', async () => {
    const server = await wireServer((socket) => socket.write(response('x')));
    for (let each = 0; each < 3; each++) await lastValueFrom(transport(requestFor(server.origin)).pipe(take(1)));
    expect(server.connections).toBe(1);
  });

  it('of one of several leaves the others alone', async () => {
    const server = await wireServer((socket, _, number) => {
      if (number === 2) socket.write(response('x'));
    });
    const first = start(server.origin);
    await server.received(1);
    const second = lastValueFrom(transport(requestFor(server.origin)));
    first.unsubscribe();
    expect((await second).status).toBe(200);
    expect(server.connections).toBe(2);
  });

  it('by switchMap or takeUntil is the same', async () => {
    const server = await wireServer((socket, _, number) => {
      if (number === 2) socket.write(response('second'));
    });
    const trigger = timer(0, 1).pipe(take(2));
    const hanging = lastValueFrom(
      of(0).pipe(
        switchMap(() => transport(requestFor(server.origin))),
        takeUntil(server.received(1).then(() => lastValueFrom(trigger))),
      ),
      { defaultValue: 'cut' },
    );
    expect(await hanging).toBe('cut');
    await server.drained();
    expect((await lastValueFrom(transport(requestFor(server.origin)))).status).toBe(200);
  });
});
