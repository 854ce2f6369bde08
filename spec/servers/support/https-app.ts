import { request } from 'node:https';
import { connect as connectHttp2, createSecureServer, type Http2SecureServer } from 'node:http2';
import { once } from 'node:events';
import { onTestFinished } from 'vitest';
import { makeServerCertificate } from '../../support/server-certificate.js';

/** An HTTPS server of an application, for HTTP/2 and HTTP/1.1, with a certificate of its own for localhost. */
export interface HttpsApp {
  readonly server: Http2SecureServer;
  readonly caPem: string;
  /** One request on a connection of its own: what came back, and by which protocol. */
  get(protocol: 'h2' | 'http/1.1'): Promise<string>;
  close(): Promise<void>;
}

/** Starts it on 127.0.0.1; stopped when the spec is over. */
export async function startHttpsApp(port: number): Promise<HttpsApp> {
  const { caPem, certificatePem, keyPem } = await makeServerCertificate();
  const server = createSecureServer({ cert: certificatePem, key: keyPem, allowHTTP1: true }, (incoming, response) => {
    response.end(`hello by ${incoming.httpVersion}`);
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const close = async () => {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    await closed;
  };
  onTestFinished(close);
  return { server, caPem, close, get: (protocol) => (protocol === 'h2' ? overHttp2 : overHttp1)(port, caPem) };
}

const overHttp1 = (port: number, ca: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port, servername: 'localhost', ca, agent: false, ALPNProtocols: ['http/1.1'] };
    const outgoing = request(options, (incoming) => {
      let text = '';
      incoming.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      incoming.on('end', () => resolve(text)).on('error', reject);
    });
    outgoing.on('error', reject).end();
  });

const overHttp2 = (port: number, ca: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const session = connectHttp2(`https://localhost:${String(port)}`, { ca, host: '127.0.0.1' });
    session.on('error', reject);
    const stream = session.request({ ':path': '/' });
    let text = '';
    stream.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    stream.on('error', reject).on('end', () => {
      session.close();
      resolve(text);
    });
  });
