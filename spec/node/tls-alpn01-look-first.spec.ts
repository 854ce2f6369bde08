import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { lookFirst } from '../../lib/node/tls-alpn01-look-first.js';

/** The two ends of a connection. */
async function ends(): Promise<[Socket, Socket]> {
  const server = createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const accepted = once(server, 'connection') as Promise<[Socket]>;
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1').on('error', () => undefined);
  const [socket] = await accepted;
  onTestFinished(() => {
    client.destroy();
    socket.destroy();
    server.close();
  });
  return [client, socket];
}

/** Looks for a line that ends; what begins with `ours` is ours. */
const look = (bytes: Buffer) => (bytes.includes('\n') ? bytes.toString().startsWith('ours') : ('partial' as const));

const looking = (socket: Socket, patienceMs = 60_000) => {
  const undecided = new Set<() => void>();
  const decided = new Promise<boolean>((resolve) => lookFirst(socket, look, resolve, { undecided, patienceMs }));
  return { undecided, decided };
};

describe('lookFirst', () => {
  it.each([
    ['ours and more\nrest', true],
    ['other\nrest', false],
  ])('decides on %j, and puts every octet back', async (text, isOurs) => {
    const [client, socket] = await ends();
    const { decided, undecided } = looking(socket);
    for (const part of [text.slice(0, 3), text.slice(3)]) {
      client.write(part);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(await decided).toBe(isOurs);
    expect(undecided.size).toBe(0);
    expect(['readable', 'end', 'close'].map((event) => socket.listeners(event).length)).toEqual(
      (await ends())
        .slice(1)
        .flatMap((fresh) => ['readable', 'end', 'close'].map((event) => fresh.listeners(event).length)),
    );
    let read = '';
    socket.on('data', (chunk) => (read += chunk.toString()));
    client.end();
    await once(socket, 'end');
    expect(read).toBe(text);
  });

  it('looks at what somebody put back before', async () => {
    const [, socket] = await ends();
    socket.unshift(Buffer.from('ours\n'));
    expect(await looking(socket).decided).toBe(true);
    expect(await looking(socket).decided).toBe(true);
  });

  it('lets go who says too little, after a while or at once when told', async () => {
    const [, slow] = await ends();
    expect(await looking(slow, 1).decided).toBe(false);
    const [, told] = await ends();
    const { decided, undecided } = looking(told);
    for (const goOn of undecided) goOn();
    expect(await decided).toBe(false);
  });

  it('forgets who leaves before it is decided', async () => {
    const [client, socket] = await ends();
    const { undecided } = looking(socket);
    client.end('ou');
    await once(socket, 'close');
    expect(undecided.size).toBe(0);
  });
});
