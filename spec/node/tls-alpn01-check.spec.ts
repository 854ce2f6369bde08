import { once } from 'node:events';
import { type AddressInfo, createServer as createNetServer, type Server, type Socket } from 'node:net';
import { createServer } from 'node:tls';
import { firstValueFrom, from } from 'rxjs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { tlsAlpn01Check } from '../../lib/node/tls-alpn01-check.js';
import { tlsAlpn01Server } from '../../lib/node/tls-alpn01-server.js';
import type { ChallengeTask } from '../../lib/model/ports.js';
import type { SelfCheckLook } from '../../lib/solvers/self-check.js';
import { covers } from '../support/covers.js';
import { done } from '../support/done.js';
import { freePort } from '../support/free-port.js';
import { hasIpv6, withIpv6 } from '../support/ipv6.js';
import { makeServerCertificate } from '../support/server-certificate.js';
import { record } from '../support/virtual-time.js';
import { taskOf } from '../solvers/tasks.js';
import { alpnTask } from './tls-alpn.js';

covers('tlsAlpn01');

const look = (
  tlsPort: number,
  task: ChallengeTask,
  hosts: Record<string, string | string[]> = { '*': '127.0.0.1' },
): Promise<SelfCheckLook> => firstValueFrom(from(tlsAlpn01Check({ tlsPort, hosts })(task)));

async function port(server: Server): Promise<number> {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

describe('tlsAlpn01Check', () => {
  it(`passes where the certificate is right: a name and addresses, by ${withIpv6}`, async () => {
    const tlsPort = await freePort();
    const solver = tlsAlpn01Server({ port: tlsPort });
    const tasks = [
      alpnTask(),
      alpnTask('127.0.0.1', 'token', 'ip'),
      ...(hasIpv6 ? [alpnTask('::1', 'token', 'ip')] : []),
    ];
    for (const task of tasks) await done(solver.present(task));
    const hosts = { 'example.org': ['::1', '127.0.0.1'] };
    for (const task of tasks) expect(await look(tlsPort, task, hosts)).toEqual({ passed: true });
    const other = await look(tlsPort, alpnTask('example.org', 'other'), hosts);
    expect(other.found).toMatch(/^the certificate shown for example\.org has the digest [\da-f]{64} of another/);
    for (const task of tasks) await done(solver.cleanUp(task));
  });

  it('says what is there instead', async () => {
    const { certificatePem, keyPem } = await makeServerCertificate();
    const options = { cert: certificatePem, key: keyPem };
    const silent = createServer(options);
    expect((await look(await port(silent), alpnTask())).found).toContain('does not speak acme-tls/1');
    const other = createServer({ ...options, ALPNProtocols: ['h2'] }).on('tlsClientError', () => undefined);
    expect((await look(await port(other), alpnTask())).found).toContain('example.org at 127.0.0.1 port');
    const same = createServer({ ...options, ALPNProtocols: ['acme-tls/1'] });
    expect((await look(await port(same), alpnTask())).found).toContain('must have it as its only alternative name');
    expect((await look(await freePort(), alpnTask())).found).toContain('ECONNREFUSED');
  });

  it('cuts its connection when it is left', async () => {
    const silent = createNetServer();
    const accepted = once(silent, 'connection') as Promise<[Socket]>;
    const tlsPort = await port(silent);
    const looking = record(from(tlsAlpn01Check({ tlsPort, hosts: { '*': '127.0.0.1' } })(alpnTask())));
    const [socket] = await accepted;
    looking.unsubscribe();
    await once(socket.on('error', () => undefined).resume(), 'close');
    expect(looking).toMatchObject({ values: [], isComplete: false });
  });

  it('passes what it knows nothing of', async () => {
    expect(await look(1, taskOf({ type: 'http-01' }))).toEqual({ passed: true });
  });
});
