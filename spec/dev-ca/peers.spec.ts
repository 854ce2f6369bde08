/** Clients that have nothing in common with rxacme get certificates from a development CA. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Agent } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it, onTestFinished } from 'vitest';
import type { DevCa } from '../../lib/dev-ca/index.js';
import { freePort } from '../support/free-port.js';
import { describeWith } from '../support/peer.js';
import { openssl } from '../x509/openssl.js';
import { dnsResponder } from './support/dns-responder.js';
import { acmeClient, lego } from './support/peers.js';
import { running } from './support/running.js';
import { webResponder } from './support/web-responder.js';

const verify = (root: string, chain: string, name: string) =>
  openssl(['verify', '-x509_strict', '-verify_hostname', name, '-CAfile', '@root', '-untrusted', '@chain', '@chain'], {
    root,
    chain,
  });
const macKey = Buffer.alloc(32, 7).toString('base64url');

// Vitest decides while it collects whether a suite is skipped, so it must be known by then.
const peers = { acmeClient: await acmeClient(), lego: await lego() };

describeWith('acme-client', peers.acmeClient, (get) => {
  /** A client with a new account key that trusts the CA and looks often. */
  async function clientOf({ directoryUrl, rootPem }: DevCa, options: object = {}) {
    const { Client, axios, crypto } = get();
    const httpsAgent = new Agent({ ca: rootPem });
    axios.defaults.httpsAgent = httpsAgent;
    onTestFinished(() => httpsAgent.destroy());
    const accountKey = await crypto.createPrivateEcdsaKey();
    return new Client({ directoryUrl, accountKey, backoffMin: 50, backoffMax: 500, ...options });
  }
  const fixed = { termsOfServiceAgreed: true, skipChallengeVerification: true, email: 'admin@example.org' };

  it('by http-01', async () => {
    const answers = new Map<string, string>();
    const { port: httpPort } = await webResponder(({ url = '' }, response) => response.end(answers.get(url)));
    const devCa = await running({ httpPort, termsOfService: 'https://ca.test/terms' });
    const client = await clientOf(devCa);
    const [, csr] = await get().crypto.createCsr({ altNames: ['example.org', 'www.example.org'] });
    const chain = await client.auto({
      ...fixed,
      csr,
      challengePriority: ['http-01'],
      challengeCreateFn: async (_, { token }, answer) => {
        answers.set(`/.well-known/acme-challenge/${token}`, answer);
      },
      challengeRemoveFn: async (_, { token }) => {
        answers.delete(`/.well-known/acme-challenge/${token}`);
      },
    });
    await verify(devCa.rootPem, chain, 'example.org');
    await verify(devCa.rootPem, chain, 'www.example.org');
    await client.revokeCertificate(chain, { reason: 4 });
    await expect(client.revokeCertificate(chain)).rejects.toThrow(/revoked/);
  });

  it('by dns-01, a wildcard too, with an external account and refused nonces', async () => {
    const { server, zone } = await dnsResponder();
    const values = (name: string) => (zone.get(name) as { txt: readonly string[] } | undefined)?.txt ?? [];
    const devCa = await running({ dnsServers: [server], externalAccounts: { mine: macKey }, badNonceRate: 0.2 });
    const externalAccountBinding = { kid: 'mine', hmacKey: macKey };
    const client = await clientOf(devCa, { externalAccountBinding });
    const [, csr] = await get().crypto.createCsr({ altNames: ['example.org', '*.example.org'] });
    const chain = await client.auto({
      ...fixed,
      csr,
      challengePriority: ['dns-01'],
      challengeCreateFn: async ({ identifier: { value } }, _, answer) => {
        const name = `_acme-challenge.${value}`;
        zone.set(name, { txt: [...values(name), answer] });
      },
      challengeRemoveFn: async () => undefined,
    });
    await verify(devCa.rootPem, chain, 'any.example.org');
    const strangers = await clientOf(devCa, { externalAccountBinding: { ...externalAccountBinding, kid: 'other' } });
    await expect(strangers.createAccount({})).rejects.toThrow(/external account/);
  });

  it('not where the answer is wrong, and then it is told why', async () => {
    const { port: httpPort } = await webResponder((_, response) => response.end('wrong'));
    const client = await clientOf(await running({ httpPort }));
    const [, csr] = await get().crypto.createCsr({ altNames: ['example.org'] });
    const challenges = { challengeCreateFn: async () => undefined, challengeRemoveFn: async () => undefined };
    await expect(client.auto({ ...fixed, csr, ...challenges })).rejects.toThrow(/the answer is "wrong"/);
  });
});

describeWith('lego', peers.lego, (get) => {
  /** Runs it with a folder of its own. Rejects with what it printed where it fails. */
  function legoOf({ directoryUrl, rootPem }: DevCa) {
    const folder = mkdtempSync(join(tmpdir(), 'rxacme-lego-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    writeFileSync(join(folder, 'root.pem'), rootPem);
    const env = { PATH: process.env['PATH'], LEGO_CA_CERTIFICATES: join(folder, 'root.pem') };
    const fixed = ['--server', directoryUrl, '--path', folder, '--email', 'admin@example.org', '--accept-tos'];
    return {
      run: (...args: string[]) => promisify(execFile)(get(), [...fixed, ...args], { env, timeout: 25_000 }),
      chain: (name: string) => readFileSync(join(folder, 'certificates', `${name}.crt`), 'utf8'),
    };
  }

  it('by http-01, and revokes', async () => {
    const httpPort = await freePort();
    const devCa = await running({ httpPort, termsOfService: 'https://ca.test/terms', retryAfterMs: 1000 });
    const { run, chain } = legoOf(devCa);
    const names = ['--domains', 'example.org', '--domains', 'www.example.org'];
    await run(...names, '--http', '--http.port', `127.0.0.1:${httpPort}`, 'run');
    await verify(devCa.rootPem, chain('example.org'), 'www.example.org');
    await run('--domains', 'example.org', 'revoke', '--keep');
    await expect(run('--domains', 'example.org', 'revoke', '--keep')).rejects.toThrow(/alreadyRevoked/);
  });

  it('by tls-alpn-01, with an external account', async () => {
    const tlsPort = await freePort();
    const devCa = await running({ tlsPort, externalAccounts: { mine: macKey }, outcomeInAnswer: true });
    const { run, chain } = legoOf(devCa);
    const account = ['--eab', '--kid', 'mine', '--hmac', macKey];
    await run(...account, '--domains', 'example.org', '--tls', '--tls.port', `127.0.0.1:${tlsPort}`, 'run');
    await verify(devCa.rootPem, chain('example.org'), 'example.org');
  });
});
