import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { connect, type ConnectionOptions } from 'node:tls';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { readClientHello } from '../../lib/node/tls-alpn01-client-hello.js';

/** What Node's own client says first. */
async function helloOf(options: ConnectionOptions): Promise<Buffer> {
  const server = createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const accepted = once(server, 'connection') as Promise<[Socket]>;
  const client = connect({ host: '127.0.0.1', port: (server.address() as AddressInfo).port, ...options });
  client.on('error', () => undefined);
  const [socket] = await accepted;
  const [bytes] = (await once(socket, 'data')) as [Buffer];
  client.destroy();
  socket.destroy();
  server.close();
  return bytes;
}

/** The same message in records of so many octets. */
function inRecords(hello: Buffer, octets: number): Buffer {
  const message = hello.subarray(5);
  const parts: Buffer[] = [];
  for (let at = 0; at < message.length; at += octets) {
    const part = message.subarray(at, at + octets);
    parts.push(Buffer.from([22, 3, 1, part.length >> 8, part.length & 255]), part);
  }
  return Buffer.concat(parts);
}

describe('readClientHello', () => {
  let hello: Buffer;
  beforeAll(async () => {
    hello = await helloOf({ servername: 'example.org', ALPNProtocols: ['acme-tls/1', 'h2'] });
  });

  it.each(['TLSv1.2', 'TLSv1.3'] as const)('reads name and protocols: Node’s client, %s', async (version) => {
    const options = { servername: 'a.example', minVersion: version, maxVersion: version };
    expect(readClientHello(await helloOf({ ...options, ALPNProtocols: ['acme-tls/1'] }))).toEqual({
      serverName: 'a.example',
      protocols: ['acme-tls/1'],
    });
    expect(readClientHello(await helloOf(options))).toEqual({ serverName: 'a.example', protocols: [] });
  });

  it('reads one without a name', async () => {
    expect(readClientHello(await helloOf({ ALPNProtocols: ['h2', 'http/1.1'] }))).toEqual({
      protocols: ['h2', 'http/1.1'],
    });
  });

  it('wants more for every part of one, and no more than it', () => {
    for (let end = 0; end < hello.length; end++) expect(readClientHello(hello.subarray(0, end))).toBe('partial');
    const whole = { serverName: 'example.org', protocols: ['acme-tls/1', 'h2'] };
    expect(readClientHello(hello)).toEqual(whole);
    expect(readClientHello(Buffer.concat([hello, Buffer.from('early data')]))).toEqual(whole);
  });

  it('reads one that is spread over records', () => {
    for (const octets of [1, 3, 100]) {
      const records = inRecords(hello, octets);
      expect(readClientHello(records)).toEqual({ serverName: 'example.org', protocols: ['acme-tls/1', 'h2'] });
      expect(readClientHello(records.subarray(0, -1))).toBe('partial');
    }
  });

  it('knows at once what is none', () => {
    for (const text of [
      'GET / HTTP/1.1\r\n',
      '\x15\x03\x01\x00\x02',
      '\x16\x02',
      '\x16\x03\x01\x00\x00',
      '\x16\x03\x01\xff\xff',
      '\x16\x03\x01\x00\x05\x02',
    ])
      expect(readClientHello(Buffer.from(text, 'latin1'))).toBeUndefined();
    expect(readClientHello(Buffer.from([22, 3, 1, 0, 4, 1, 255, 255, 255]))).toBeUndefined();
    expect(readClientHello(Buffer.alloc(70_000, 22))).toBeUndefined();
  });

  it('never throws, whatever is changed', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(hello.length - 1), fc.nat(255)), { maxLength: 6 }),
        fc.nat(hello.length),
        (changes, end) => {
          const bytes = Buffer.from(hello.subarray(0, end));
          for (const [at, octet] of changes) if (at < bytes.length) bytes[at] = octet;
          const read = readClientHello(bytes);
          if (read !== undefined && read !== 'partial') expect(Array.isArray(read.protocols)).toBe(true);
        },
      ),
      { numRuns: 500 },
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        readClientHello(Buffer.from(bytes));
      }),
    );
  });
});
