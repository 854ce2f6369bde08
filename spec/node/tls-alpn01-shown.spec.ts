import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, createServer as createNetServer, type Server, type Socket } from 'node:net';
import { createServer } from 'node:tls';
import { firstValueFrom } from 'rxjs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Unreachable } from '../../lib/node/self-check-network.js';
import { OtherProtocol, shownCertificate } from '../../lib/node/tls-alpn01-shown.js';
import { freePort } from '../support/free-port.js';
import { makeServerCertificate } from '../support/server-certificate.js';

const look = (port: number) =>
  firstValueFrom(shownCertificate({ address: '127.0.0.1', port, serverName: 'a.test', label: 'the server' }));
const failureOf = (port: number): Promise<unknown> => look(port).catch((error: unknown) => error);

async function portOf(server: Server): Promise<number> {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

describe('shownCertificate', () => {
  it('emits the certificate for the server name, whoever signed it', async () => {
    const { certificatePem: cert, keyPem: key } = await makeServerCertificate();
    const asked: string[] = [];
    const SNICallback = (name: string, answer: (error: null) => void) => {
      asked.push(name);
      answer(null);
    };
    const server = createServer({ cert, key, ALPNProtocols: ['h2', 'acme-tls/1'], SNICallback });
    const der = await look(await portOf(server));
    expect(Buffer.from(der)).toEqual(new X509Certificate(cert).raw);
    expect(asked).toEqual(['a.test']);
  });

  it('tells a server that cannot be reached, one that speaks no TLS and one that speaks another protocol', async () => {
    expect(await failureOf(await freePort())).toBeInstanceOf(Unreachable);
    const plain = createNetServer((socket: Socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    const broken = (await failureOf(await portOf(plain))) as Error;
    expect(broken).not.toBeInstanceOf(Unreachable);
    expect(broken.message).toMatch(/^the server at 127\.0\.0\.1 port \d+: /);
    expect(broken.cause).toBeInstanceOf(Error);
    const { certificatePem: cert, keyPem: key } = await makeServerCertificate();
    const other = await failureOf(await portOf(createServer({ cert, key })));
    expect(other).toBeInstanceOf(OtherProtocol);
    expect((other as Error).message).toMatch(/^the server at .*: the server does not speak acme-tls\/1$/);
  });
});
