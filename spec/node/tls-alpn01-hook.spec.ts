import { once } from 'node:events';
import { createServer as createPlain } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, connect, createServer as createRelay, type Socket } from 'node:net';
import { connect as connectTls, createServer, type Server } from 'node:tls';
import { from } from 'rxjs';
import { beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { tlsAlpn01Hook } from '../../lib/node/tls-alpn01-hook.js';
import { covers } from '../support/covers.js';
import { done } from '../support/done.js';
import { makeServerCertificate, type ServerCertificate } from '../support/server-certificate.js';
import { record } from '../support/virtual-time.js';
import { alpnTask, faultOf, shown } from './tls-alpn.js';

covers('tlsAlpn01');

let certificate: ServerCertificate;
beforeAll(async () => {
  certificate = await makeServerCertificate();
});

let server: Server;
let port: number;
beforeEach(async () => {
  server = createServer(
    { cert: certificate.certificatePem, key: certificate.keyPem, ALPNProtocols: ['own', 'acme-tls/1'] },
    (socket) => socket.end('own'),
  );
  server.on('tlsClientError', () => undefined);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  ({ port } = server.address() as AddressInfo);
  onTestFinished(() => void server.close());
});

/** What the server itself says to a client that trusts it. */
async function own(): Promise<string> {
  const socket = connectTls({
    host: '127.0.0.1',
    port,
    servername: 'localhost',
    ca: certificate.caPem,
    ALPNProtocols: ['own'],
  });
  let text = '';
  socket.on('data', (chunk) => (text += chunk.toString()));
  await once(socket, 'end');
  return `${text} by ${String(socket.alpnProtocol)}`;
}

const isHooked = () => Object.hasOwn(server, 'emit');

describe('tlsAlpn01Hook', () => {
  it('answers the authority, while everybody else gets the server’s own certificate and protocol', async () => {
    const solver = tlsAlpn01Hook(server);
    expect(isHooked()).toBe(false);
    expect(await done(solver.present(alpnTask('localhost')))).toEqual([]);
    const all = await Promise.all([own(), faultOf(port, 'localhost', alpnTask('localhost')), own(), own()]);
    expect(all).toEqual(['own by own', undefined, 'own by own', 'own by own']);
    await done(solver.cleanUp(alpnTask('localhost')));
    expect(isHooked()).toBe(false);
    expect(await own()).toBe('own by own');
  });

  it('leaves the protocol to the server for names that are not presented: it may have answers of its own', async () => {
    const solver = tlsAlpn01Hook(server);
    await done(solver.present(alpnTask()));
    expect(await shown(port, 'other.example')).toMatchObject({ protocol: 'acme-tls/1' });
    expect(await faultOf(port, 'other.example', alpnTask('other.example'))).toContain('only alternative name');
    await done(solver.cleanUp(alpnTask()));
  });

  it('hands on a message that comes in pieces, and one that is no TLS', async () => {
    const solver = tlsAlpn01Hook(server);
    await done(solver.present(alpnTask()));
    const failed = once(server, 'tlsClientError');
    const plain = connect(port, '127.0.0.1').on('error', () => undefined);
    plain.write('GET / HTTP/1.1\r\n\r\n');
    await failed;
    plain.destroy();
    expect(await inPieces('localhost', 'own')).toBe('own');
    expect(await inPieces('example.org', 'acme-tls/1')).toBe('acme-tls/1');
    await done(solver.cleanUp(alpnTask()));
  });

  /** Connects through a socket that sends its first message octet by octet: the protocol that comes out. */
  async function inPieces(servername: string, protocol: string): Promise<string | false | null> {
    const relay = createRelay((inner) => {
      const outer = connect({ port, host: '127.0.0.1', noDelay: true });
      for (const each of [inner, outer]) each.on('error', () => undefined);
      outer.pipe(inner);
      inner.once('data', (chunk: Buffer) => {
        inner.pause();
        const parts = [chunk.subarray(0, 1), chunk.subarray(1, 6), chunk.subarray(6, 90), chunk.subarray(90)];
        const next = () => {
          const part = parts.shift();
          if (part === undefined) inner.pipe(outer);
          else outer.write(part, () => setTimeout(next, 5));
        };
        next();
      });
    });
    await once(relay.listen(0, '127.0.0.1'), 'listening');
    onTestFinished(() => void relay.close());
    const { port: relayPort } = relay.address() as AddressInfo;
    const seen = await shown(relayPort, servername, { ALPNProtocols: [protocol] });
    return seen.protocol ?? null;
  }

  it('lets those go on who have said nothing yet when it is undone', async () => {
    const solver = tlsAlpn01Hook(server);
    await done(solver.present(alpnTask()));
    const raw = connect(port, '127.0.0.1');
    await once(raw, 'connect');
    await own(); // By now the server knows of both.
    await done(solver.cleanUp(alpnTask()));
    const socket = connectTls({ socket: raw, servername: 'localhost', ca: certificate.caPem, ALPNProtocols: ['own'] });
    await once(socket, 'secureConnect');
    expect(socket.alpnProtocol).toBe('own');
    socket.destroy();
  });

  it('is shared by several solvers on one server, undone in any order', async () => {
    const [first, second] = [tlsAlpn01Hook(server), tlsAlpn01Hook(server)];
    const [a, b] = [alpnTask('a.example', 'a'), alpnTask('b.example', 'b')];
    await done(first.present(a));
    await done(second.present(b));
    expect([await faultOf(port, 'a.example', a), await faultOf(port, 'b.example', b)]).toEqual([undefined, undefined]);
    await done(first.cleanUp(a));
    expect(await faultOf(port, 'b.example', b)).toBeUndefined();
    expect(await own()).toBe('own by own');
    await done(second.cleanUp(b));
    expect(isHooked()).toBe(false);
  });

  it('leaves nothing at connections that go on, however many solvers look at them', async () => {
    const listeners = new Promise<number>((resolve) => {
      server.on('connection', (socket: Socket) => {
        resolve(socket.listenerCount('close'));
      });
    });
    const tasks = Array.from({ length: 4 }, (_, index) => alpnTask(`${index}.example`, 'a'));
    const solvers = tasks.map((task) => ({ task, solver: tlsAlpn01Hook(server) }));
    for (const { task, solver } of solvers) await done(solver.present(task));
    expect(await own()).toBe('own by own');
    expect(await listeners).toBeLessThan(tasks.length);
    for (const { task, solver } of solvers) await done(solver.cleanUp(task));
  });

  it('gives back what was there before, and stays out of the way of what came since', async () => {
    const solver = tlsAlpn01Hook(server);
    const before = server.emit.bind(server);
    server.emit = before;
    await done(solver.present(alpnTask()));
    await done(solver.cleanUp(alpnTask()));
    expect(server.emit).toBe(before);
    await done(solver.present(alpnTask()));
    const hooked = server.emit.bind(server) as typeof server.emit;
    const since = ((event: string, ...values: unknown[]) => hooked(event, ...(values as []))) as typeof server.emit;
    server.emit = since;
    await done(solver.cleanUp(alpnTask()));
    expect(server.emit).toBe(since);
    expect(await own()).toBe('own by own');
  });

  it('tells listeners for new connections of each, once', async () => {
    const sockets: unknown[] = [];
    server.on('connection', (socket) => sockets.push(socket));
    const solver = tlsAlpn01Hook(server);
    await done(solver.present(alpnTask()));
    await own();
    await own();
    expect(new Set(sockets).size).toBe(2);
    expect(sockets).toHaveLength(2);
    await done(solver.cleanUp(alpnTask()));
  });

  it('leaves nothing when it is left at any moment, and cleanUp follows', async () => {
    for (let turns = 0; turns < 20; turns++) {
      const solver = tlsAlpn01Hook(server);
      const presenting = record(from(solver.present(alpnTask())));
      for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
      presenting.unsubscribe();
      await done(solver.cleanUp(alpnTask()));
      expect(isHooked()).toBe(false);
    }
    const solver = tlsAlpn01Hook(server);
    await done(solver.cleanUp(alpnTask())); // Without present.
    expect(isHooked()).toBe(false);
  });

  it('closes those that it answers, so that the server can close', async () => {
    const solver = tlsAlpn01Hook(server);
    await done(solver.present(alpnTask()));
    const options = { host: '127.0.0.1', port, servername: 'example.org', ALPNProtocols: ['acme-tls/1'] };
    const socket = connectTls({ ...options, rejectUnauthorized: false, allowHalfOpen: true } as object);
    socket.on('error', () => undefined);
    await once(socket, 'secureConnect');
    await done(solver.cleanUp(alpnTask()));
    const closed = once(server, 'close');
    server.close();
    await closed;
    socket.destroy();
  });

  it('takes a server that does not listen yet, and nothing that is no TLS server', async () => {
    const later = createHttpsServer({ cert: certificate.certificatePem, key: certificate.keyPem });
    const solver = tlsAlpn01Hook(later);
    await done(solver.present(alpnTask()));
    await once(later.listen(0, '127.0.0.1'), 'listening');
    expect(await faultOf((later.address() as AddressInfo).port, 'example.org', alpnTask())).toBeUndefined();
    await done(solver.cleanUp(alpnTask()));
    later.close();
    expect(() => tlsAlpn01Hook(createPlain() as never)).toThrow(TypeError);
  });
});
