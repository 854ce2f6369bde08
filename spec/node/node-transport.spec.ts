import type { TLSSocket } from 'node:tls';
import { lastValueFrom } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { nodeTransport, type NodeTransportOptions } from '../../lib/node/node-transport.js';
import { makeServerCertificate } from '../support/server-certificate.js';
import { response, type WireAnswer, wireServer } from '../wire/wire-server.js';

const certificate = await makeServerCertificate();
const tls = { key: certificate.keyPem, cert: certificate.certificatePem };
const ask = async (options: NodeTransportOptions, origin: string) => {
  const transport = nodeTransport(options);
  try {
    return await lastValueFrom(transport({ method: 'GET', url: `${origin}/x`, headers: {}, maxResponseBytes: 1000 }));
  } finally {
    transport.close?.();
  }
};

describe('a client certificate', () => {
  const whoAsks: WireAnswer = (socket) => {
    const { subject } = (socket as TLSSocket).getPeerCertificate();
    socket.write(response(String(subject?.CN)));
  };
  const wanted = { ...tls, ca: certificate.caPem, requestCert: true };

  it('is shown to a server that wants one', async () => {
    const server = await wireServer(whoAsks, { ...wanted, rejectUnauthorized: false });
    const { body } = await ask({ ca: certificate.caPem, ...tls }, server.origin);
    expect(new TextDecoder().decode(body)).toBe('localhost');
  });

  it('that is missing is the error of the connection', async () => {
    const server = await wireServer(whoAsks, { ...wanted, rejectUnauthorized: true });
    await expect(ask({ ca: certificate.caPem }, server.origin)).rejects.toThrow();
    expect(server.requests).toEqual([]);
  });
});

describe('the server', () => {
  it('is trusted by its root, and by its name', async () => {
    const server = await wireServer((socket) => socket.write(response()), tls);
    expect((await ask({ ca: certificate.caPem }, server.origin)).status).toBe(200);
    await expect(ask({}, server.origin)).rejects.toThrow(
      /certificate.*: give the root of this authority by nodeTransport\(\{ ca \}\), or by NODE_EXTRA_CA_CERTS$/,
    );
    const asAnother = server.origin.replace('127.0.0.1', '127.0.0.2');
    await expect(ask({ ca: certificate.caPem, lookup: undefined }, asAnother)).rejects.toThrow();
  });

  it('may be asked without TLS', async () => {
    const server = await wireServer((socket) => socket.write(response()));
    expect((await ask({}, server.origin)).status).toBe(200);
  });
});

describe('a connection', () => {
  const request = (origin: string) => ({ method: 'GET', url: origin, headers: {}, maxResponseBytes: 1000 }) as const;

  it('that nobody uses is closed after a while', async () => {
    const server = await wireServer((socket) => socket.write(response()), tls);
    const transport = nodeTransport({ ca: certificate.caPem, timeout: 50 });
    await lastValueFrom(transport(request(server.origin)));
    await server.drained();
    transport.close?.();
  });

  it.each(['http', 'https'])('that waits for its answer is not: %s', async (protocol) => {
    const answer: WireAnswer = (socket) => setTimeout(() => socket.write(response('late')), 200);
    const server = await wireServer(answer, protocol === 'https' ? tls : undefined);
    const transport = nodeTransport({ ca: certificate.caPem, timeout: 50 });
    for (let each = 0; each < 2; each++) {
      const { body } = await lastValueFrom(transport(request(server.origin)));
      expect(new TextDecoder().decode(body)).toBe('late');
    }
    transport.close?.();
  });
});

describe('closing', () => {
  it('lets idle connections go, of every kind', async () => {
    const servers = [
      await wireServer((socket) => socket.write(response())),
      await wireServer((socket) => socket.write(response()), tls),
    ];
    const transport = nodeTransport({ ca: certificate.caPem });
    for (const { origin } of servers) {
      await lastValueFrom(transport({ method: 'GET', url: origin, headers: {}, maxResponseBytes: 1000 }));
    }
    transport.close?.();
    for (const server of servers) await server.drained();
  });
});
