import { execFile, spawn } from 'node:child_process';
import { X509Certificate, createPrivateKey } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { repoRoot } from '../support/repo-root.js';
import { describeWithPebble } from '../support/with-pebble.js';

const program = join(repoRoot, 'build/samples/obtain.js');

interface Run {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const run = (...args: string[]): Promise<Run> =>
  new Promise((resolve) => {
    execFile(process.execPath, [program, ...args], { timeout: 50_000 }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code ?? -1), stdout, stderr });
    });
  });

const mode = (file: string): number => statSync(file).mode & 0o777;

describeWithPebble('the obtain sample', { blocklist: ['blocked.example'] }, (pebble) => {
  let out: string;
  beforeEach(() => {
    out = mkdtempSync(join(tmpdir(), 'rxacme-obtain-'));
  });
  afterEach(() => {
    rmSync(out, { recursive: true, force: true });
  });

  const options = (...more: string[]): string[] => {
    const ca = join(out, 'ca.pem');
    writeFileSync(ca, pebble().caPem);
    const { directoryUrl, httpPort } = pebble();
    const files = ['--out', join(out, 'files'), '--ca-file', ca];
    return ['--directory', directoryUrl, '--http-port', String(httpPort), '--agree-tos', ...files, ...more];
  };
  const files = (): string[] => readdirSync(join(out, 'files')).sort();
  const file = (name: string): string => join(out, 'files', name);

  it('writes chain and key, and says for whom and until when', async () => {
    const { code, stdout } = await run(
      ...options('--domain', 'a.example', '--domain', '127.0.0.1', '--email', 'me@example.org'),
    );
    expect(stdout).toMatch(/^account created: /m);
    expect(stdout).toMatch(/^ +\d+\.\d\d s {2}challenge-answered +a\.example by http-01: processing$/m);
    expect(stdout).toMatch(/^ +\d+\.\d\d s {2}polled +ready$/m);
    const leaf = new X509Certificate(readFileSync(file('fullchain.pem')));
    expect(leaf.subjectAltName?.split(', ').sort()).toEqual(['DNS:a.example', 'IP Address:127.0.0.1']);
    expect(leaf.checkPrivateKey(createPrivateKey(readFileSync(file('privkey.pem'))))).toBe(true);
    expect(mode(file('privkey.pem'))).toBe(0o600);
    expect(mode(file('account.pem'))).toBe(0o600);
    expect(files()).toEqual(['account.pem', 'fullchain.pem', 'privkey.pem']);
    expect(stdout).toContain(`wrote ${file('fullchain.pem')}`);
    expect(stdout).toContain(`valid until ${new Date(leaf.validTo).toISOString()}`);
    expect(code).toBe(0);
  });

  it('uses the account key that is there, and another kind of certificate key', async () => {
    await run(...options('--domain', 'a.example'));
    const { stdout, code } = await run(...options('--domain', 'b.example', '--key-type', 'P-384'));
    expect(stdout).toMatch(/^account found: /m);
    expect(createPrivateKey(readFileSync(file('privkey.pem'))).asymmetricKeyDetails?.namedCurve).toBe('secp384r1');
    expect(code).toBe(0);
  });

  it('names what the CA refuses and leaves the old certificate alone', async () => {
    await run(...options('--domain', 'a.example'));
    const before = readFileSync(file('privkey.pem'), 'utf8') + readFileSync(file('fullchain.pem'), 'utf8');
    const { code, stderr } = await run(...options('--domain', 'blocked.example'));
    expect(stderr).toMatch(/rejectedIdentifier: .*blocked\.example/);
    expect(stderr).not.toMatch(/^ +at /m);
    expect(code).toBe(1);
    expect(readFileSync(file('privkey.pem'), 'utf8') + readFileSync(file('fullchain.pem'), 'utf8')).toBe(before);
    expect(files()).toEqual(['account.pem', 'fullchain.pem', 'privkey.pem']);
  });

  it('names every identifier whose challenge failed, and why', async () => {
    await pebble().dns.setServfail('down.example');
    await pebble().dns.setServfail('gone.example');
    const names = ['--domain', 'down.example', '--domain', 'gone.example', '--domain', 'fine.example'];
    const { code, stderr } = await run(...options(...names));
    expect(stderr).toMatch(/^down\.example \(http-01\): .*could not resolve.*<token>/m);
    expect(stderr).not.toContain('fine.example');
    expect(stderr).toMatch(/^gone\.example \(http-01\): .*could not resolve.*<token>/m);
    expect(code).toBe(1);
    expect(files()).toEqual(['account.pem']);
  });

  it('resumes an order after Ctrl-C', async () => {
    await pebble().dns.setServfail('slow.example');
    const child = spawn(process.execPath, [program, ...options('--domain', 'slow.example')]);
    let printed = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        printed += text;
      });
    child.stdout.on('data', () => {
      if (printed.includes('order-created')) child.kill('SIGINT');
    });
    const code = await new Promise((resolve) => child.once('close', resolve));
    expect(code).toBe(130);
    const orderUrl = /--resume (\S+)/.exec(printed)?.[1] ?? 'none';
    await pebble().dns.setServfail('slow.example', false);
    const resumed = await run(...options('--resume', orderUrl));
    expect(resumed.stdout + resumed.stderr).toMatch(/order-created +\w+, \S+ \(resumed\)/);
  });

  it.each([
    [['--frob'], /--frob/],
    [['--key-type', 'P-999'], /--key-type must be one of/],
    [['--http-port', 'eighty'], /--http-port must be a port/],
    [['--domain', 'not a name'], /"not a name"/],
    [['--directory', 'https://ca.example/dir'], /--domain is missing/],
    [['--ca-file', '/does/not/exist'], /--ca-file holds no PEM certificate/],
    [['--email', 'no address'], /--email must be one plain address/],
    [['--domain', '*.example.org'], /http-01/],
    [['--resume', 'https://ca.example/order/1'], /--resume needs --directory/],
    [['--directory', 'http://ca.example/dir', '--domain', 'a.example'], /https:/],
  ])('refuses %j with one line and no stack', async (args, message) => {
    const { code, stderr } = await run('--out', join(out, 'files'), ...args);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/^ +at /m);
    expect(code).toBeGreaterThan(0);
    expect(readdirSync(out)).not.toContain('files/privkey.pem');
  });

  it('starts a CA of its own where none is named, and uses the certificate', async () => {
    const { code, stdout, stderr } = await run('--out', join(out, 'files'));
    expect(stderr).toBe('');
    expect(stdout).toMatch(/^development CA in this process, at https:\/\/127\.0\.0\.1:\d+\/directory/m);
    expect(stdout).toMatch(/^served https:\/\/rxacme\.example\/ with it: the client verified the chain and the name$/m);
    expect(files()).toEqual(['account.pem', 'fullchain.pem', 'privkey.pem']);
    expect(code).toBe(0);
  });

  it('says what to do about a CA whose own certificate is not trusted', async () => {
    const { directoryUrl } = pebble();
    const { code, stderr } = await run('--out', out, '--directory', directoryUrl, '--domain', 'a.example');
    expect(stderr).toContain('--ca-file');
    expect(code).toBe(1);
  });
});
