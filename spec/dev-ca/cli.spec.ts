import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { Agent, get } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { usage } from '../../lib/dev-ca/command-line.js';
import { plainRequest } from '../support/http-request.js';
import { builtCommand, command } from './support/command.js';

let built: Awaited<ReturnType<typeof builtCommand>>;
const folder = mkdtempSync(join(tmpdir(), 'rxacme-dev-ca-'));
beforeAll(async () => {
  built = await builtCommand();
});
afterAll(() => {
  built.remove();
  rmSync(folder, { recursive: true });
});

const run = (...args: string[]) => command(built.file, args, folder);

/** Runs it until it says where its directory is. */
async function started(...args: string[]) {
  const running = run('--port', '0', ...args);
  await expect.poll(() => running.printed.stdout, { timeout: 20_000 }).toMatch(/directory {2}https:.*\n/);
  const [, directoryUrl = ''] = /directory {2}(.*)\n/.exec(running.printed.stdout) ?? [];
  return { ...running, directoryUrl };
}

describe('rxacme-dev-ca', () => {
  it('says what it is, serves, and ends when it is asked to, whoever is connected', async () => {
    const { directoryUrl, printed, child, ended } = await started('--root-out', 'root.pem');
    expect(printed.stdout).toMatch(/for development and tests.*\ntrust its root in tests only/);
    expect(printed.stdout).toMatch(/root {7}root\.pem\n/);
    const ca = readFileSync(join(folder, 'root.pem'), 'utf8');
    const agent = new Agent({ keepAlive: true, ca });
    onTestFinished(() => agent.destroy());
    const status = await new Promise((resolve, reject) => {
      get(directoryUrl, { agent, headers: { 'user-agent': 'spec' } }, (response) => {
        response.resume().on('end', () => resolve(response.statusCode));
      }).on('error', reject);
    });
    expect(status).toBe(200);
    child.kill('SIGINT');
    expect(await ended).toEqual({ code: 0, signal: null });
    expect(printed.stderr).toBe('');
  });

  it('ends on SIGTERM, and says where the root is where it is in no file', async () => {
    const { printed, directoryUrl, child, ended } = await started();
    expect(printed.stdout).toContain(directoryUrl.replace('/directory', '/root.pem'));
    child.kill('SIGTERM');
    expect(await ended).toEqual({ code: 0, signal: null });
  });

  it('prints its usage', async () => {
    const { ended, printed } = run('--help');
    expect(await ended).toEqual({ code: 0, signal: null });
    expect(printed).toEqual({ stdout: usage, stderr: '' });
  });

  it.each([
    [['--porto', '1'], /^rxacme-dev-ca: Unknown option '--porto'/],
    [['--http-port', '0'], /^rxacme-dev-ca: --http-port must be a whole number from 1 to 65535, found 0\n$/],
    [['--port', '0', '--root-out', 'no/such/folder.pem'], /^rxacme-dev-ca: ENOENT: .*no\/such\/folder\.pem/],
  ])('says what is wrong with %j, and ends', async (args, message) => {
    const { ended, printed } = run(...args);
    expect(await ended).toEqual({ code: 1, signal: null });
    expect(printed.stderr).toMatch(message);
    expect(printed.stdout).toBe('');
  });

  it('says so when the port is in use, and ends', async () => {
    const { directoryUrl } = await started();
    const { port } = new URL(directoryUrl);
    const { ended, printed } = run('--port', port);
    expect(await ended).toEqual({ code: 1, signal: null });
    expect(printed.stderr).toContain(`cannot listen on 127.0.0.1 port ${port}: the port is in use`);
    await expect(plainRequest(directoryUrl)).rejects.toThrow(/certificate/);
  });
});
