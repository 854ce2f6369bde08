import { concatMap, lastValueFrom, range, toArray } from 'rxjs';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { AcmeHttpRequest, AcmeHttpResponse, AcmeTransport } from '../../lib/model/ports.js';
import { nodeTransport } from '../../lib/node/node-transport.js';
import { fetchTransport } from '../../lib/transport/fetch-transport.js';
import { covers } from '../support/covers.js';
import { brokenAnswers, unfinishedAnswers } from './broken-answers.js';
import { connectProxy } from './connect-proxy.js';
import { response, type WireAnswer, wireServer } from './wire-server.js';

covers('transport');

/** Every transport that this library has for Node. */
const transports: readonly (readonly [name: string, make: () => Promise<AcmeTransport>])[] = [
  ['fetchTransport', async () => fetchTransport()],
  ['nodeTransport', async () => nodeTransport()],
  ['nodeTransport through a proxy', async () => nodeTransport({ proxy: (await connectProxy()).url })],
];

const request = (origin: string, more: Partial<AcmeHttpRequest> = {}): AcmeHttpRequest => ({
  method: 'POST',
  url: `${origin}/x`,
  headers: { 'content-type': 'application/jose+json' },
  body: '{}',
  maxResponseBytes: 10_000,
  ...more,
});

describe.each(transports)('%s', (_, make) => {
  const opened = async (answer: WireAnswer) => {
    const [transport, server] = [await make(), await wireServer(answer)];
    onTestFinished(() => transport.close?.());
    const ask = async (more?: Partial<AcmeHttpRequest>): Promise<AcmeHttpResponse> => {
      const emitted = await lastValueFrom(transport(request(server.origin, more)).pipe(toArray()));
      expect(emitted).toHaveLength(1);
      return emitted[0] as AcmeHttpResponse;
    };
    return { transport, server, ask };
  };
  const text = ({ body }: AcmeHttpResponse) => new TextDecoder().decode(body);

  describe('what is not a whole answer is an error, and leaves no connection', () => {
    it.each(brokenAnswers)('%s', async (_what, answer) => {
      const { server, ask } = await opened((socket, seen, number) => {
        if (number === 1) answer(socket, seen, number);
        else socket.write(response('fine'));
      });
      await expect(ask()).rejects.toBeInstanceOf(Error);
      await server.closed(1);
      expect(server.requests).toHaveLength(1);
      expect(text(await ask())).toBe('fine');
    });
  });

  describe('an encoding that changes nothing is as good as none', () => {
    it.each([
      ['that is empty', '200 OK', '', 'hi'],
      ['in other letters', '200 OK', 'Identity', 'hi'],
      ['of no content', '204 No Content', 'gzip', ''],
    ])('%s', async (_what, status, encoding, body) => {
      const length = body === '' ? '' : `Content-Length: ${body.length}\r\n`;
      const { ask } = await opened((socket) =>
        socket.write(`HTTP/1.1 ${status}\r\nContent-Encoding: ${encoding}\r\n${length}\r\n${body}`),
      );
      expect(text(await ask())).toBe(body);
    });
  });

  describe('unsubscribing closes the connection', () => {
    it.each(unfinishedAnswers)('%s', async (_what, answer) => {
      const { transport, server } = await opened(answer);
      const never = () => expect.unreachable('something came');
      const asking = transport(request(server.origin)).subscribe({ next: never, error: never, complete: never });
      await server.received(1);
      await new Promise(setImmediate);
      asking.unsubscribe();
      await server.drained();
    });

    it('before anything was sent, and then nothing is', async () => {
      const { transport, server, ask } = await opened((socket) => socket.write(response('x')));
      transport(request(server.origin)).subscribe().unsubscribe();
      await ask();
      expect(server.requests).toHaveLength(1);
    });

    it('of one of two, and leaves the other alone', async () => {
      const { transport, server, ask } = await opened((socket, _seen, number) => {
        if (number === 2) socket.write(response('second'));
      });
      const first = transport(request(server.origin)).subscribe();
      await server.received(1);
      const second = ask();
      first.unsubscribe();
      expect(text(await second)).toBe('second');
    });
  });

  describe('an answer', () => {
    it.each([200, 201, 204, 301, 307, 400, 404, 429, 503])('of status %d is a value', async (status) => {
      const elsewhere = await wireServer((socket) => socket.write(response()));
      const headers = { Location: `${elsewhere.origin}/` };
      const { ask } = await opened((socket) => socket.write(response('', { status: `${status} So`, headers })));
      expect(await ask()).toMatchObject({ status, headers: { location: `${elsewhere.origin}/` } });
      expect(elsewhere.connections).toBe(0);
    });

    it('has headers in lower case, repeated ones joined, whichever they are', async () => {
      const lines = [
        'Link: <https://a/1>',
        'LINK: <https://a/2>',
        'Replay-Nonce: AbC',
        'Set-Cookie: a=b',
        'Retry-After: 1',
      ];
      const { ask } = await opened((socket) =>
        socket.write(`HTTP/1.1 200 OK\r\n${lines.join('\r\n')}\r\nContent-Length: 0\r\n\r\n`),
      );
      expect((await ask()).headers).toMatchObject({
        link: '<https://a/1>, <https://a/2>',
        'replay-nonce': 'AbC',
        'retry-after': '1',
      });
    });

    it.each<[string, WireAnswer]>([
      [
        'in chunks',
        (socket) =>
          socket.write(
            'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6;x=y\r\n world\r\n0\r\n\r\n',
          ),
      ],
      ['up to the end of the connection', (socket) => socket.end('HTTP/1.1 200 OK\r\n\r\nhello world')],
      ['by HTTP/1.0', (socket) => socket.end('HTTP/1.0 200 OK\r\n\r\nhello world')],
      [
        'after early hints',
        (socket) => socket.write(`HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n${response('hello world')}`),
      ],
      ['octet by octet', (socket) => [...response('hello world')].forEach((octet) => socket.write(octet))],
    ])('whose body comes %s is whole', async (_what, answer) => {
      const { ask } = await opened(answer);
      expect(text(await ask())).toBe('hello world');
    });

    it('may be as large as is allowed, and no larger', async () => {
      const { ask } = await opened((socket) => socket.write(response('x'.repeat(1000))));
      expect((await ask({ maxResponseBytes: 1000 })).body).toHaveLength(1000);
      await expect(ask({ maxResponseBytes: 999 })).rejects.toMatchObject({ code: 'protocol' });
    });
  });

  describe('a request', () => {
    it('is sent as it is, in UTF-8, with its length and nothing that asks for an encoding', async () => {
      const { server, ask } = await opened((socket) => socket.write(response()));
      await ask({ body: '{"a":"é€"}', url: `${server.origin}/a;b/%7e//c?d=%26&e` });
      const [{ line, headers, body } = { line: '', headers: [], body: '' }] = server.requests;
      const names = Object.fromEntries(headers.map(([name, value]) => [name.toLowerCase(), value]));
      expect(line).toBe('POST /a;b/%7e//c?d=%26&e HTTP/1.1');
      expect(Buffer.from(body, 'latin1').toString()).toBe('{"a":"é€"}');
      expect(names).toMatchObject({ 'content-type': 'application/jose+json', 'content-length': '13' });
      expect(names).not.toHaveProperty('accept-encoding');
    });

    it('without a path asks for /', async () => {
      const { server, ask } = await opened((socket) => socket.write(response()));
      await ask({ url: server.origin });
      await ask({ url: `${server.origin}?a=b` });
      expect(server.requests.map(({ line }) => line)).toEqual(['POST / HTTP/1.1', 'POST /?a=b HTTP/1.1']);
    });

    it('with a fragment is refused: the server would not see what was signed', async () => {
      const { server, ask } = await opened((socket) => socket.write(response()));
      await expect(ask({ url: `${server.origin}/a#b` })).rejects.toMatchObject({ code: 'protocol' });
      expect(server.requests).toEqual([]);
    });
  });

  describe('connections', () => {
    it('one after the other use the same, whatever is answered', async () => {
      const statuses = ['400 Bad', '204 None', '307 Elsewhere', '503 Busy', '200 OK'];
      const { server, ask } = await opened((socket, _seen, number) =>
        socket.write(response('', { status: statuses[number - 1] ?? '200 OK' })),
      );
      for (const status of statuses) expect((await ask()).status).toBe(Number.parseInt(status));
      expect(server.connections).toBe(1);
    });

    it('one from within the other uses the same', async () => {
      const { transport, server } = await opened((socket) => socket.write(response('x')));
      await lastValueFrom(range(0, 5).pipe(concatMap(() => transport(request(server.origin)))));
      expect(server.connections).toBe(1);
    });

    it('that the server has closed are not used again', async () => {
      const { server, ask } = await opened((socket) => socket.write(response('x'), () => socket.end()));
      await ask();
      await server.closed(1);
      await ask();
      expect(server.requests.map(({ connection }) => connection)).toEqual([1, 2]);
    });
  });
});
