import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { connect } from 'node:tls';
import { firstValueFrom, lastValueFrom, toArray } from 'rxjs';
import { type AcmeAccount, acmeSession, closeSession, generateSigner, newAccount, obtainCertificate } from 'rxacme';
import { type DevCa, startDevCa } from 'rxacme/dev-ca';
import { nodeTransport } from 'rxacme/node';
import { fakeCa, testAccount, virtualTime } from 'rxacme/testing';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { acme, acmeFirst, acmeHook, certificateFor, handle } from '../../samples/solvers/existing-app.js';
import { renewInPlace } from '../../samples/solvers/existing-https.js';
import { atTerminal } from '../../samples/solvers/terminal.js';
import { obtainByFiles } from '../../samples/solvers/web-root.js';
import { freePort } from '../support/free-port.js';
import { plainRequest } from '../support/http-request.js';
import { makeServerCertificate } from '../support/server-certificate.js';
import { record } from '../support/virtual-time.js';

describe('the samples for solvers, at a development CA that validates for real', () => {
  let ca: DevCa;
  let account: AcmeAccount;
  let [httpPort, tlsPort] = [0, 0];
  let stop: () => void;

  beforeAll(async () => {
    [httpPort, tlsPort] = [await freePort(), await freePort()];
    ca = await new Promise<DevCa>((resolve, reject) => {
      const running = startDevCa({ httpPort, tlsPort, hosts: { '*': '127.0.0.1' } }).subscribe({
        next: resolve,
        error: reject,
      });
      stop = () => running.unsubscribe();
    });
    const { directoryUrl, rootPem } = ca;
    const session = acmeSession({ directoryUrl, transport: nodeTransport({ ca: rootPem }) });
    const signer = await firstValueFrom(generateSigner());
    account = await firstValueFrom(newAccount(session, { signer, termsOfServiceAgreed: true }));
  });
  afterAll(() => {
    closeSession(account.session);
    stop();
  });

  const serve = async (listener: RequestListener, port = httpPort) => {
    const server = createServer(listener);
    await once(server.listen(port, '127.0.0.1'), 'listening');
    return async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    };
  };

  /** Each framework's way to call a middleware. */
  const frameworks: Record<string, RequestListener> = {
    Express: (request, response) => acme(request, response, () => response.end('own')),
    Fastify: (request, response) => {
      const reply = { raw: response, hijack: () => undefined };
      acmeHook({ raw: request }, reply, () => response.end('own'));
    },
    Koa: (request, response) => {
      void acmeFirst({ req: request, res: response }, () => Promise.resolve(response.end('own')));
    },
  };

  it.each(Object.entries(frameworks))('an application of %s', async (name, listener) => {
    const close = await serve(listener);
    const { certificate } = await firstValueFrom(certificateFor(account, `${name.toLowerCase()}.example`));
    expect(certificate.leaf.identifiers).toEqual([{ type: 'dns', value: `${name.toLowerCase()}.example` }]);
    expect((await plainRequest(`http://127.0.0.1:${String(httpPort)}/`)).body).toBe('own');
    await close();
    expect(handle({ method: 'GET', url: '/' }, { writeHead: () => undefined, end: () => undefined })).toBe(false);
  });

  it('an HTTPS server, which shows the new certificate afterwards', async () => {
    const { certificatePem, keyPem } = await makeServerCertificate();
    const server = createHttpsServer({ cert: certificatePem, key: keyPem });
    await once(server.listen(tlsPort, '127.0.0.1'), 'listening');
    onTestFinished(() => void server.close());
    await firstValueFrom(renewInPlace(account, server, 'https.example'));
    const { port } = server.address() as AddressInfo;
    const client = connect({ host: '127.0.0.1', port, servername: 'https.example', ca: ca.rootPem });
    await once(client, 'secureConnect');
    expect(client.authorized).toBe(true);
    client.destroy();
  });

  it('files for another web server', async () => {
    const webRoot = mkdtempSync(join(tmpdir(), 'rxacme-sample-'));
    onTestFinished(() => rmSync(webRoot, { recursive: true, force: true }));
    const close = await serve((request, response) => response.end(readFileSync(join(webRoot, request.url ?? ''))));
    const network = { httpPort, hosts: { '*': '127.0.0.1' } };
    const events$ = obtainByFiles(account, ['a.files.example', 'b.files.example'], webRoot, network);
    const events = await lastValueFrom(events$.pipe(toArray()));
    expect(events.at(-1)?.type).toBe('certificate-issued');
    expect(readdirSync(webRoot)).toEqual([]);
    await close();
  });
});

describe('the sample for a terminal', () => {
  const run = async (said: string) => {
    const [input, output] = [new PassThrough(), new PassThrough()];
    let text = '';
    output.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    const order = { identifiers: ['a.example', '*.a.example'], solvers: [atTerminal(input, output)] };
    const ca = fakeCa();
    const going = lastValueFrom(obtainCertificate(testAccount(ca), order).pipe(toArray()));
    const outcome = going.then(
      (events) => events.at(-1)?.type,
      (error: unknown) => String(error),
    );
    input.write(`${said}\n`);
    return { outcome: await outcome, text };
  };

  it('shows every record, asks once, and says when it is over', async () => {
    const { outcome, text } = await run('yes');
    expect(outcome).toBe('certificate-issued');
    expect(text.match(/_acme-challenge\.a\.example\. {2}300 {2}IN {2}TXT/g)).toHaveLength(2);
    expect(text.match(/in place\?/g)).toHaveLength(1);
    expect(text.indexOf('in place?')).toBeGreaterThan(text.lastIndexOf('TXT'));
    expect(text.match(/not needed any more/g)).toHaveLength(2);
  });

  it('ends the order where the person says no', async () => {
    const { outcome, text } = await run('no');
    expect(outcome).toContain('was refused');
    expect(text.match(/not needed any more/g)).toHaveLength(2);
  });

  it('takes the question back when the order is left', () => {
    const [input, output] = [new PassThrough(), new PassThrough()];
    virtualTime(({ scheduler }) => {
      const account = testAccount(fakeCa({ scheduler }), { scheduler });
      const solvers = [atTerminal(input, output)];
      const recording = record(obtainCertificate(account, { identifiers: ['a.example'], solvers }));
      scheduler.flush();
      expect(input.listenerCount('end')).toBeGreaterThan(0);
      recording.unsubscribe();
      expect(input.listenerCount('data') + input.listenerCount('keypress')).toBe(0);
    });
  });
});
