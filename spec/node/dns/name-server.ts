import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { freePort } from '../../support/free-port.js';

/** What came to a {@link nameServer}. */
export interface Query {
  readonly bytes: Buffer;
  readonly transport: 'udp' | 'tcp';
  /** How many came before. */
  readonly index: number;
}

/** A name server on loopback that answers with any octets at all, or with several datagrams, or not. */
export async function nameServer(answer: (query: Query) => readonly Buffer[]) {
  const port = await freePort();
  const udp = createSocket('udp4');
  const queries: Query[] = [];
  const sockets = new Set<Socket>();
  const answered = (bytes: Buffer, transport: Query['transport']) => {
    const query = { bytes, transport, index: queries.length };
    queries.push(query);
    return answer(query);
  };
  udp.on('message', (bytes, { port: from, address }) => {
    for (const each of answered(bytes, 'udp')) udp.send(each, from, address);
  });
  const tcp = createServer((socket) => {
    sockets.add(socket.on('close', () => sockets.delete(socket)).on('error', () => undefined));
    let received = Buffer.alloc(0);
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      if (received.length < 2 || received.length < received.readUInt16BE(0) + 2) return;
      for (const each of answered(received.subarray(2), 'tcp')) socket.write(each);
    });
  });
  udp.bind(port, '127.0.0.1');
  await once(udp, 'listening');
  await once(tcp.listen(port, '127.0.0.1'), 'listening');
  onTestFinished(() => {
    udp.close();
    tcp.close();
    for (const socket of sockets) socket.destroy();
  });
  return { server: { host: '127.0.0.1', port, label: `127.0.0.1:${port}` }, queries, open: () => sockets.size };
}

/** With the length in front that TCP wants. */
export const framed = (message: Buffer, length = message.length): Buffer => {
  const front = Buffer.alloc(2);
  front.writeUInt16BE(length);
  return Buffer.concat([front, message]);
};

/** Sockets and timers of this process. */
export const held = (): readonly string[] =>
  process.getActiveResourcesInfo().filter((each) => /UDP|TCPSocket|TCPConnect|Timeout|GetAddr/.test(each));

/**
 * What is held when what earlier specs left is gone, and the timer by which the runner reports that a test has begun,
 * which ends only while the test is under way.
 */
export async function settled(): Promise<readonly string[]> {
  let last = held();
  for (let turns = 0; turns < 300; turns++) {
    await new Promise((resolve) => setImmediate(resolve));
    if (held().length !== last.length || held().includes('Timeout')) [last, turns] = [held(), 0];
  }
  return held();
}

/** Waits without a timer. */
export async function until(holds: () => boolean, turns = 100_000): Promise<void> {
  for (let turn = 0; turn < turns && !holds(); turn++) await new Promise((resolve) => setImmediate(resolve));
}
