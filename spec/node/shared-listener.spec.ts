import { once } from 'node:events';
import { connect, createServer, Server } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { http01Server, tlsAlpn01Server } from '../../lib/node/index.js';
import { SharedListener } from '../../lib/node/shared-listener.js';
import { done } from '../support/done.js';
import { freePort } from '../support/free-port.js';
import { hasIpv6, withIpv6 } from '../support/ipv6.js';

afterEach(() => {
  vi.restoreAllMocks();
});

const greeting = () => createServer((socket) => socket.on('error', () => undefined).write('hello'));

async function greeted(port: number, host: string): Promise<string> {
  const socket = connect(port, host);
  const [text] = (await once(socket.setEncoding('utf8'), 'data')) as [string];
  socket.destroy();
  return text;
}

describe('SharedListener', () => {
  it(`listens by ${withIpv6} where no address is given, and on that address alone where one is`, async () => {
    const port = await freePort();
    const everywhere = new SharedListener(port, undefined, greeting);
    await done(everywhere.opened());
    for (const host of hasIpv6 ? ['127.0.0.1', '::1'] : ['127.0.0.1']) expect(await greeted(port, host)).toBe('hello');
    await done(everywhere.closed());
    const [host, other] = hasIpv6 ? ['::1', '127.0.0.1'] : ['127.0.0.1', '127.0.0.2'];
    const one = new SharedListener(port, host, greeting);
    await done(one.opened());
    expect(await greeted(port, host)).toBe('hello');
    await expect(greeted(port, other)).rejects.toThrow('ECONNREFUSED');
    await done(one.closed());
  });

  it('cuts every connection when it closes, whatever the server is', async () => {
    const port = await freePort();
    const listener = new SharedListener(port, '127.0.0.1', greeting);
    await done(listener.opened());
    const socket = connect(port, '127.0.0.1').on('error', () => undefined);
    await once(socket, 'data');
    const closed = once(socket, 'close');
    await done(listener.closed());
    await closed;
  });

  it.each([
    ['EADDRINUSE', 'is in use by another program: stop it, have it answer the challenge'],
    ['EACCES', 'needs more rights than this process has: grant it'],
    ['EADDRNOTAVAIL', 'no such address to listen on'],
    ['EMFILE', 'cannot listen on port'],
  ])('says what to do about %s', async (code, advice) => {
    const port = await freePort();
    vi.spyOn(Server.prototype, 'listen').mockImplementationOnce(function (this: Server) {
      queueMicrotask(() => this.emit('error', Object.assign(new Error(`listen ${code}`), { code })));
      return this;
    });
    const listener = new SharedListener(port, undefined, greeting);
    await expect(done(listener.opened())).rejects.toMatchObject({
      message: expect.stringContaining(advice),
      cause: { code },
    });
    await done(listener.closed());
  });

  it('has nothing to close that was never opened', async () => {
    expect(await done(new SharedListener(1, undefined, greeting).closed())).toEqual([]);
  });
});

describe('what cannot be listened at is refused at the call', () => {
  it.each([
    ['http01Server', http01Server],
    ['tlsAlpn01Server', tlsAlpn01Server],
  ])('%s', (name, make) => {
    const message = `${name}: options must be an object, and port a port: { port: 8080 }`;
    for (const options of [5002, '5002', { port: '80' }, { port: -1 }, { port: 65_536 }, { port: 1.5 }, { port: NaN }])
      expect(() => make(options as never), JSON.stringify(options)).toThrow(new TypeError(message));
    for (const options of [undefined, {}, { port: 0 }, { port: 65_535 }, { port: undefined }])
      expect(() => make(options)).not.toThrow();
  });
});
