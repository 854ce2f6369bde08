import { once } from 'node:events';
import { connect, createServer, Server } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { firstValueFrom, from } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ChallengeSolver, ChallengeTask } from '../../lib/model/ports.js';
import { tlsAlpn01Server } from '../../lib/node/tls-alpn01-server.js';
import { generateCertificateKey } from '../../lib/x509/certificate-key.js';
import { covers } from '../support/covers.js';
import { done } from '../support/done.js';
import { freePort } from '../support/free-port.js';
import { hasIpv6, withIpv6 } from '../support/ipv6.js';
import { listens } from '../support/listens.js';
import { record } from '../support/virtual-time.js';
import { alpnTask, faultOf, shown } from './tls-alpn.js';

covers('tlsAlpn01');

let port: number;
let solver: ChallengeSolver;
const presented: ChallengeTask[] = [];

beforeEach(async () => {
  port = await freePort();
  solver = tlsAlpn01Server({ port, host: '127.0.0.1' });
});
afterEach(async () => {
  vi.restoreAllMocks();
  for (const task of presented.splice(0)) await done(solver.cleanUp(task));
  expect(await isListening()).toBe(false);
});

const present = async (task: ChallengeTask) => {
  presented.push(task);
  expect(await done(solver.present(task))).toEqual([]);
};

const isListening = () => listens(port);

describe('tlsAlpn01Server', () => {
  it('shows each name its certificate, whatever the letter case', async () => {
    const tasks = [alpnTask('a.example', 'a'), alpnTask('b.example', 'b'), alpnTask('127.0.0.1', 'c', 'ip')];
    await Promise.all(tasks.map(present));
    expect(await faultOf(port, 'a.example', tasks[0]!)).toBeUndefined();
    expect(await faultOf(port, 'B.example', tasks[1]!)).toBeUndefined();
    expect(await faultOf(port, '1.0.0.127.in-addr.arpa', tasks[2]!)).toBeUndefined();
  });

  it('shows it by TLS 1.2 too, and by nothing older', async () => {
    await present(alpnTask());
    for (const version of ['TLSv1.2', 'TLSv1.3'] as const)
      expect(await shown(port, 'example.org', { minVersion: version, maxVersion: version })).toHaveProperty('der');
    const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT:@SECLEVEL=0' } as const;
    expect(await shown(port, 'example.org', old)).toHaveProperty('error');
  });

  it.each([
    ['another name', 'other.example', {}],
    ['no name', '', {}],
    ['another protocol', 'example.org', { ALPNProtocols: ['h2'] }],
    ['no protocol', 'example.org', { ALPNProtocols: undefined }],
  ])('shows nothing to who asks for %s', async (_, name, options) => {
    await present(alpnTask());
    expect(await shown(port, name, options)).not.toHaveProperty('der');
  });

  it('ends the connection after the handshake', async () => {
    await present(alpnTask());
    const options = { host: '127.0.0.1', port, servername: 'example.org', ALPNProtocols: ['acme-tls/1'] };
    const socket = connectTls({ ...options, rejectUnauthorized: false });
    await once(socket.resume(), 'end');
  });

  it('survives what is not TLS, and who leaves early', async () => {
    await present(alpnTask());
    for (const bytes of ['GET / HTTP/1.1\r\n\r\n', '\x16\x03\x01\x00\x05\x02\x00\x00\x00\x00', '']) {
      const socket = connect(port, '127.0.0.1');
      socket.on('error', () => undefined).resume();
      socket.end(Buffer.from(bytes, 'latin1'));
      await once(socket, 'close');
    }
    expect(await faultOf(port, 'example.org', alpnTask())).toBeUndefined();
  });

  it('listens once for many, from present until the last is withdrawn', async () => {
    const listen = vi.spyOn(Server.prototype, 'listen');
    expect(await isListening()).toBe(false);
    const tasks = ['a', 'b', 'c'].map((name) => alpnTask(`${name}.example`, name));
    await Promise.all(tasks.map(present));
    expect(listen).toHaveBeenCalledTimes(1);
    await done(solver.cleanUp(tasks[0]!));
    expect(await shown(port, 'a.example')).toHaveProperty('error');
    expect(await faultOf(port, 'b.example', tasks[1]!)).toBeUndefined();
    await done(solver.cleanUp(tasks[1]!));
    await done(solver.cleanUp(tasks[2]!));
    expect(await isListening()).toBe(false);
  });

  it('shows of two authorizations of one name the later one, then the one that is left', async () => {
    const [first, second] = [alpnTask('example.org', 'first'), alpnTask('example.org', 'second')];
    await present(first);
    await present(second);
    expect(await faultOf(port, 'example.org', second)).toBeUndefined();
    await done(solver.cleanUp(second));
    expect(await faultOf(port, 'example.org', first)).toBeUndefined();
  });

  it('keeps an authorization that two orders share until both are done', async () => {
    await present(alpnTask());
    await present(alpnTask());
    await done(solver.cleanUp(alpnTask()));
    expect(await faultOf(port, 'example.org', alpnTask())).toBeUndefined();
  });

  it('cuts connections that say nothing when it closes', async () => {
    await present(alpnTask());
    const socket = connect(port, '127.0.0.1').on('error', () => undefined);
    await once(socket, 'connect');
    await shown(port, 'example.org'); // By now the server knows of both.
    const closed = once(socket.resume(), 'close');
    await done(solver.cleanUp(alpnTask()));
    await closed;
  });

  it('leaves nothing when it is left at any moment, and cleanUp follows', async () => {
    for (let turns = 0; turns < 25; turns++) {
      const presenting = record(from(solver.present(alpnTask())));
      for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
      presenting.unsubscribe();
      await done(solver.cleanUp(alpnTask()));
      expect(await isListening()).toBe(false);
    }
  });

  it('leaves to the other what one of two, cut short, presented too', async () => {
    await present(alpnTask());
    const presenting = record(from(solver.present(alpnTask())));
    presenting.unsubscribe();
    await done(solver.cleanUp(alpnTask()));
    expect(await faultOf(port, 'example.org', alpnTask())).toBeUndefined();
  });

  it('is done at once with a clean-up without present', async () => {
    expect(await done(solver.cleanUp(alpnTask()))).toEqual([]);
  });

  it('shows the key that it is given, for as long as it is told', async () => {
    const key = await firstValueFrom(generateCertificateKey('P-256'));
    const own = tlsAlpn01Server({ port, host: '127.0.0.1', key, validityMs: 3_600_000 });
    await done(own.present(alpnTask()));
    const { der } = await shown(port, 'example.org');
    expect(der?.includes(Buffer.from(key.publicKey))).toBe(true);
    await done(own.cleanUp(alpnTask()));
  });

  it('errors with what the key errors with, and can be tried again', async () => {
    const key = await firstValueFrom(generateCertificateKey('P-256'));
    const sign = vi.fn(key.sign.bind(key)).mockImplementationOnce(() => Promise.reject(new Error('HSM is locked')));
    const own = tlsAlpn01Server({
      port,
      host: '127.0.0.1',
      key: { ...key, publicKey: key.publicKey, keyType: key.keyType, sign, exportPem: () => key.exportPem() },
    });
    await expect(done(own.present(alpnTask()))).rejects.toThrow('HSM is locked');
    await done(own.cleanUp(alpnTask()));
    await done(own.present(alpnTask()));
    await done(own.cleanUp(alpnTask()));
  });

  it(`listens by ${withIpv6} unless it is told where`, async () => {
    const everywhere = tlsAlpn01Server({ port });
    await done(everywhere.present(alpnTask()));
    for (const host of hasIpv6 ? ['127.0.0.1', '::1'] : ['127.0.0.1'])
      expect(await shown(port, 'example.org', { host })).toHaveProperty('der');
    await done(everywhere.cleanUp(alpnTask()));
  });

  it('says that the port is taken, and what to do', async () => {
    const other = createServer();
    await once(other.listen(port, '127.0.0.1'), 'listening');
    await expect(done(solver.present(alpnTask()))).rejects.toThrow(
      `port ${String(port)} is in use by another program: stop it`,
    );
    await done(solver.cleanUp(alpnTask()));
    other.close();
    await once(other, 'close');
  });

  it('refuses a wildcard and a task without a token', async () => {
    const { keyAuthorizationDigest: _, ...without } = alpnTask();
    await expect(done(solver.present(without))).rejects.toThrow('no token');
    await expect(done(solver.present({ ...alpnTask(), wildcard: true }))).rejects.toThrow('single host names');
  });
});
