import { createHash } from 'node:crypto';
import {
  concatMap,
  defer,
  EMPTY,
  firstValueFrom,
  from,
  NEVER,
  of,
  Subject,
  throwError,
  VirtualTimeScheduler,
} from 'rxjs';
import { describe, expect, it } from 'vitest';
import { AcmeAuthorizationError } from '../../lib/model/errors/authorization-error.js';
import { AcmeInputError } from '../../lib/model/errors/input-error.js';
import type { ChallengeTask } from '../../lib/model/ports.js';
import { tlsAlpn01, type TlsAlpnDeployment, type TlsAlpnName, tlsAlpnName } from '../../lib/solvers/tls-alpn01.js';
import { generateCertificateKey } from '../../lib/x509/certificate-key.js';
import { verifyTlsAlpnCertificate } from '../../lib/x509/tls-alpn-certificate.js';
import { covers } from '../support/covers.js';
import { done } from '../support/done.js';
import { record } from '../support/virtual-time.js';
import { obtainedInRealTime } from './at-fake-ca.js';
import { taskOf } from './tasks.js';

covers('tlsAlpn01');

const keyAuthorization = 'token.thumbprint';
const keyAuthorizationDigest = createHash('sha256').update(keyAuthorization).digest('base64url');
const task = (members: Partial<ChallengeTask> = {}) =>
  taskOf({ type: 'tls-alpn-01', keyAuthorization, keyAuthorizationDigest, ...members });
const ip = (value: string) => task({ identifier: { type: 'ip', value } });

describe('tlsAlpnName', () => {
  it.each([
    ['127.0.0.1', '1.0.0.127.in-addr.arpa'],
    ['2001:db8::1', '1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa'],
  ])('asks for the reverse name of an address (RFC 8738 §6): %s', (address, serverName) => {
    expect(tlsAlpnName(ip(address)).serverName).toBe(serverName);
  });

  it('refuses what the challenge cannot prove', () => {
    expect(() => tlsAlpnName(task({ wildcard: true }))).toThrow(AcmeInputError);
    expect(() => tlsAlpnName(task({ identifier: { type: 'email', value: 'a@example.org' } }))).toThrow(AcmeInputError);
    const { keyAuthorizationDigest: _, ...rest } = task();
    expect(() => tlsAlpnName(rest)).toThrow('no token');
  });
});

describe('tlsAlpn01', () => {
  it.each([task(), ip('127.0.0.1'), ip('2001:db8::1')])('deploys a certificate that proves the task', async (each) => {
    const deployed: TlsAlpnDeployment[] = [];
    const solver = tlsAlpn01({ deploy: (deployment) => of(deployed.push(deployment)), remove: () => EMPTY });
    await done(solver.present(each));
    expect(deployed).toMatchObject([tlsAlpnName(each)]);
    const [{ certificatePem, key }] = deployed as [TlsAlpnDeployment];
    expect(await firstValueFrom(verifyTlsAlpnCertificate(certificatePem, each))).toBeUndefined();
    expect(JSON.stringify(deployed)).not.toContain('PRIVATE');
    expect(await firstValueFrom(key.exportPem())).toContain('PRIVATE KEY');
  });

  it('uses the key and the validity that it is given', async () => {
    const key = await firstValueFrom(generateCertificateKey('P-384'));
    const deployed: TlsAlpnDeployment[] = [];
    const deploy = (deployment: TlsAlpnDeployment) => of(deployed.push(deployment));
    await done(tlsAlpn01({ deploy, remove: () => EMPTY, key, validityMs: 3_600_000 }).present(task()));
    expect(deployed[0]?.key).toBe(key);
  });

  it('removes by name, also without a deployment, and asks when it is ready', async () => {
    const calls: [string, TlsAlpnName][] = [];
    const noted = (what: string) => (name: TlsAlpnName) => of(calls.push([what, name]));
    const solver = tlsAlpn01({ deploy: () => EMPTY, remove: noted('remove'), ready: noted('ready') });
    await done(solver.ready?.(task()) ?? EMPTY);
    await done(solver.cleanUp(task()));
    const name = { identifier: task().identifier, serverName: 'example.org' };
    expect(calls).toEqual([
      ['ready', name],
      ['remove', name],
    ]);
    expect(tlsAlpn01({ deploy: () => EMPTY, remove: () => EMPTY })).not.toHaveProperty('ready');
  });

  it('deploys nothing when it is left while the certificate is made', async () => {
    let deployed = 0;
    const solver = tlsAlpn01({ deploy: () => of((deployed += 1)), remove: () => EMPTY });
    const left = record(from(solver.present(task())));
    left.unsubscribe();
    await done(
      defer(() => generateCertificateKey('P-256')).pipe(concatMap(() => new Promise((go) => setImmediate(go)))),
    );
    expect(deployed).toBe(0);
  });

  it('waits with the removal for a promise that cannot be stopped, and not for ever', async () => {
    const steps: string[] = [];
    const started$ = new Subject<void>();
    let open = () => undefined as void;
    const gate = new Promise<void>((resolve) => (open = resolve));
    const solver = tlsAlpn01({
      deploy: () => {
        started$.next();
        return gate.then(() => void steps.push('deployed'));
      },
      remove: () => of(steps.push('removed')),
    });
    const each = task();
    const left = record(from(solver.present(each)));
    await firstValueFrom(started$);
    left.unsubscribe();
    const cleaned = done(solver.cleanUp(each));
    open();
    await cleaned;
    expect(steps).toEqual(['deployed', 'removed']);
  });

  it('gives up on such a promise after ten seconds', async () => {
    const scheduler = new VirtualTimeScheduler();
    const removed: number[] = [];
    const started$ = new Subject<void>();
    const solver = tlsAlpn01({
      deploy: () => (started$.next(), new Promise<void>(() => undefined)),
      remove: () => of(removed.push(scheduler.now())),
      scheduler,
    });
    const each = task();
    const left = record(from(solver.present(each)));
    await firstValueFrom(started$);
    left.unsubscribe();
    const cleaned = record(from(solver.cleanUp(each)));
    expect(removed).toEqual([]);
    scheduler.flush();
    expect([cleaned.isComplete, scheduler.now(), removed.length]).toEqual([true, 10_000, 1]);
  });

  it('passes on what deploy throws or errors with', async () => {
    const failing = [
      () => throwError(() => new Error('no')),
      () => Promise.reject(new Error('no')),
      () => {
        throw new Error('no');
      },
    ];
    for (const deploy of failing) {
      await expect(done(tlsAlpn01({ deploy, remove: () => NEVER }).present(task()))).rejects.toThrow('no');
    }
  });
});

describe('tlsAlpn01 in an order', () => {
  const identifiers = ['a.example', '192.0.2.1'];

  it('proves a name and an address', async () => {
    const shown = new Set<string>();
    const solver = tlsAlpn01({
      deploy: ({ serverName }) => of(shown.add(serverName)),
      remove: ({ serverName }) => of(shown.delete(serverName)),
    });
    const { events, error } = await obtainedInRealTime({ ca: {}, order: { identifiers, solvers: [solver] } });
    expect([error, events.at(-1)?.type, shown.size]).toEqual([undefined, 'certificate-issued', 0]);
  });

  it('names whose deployment was refused, and removes that of the other', async () => {
    const removed: string[] = [];
    const solver = tlsAlpn01({
      deploy: ({ identifier }) => (identifier.type === 'ip' ? throwError(() => new Error('no such listener')) : EMPTY),
      remove: ({ serverName }) => of(removed.push(serverName)),
    });
    const { ca, error } = await obtainedInRealTime({ ca: {}, order: { identifiers, solvers: [solver] } });
    expect(error).toBeInstanceOf(AcmeAuthorizationError);
    expect(String(error)).toContain('192.0.2.1 (tls-alpn-01): the solver failed: no such listener');
    expect(removed.sort()).toEqual(['1.2.0.192.in-addr.arpa', 'a.example']);
    expect(ca.history.requests.some(({ operation }) => operation === 'challenge')).toBe(false);
  });
});
