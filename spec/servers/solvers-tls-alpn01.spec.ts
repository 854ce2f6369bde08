import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer as createNetServer, type Server as NetServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSecureContext, createServer as createTlsServer } from 'node:tls';
import { firstValueFrom } from 'rxjs';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  type ChallengeSolver,
  generateCertificateKey,
  tlsAlpn01,
  type TlsAlpnDeployment,
  withSelfCheck,
} from '../../lib/index.js';
import { tlsAlpn01Check, tlsAlpn01Files, tlsAlpn01Hook, tlsAlpn01Server } from '../../lib/node/index.js';
import { covers } from '../support/covers.js';
import { hasIpv6, only6, withIpv6 } from '../support/ipv6.js';
import type { Pebble } from '../support/pebble.js';
import { describeWithPebble } from '../support/with-pebble.js';
import { verifyChain } from './support/chain.js';
import { issued, namesIn, obtain, openAccount } from './support/client.js';
import { isFree } from './support/free.js';
import { startHttpsApp } from './support/https-app.js';

const tenNames = (under: string) => Array.from({ length: 10 }, (_, index) => `n${String(index)}.${under}`);

describeWithPebble('tls-alpn-01 solvers at Pebble', {}, (get) => {
  covers('tlsAlpn01', 'ip');

  const issue = async (identifiers: readonly string[], solver: ChallengeSolver) => {
    const pebble = get();
    const events = await obtain(await openAccount(pebble), { identifiers, solvers: [solver] });
    expect(namesIn(events, 'challenge-presented')).toEqual(identifiers.map((name) => `${name} tls-alpn-01`).sort());
    await verifyChain(pebble, issued(events).certificate.chainPem, identifiers);
    return events;
  };
  const checked = (solver: ChallengeSolver, { tlsPort }: Pebble) =>
    withSelfCheck(solver, tlsAlpn01Check({ tlsPort, hosts: { '*': '127.0.0.1' } }), { firstMs: 20, timeoutMs: 10_000 });

  describe('a listener of its own', () => {
    it('one name, and the listener is gone', async () => {
      const pebble = get();
      await issue(['one.alpn.test'], tlsAlpn01Server({ port: pebble.tlsPort }));
      expect(await isFree(pebble.tlsPort)).toBe(true);
    });

    it('ten names at once, checked before the authority is told', async () => {
      const pebble = get();
      await issue(tenNames('alpn.test'), checked(tlsAlpn01Server({ port: pebble.tlsPort, host: '127.0.0.1' }), pebble));
      expect(await isFree(pebble.tlsPort)).toBe(true);
    });

    it(`IP addresses, by their reverse names: ${withIpv6} on one listener`, async () => {
      const pebble = get();
      await issue(['127.0.0.1', ...only6('::1')], tlsAlpn01Server({ port: pebble.tlsPort }));
    });

    it(`a name whose server is to be found by ${withIpv6}`, async () => {
      const pebble = get();
      if (hasIpv6) await pebble.dns.setA('six.alpn.test', '127.0.0.9'); // Nobody listens there.
      await pebble.dns.setAaaa('six.alpn.test', ...only6('::1'));
      await issue(['six.alpn.test'], tlsAlpn01Server({ port: pebble.tlsPort, host: hasIpv6 ? '::1' : '127.0.0.1' }));
    });

    it('a key of the caller’s', async () => {
      const pebble = get();
      const key = await firstValueFrom(generateCertificateKey('RSA-2048'));
      await issue(['key.alpn.test'], tlsAlpn01Server({ port: pebble.tlsPort, key }));
    });
  });

  describe('an HTTPS server that is there', () => {
    it('goes on answering HTTP/1.1 and HTTP/2 with its own certificate, and is as it was afterwards', async () => {
      const pebble = get();
      const app = await startHttpsApp(pebble.tlsPort);
      const seen: string[] = [];
      const solver = tlsAlpn01Hook(app.server);
      const asked = async () => {
        for (const protocol of ['h2', 'http/1.1'] as const) seen.push(await app.get(protocol));
      };
      const watched: ChallengeSolver = {
        ...solver,
        ready: asked, // After it is presented, and before and while the authority looks.
      };
      let isOver = false;
      const meanwhile = (async () => {
        while (!isOver) await asked();
      })();
      await issue(tenNames('hook.alpn.test'), watched);
      isOver = true;
      await meanwhile;
      expect(seen.length).toBeGreaterThan(20);
      expect(new Set(seen)).toEqual(new Set(['hello by 2.0', 'hello by 1.1']));
      expect(Object.hasOwn(app.server, 'emit')).toBe(false);
      expect(await app.get('h2')).toBe('hello by 2.0');
      await app.close();
    });

    it('for an IP address', async () => {
      const app = await startHttpsApp(get().tlsPort);
      await issue(['127.0.0.1'], tlsAlpn01Hook(app.server));
      await app.close();
    });

    it('of TLS alone, whose own names and protocols are other ones', async () => {
      const pebble = get();
      const server = createTlsServer({
        ALPNProtocols: ['own'],
        SNICallback: (_, done) => done(new Error('no such name')),
      });
      await once(server.listen(pebble.tlsPort, '127.0.0.1'), 'listening');
      await issue(['tls.alpn.test'], tlsAlpn01Hook(server));
      server.close();
      await once(server, 'close');
    });
  });

  describe('files of another server', () => {
    it('ten names: it serves what it finds there, and nothing is left', async () => {
      const pebble = get();
      const directory = mkdtempSync(join(tmpdir(), 'rxacme-alpn-'));
      onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
      const modes = new Set<number>();
      const front = fileServer(directory, modes);
      await once(front.listen(pebble.tlsPort, '127.0.0.1'), 'listening');
      onTestFinished(() => void front.close());
      let reloads = 0;
      const reload = () => [(reloads += 1)];
      await issue(tenNames('files.alpn.test'), checked(tlsAlpn01Files({ directory, reload }), pebble));
      expect(modes).toEqual(new Set([0o600]));
      expect(reloads).toBeGreaterThan(1);
      expect(readdirSync(directory)).toEqual([]);
    });

    it('told by a command', async () => {
      const pebble = get();
      const directory = mkdtempSync(join(tmpdir(), 'rxacme-alpn-'));
      onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
      const front = fileServer(directory, new Set());
      await once(front.listen(pebble.tlsPort, '127.0.0.1'), 'listening');
      onTestFinished(() => void front.close());
      const reload = [
        process.execPath,
        '-e',
        `require('node:fs').appendFileSync(${JSON.stringify(join(directory, 'reloads'))}, '.')`,
      ] as const;
      await issue(['command.alpn.test'], tlsAlpn01Files({ directory, reload }));
      expect(readdirSync(directory)).toEqual(['reloads']);
      expect(readFileSync(join(directory, 'reloads'), 'utf8')).toBe('..');
    });
  });

  it('functions of the caller’s: a name and an address', async () => {
    const pebble = get();
    const deployed = new Map<string, TlsAlpnDeployment & { readonly keyPem: string }>();
    const server = createTlsServer({
      ALPNProtocols: ['acme-tls/1'],
      SNICallback: (name, done) => {
        const found = deployed.get(name);
        done(null, found && createSecureContext({ cert: found.certificatePem, key: found.keyPem }));
      },
    });
    await once(server.listen(pebble.tlsPort, '127.0.0.1'), 'listening');
    onTestFinished(() => void server.close());
    const solver = tlsAlpn01({
      deploy: async (deployment) => {
        deployed.set(deployment.serverName, {
          ...deployment,
          keyPem: await firstValueFrom(deployment.key.exportPem()),
        });
      },
      remove: ({ serverName }) => [deployed.delete(serverName)],
    });
    await issue(['callback.alpn.test', '127.0.0.1'], checked(solver, pebble));
    expect(deployed.size).toBe(0);
  });
});

/** A server that reads what it shows from files, by name, as others do with a variable in their configuration. */
function fileServer(directory: string, modes: Set<number>): NetServer {
  const server = createTlsServer({
    ALPNProtocols: ['acme-tls/1'],
    SNICallback: (name, done) => {
      const keyFile = join(directory, `${name}.alpn.key`);
      modes.add(statSync(keyFile).mode & 0o777);
      done(
        null,
        createSecureContext({ cert: readFileSync(join(directory, `${name}.alpn.crt`)), key: readFileSync(keyFile) }),
      );
    },
  });
  return createNetServer((socket) => server.emit('connection', socket));
}
