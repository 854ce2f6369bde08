import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, it } from 'vitest';
import { repoRoot } from '../../support/repo-root.js';

const limitMs = 120_000;
const failureAgeMs = 300_000;
const cache = join(repoRoot, '.cache', 'peers');

/** A program of somebody else, or why it cannot be had. */
export type Peer<T> = { readonly peer: T; readonly version: string } | { readonly missing: string };

/** What the specs use of acme-client. It is not there when they are compiled. */
export interface AcmeClientModule {
  readonly Client: new (options: object) => {
    auto(options: {
      readonly csr: Buffer;
      readonly challengePriority?: readonly string[];
      readonly challengeCreateFn: AcmeClientCallback;
      readonly challengeRemoveFn: AcmeClientCallback;
    }): Promise<string>;
    createAccount(options: object): Promise<unknown>;
    revokeCertificate(chain: string, options?: object): Promise<void>;
  };
  readonly axios: { readonly defaults: { httpsAgent?: unknown } };
  readonly crypto: {
    createPrivateEcdsaKey(): Promise<Buffer>;
    createCsr(options: { readonly altNames: readonly string[] }): Promise<readonly [key: Buffer, csr: Buffer]>;
  };
}

type AcmeClientCallback = (
  authorization: { readonly identifier: { readonly value: string } },
  challenge: { readonly token: string },
  keyAuthorization: string,
) => Promise<unknown>;

/** acme-client for Node, installed apart from what rxacme itself depends on. */
export async function acmeClient(version = '5.4.0'): Promise<Peer<AcmeClientModule>> {
  const manifest = join(cache, 'node_modules', 'acme-client', 'package.json');
  const installed = () => existsSync(manifest) && readFileSync(manifest, 'utf8').includes(`"version": "${version}"`);
  const options = ['--no-save', '--no-audit', '--no-fund', '--ignore-scripts', '--prefix', cache];
  const install = () => run('npm', ['install', ...options, `acme-client@${version}`]);
  const reason = installed() ? undefined : await remembered('acme-client', install);
  if (!installed()) return { missing: `npm install acme-client@${version}: ${reason ?? 'it is not there'}` };
  return { peer: createRequire(manifest)('acme-client') as AcmeClientModule, version };
}

/** lego, from Debian; or the one that RXACME_LEGO_BIN names. The peer is the path of the program. */
export async function lego(): Promise<Peer<string>> {
  const given = process.env['RXACME_LEGO_BIN'];
  if (given !== undefined) return (await legoAt(given)) ?? { missing: `lego: ${given} does not run` };
  const found = async () => {
    for (const suite of ['sid', 'trixie', 'bookworm']) {
      const peer = await legoAt(join(cache, 'lego', suite, 'usr', 'bin', 'lego'));
      if (peer !== undefined) return peer;
    }
    return undefined;
  };
  const script = join(repoRoot, 'spec', 'dev-ca', 'support', 'get-debian-program.sh');
  const download = () => run('sh', [script, join(cache, 'lego'), 'lego', 'lego']);
  const there = await found();
  if (there !== undefined) return there;
  const reason = await remembered('lego', download);
  return (await found()) ?? { missing: `lego: ${reason ?? 'it is not there'}` };
}

async function legoAt(program: string): Promise<Peer<string> | undefined> {
  try {
    const { stdout } = await promisify(execFile)(program, ['--version'], { timeout: limitMs });
    return { peer: program, version: /version v?([\d.]+)/.exec(stdout)?.[1] ?? '' };
  } catch {
    return undefined;
  }
}

/**
 * A suite that needs a program of somebody else. Where that cannot be had the suite is skipped, says so in its title and
 * warns; with CI=true it fails instead.
 */
export function describeWith<T>(name: string, found: Peer<T>, body: (peer: T) => void): void {
  if ('peer' in found) {
    describe(`${name} ${found.version}`, () => body(found.peer));
  } else if (process.env['CI'] === 'true') {
    describe(name, () => {
      it('is there', () => {
        throw new Error(found.missing);
      });
    });
  } else {
    console.warn(`SKIPPED: ${found.missing}`);
    describe.skip(`${name} (skipped: it cannot be had here)`, () => {
      it('is there', () => undefined);
    });
  }
}

/** Why it failed, or undefined. What failed is not tried again for five minutes. */
async function remembered(name: string, work: () => Promise<string | undefined>): Promise<string | undefined> {
  mkdirSync(cache, { recursive: true });
  const file = join(cache, `${name}.failure`);
  const isYoung = Date.now() - (statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0) < failureAgeMs;
  if (isYoung) return readFileSync(file, 'utf8');
  const reason = await work();
  if (reason !== undefined) writeFileSync(file, reason);
  return reason;
}

/** The last lines of what a program printed, where it failed. */
async function run(program: string, args: readonly string[]): Promise<string | undefined> {
  try {
    await promisify(execFile)(program, args, { timeout: limitMs });
    return undefined;
  } catch (error) {
    const { stderr = '', message } = error as Error & { stderr?: string };
    return stderr.trim().split('\n').slice(-4).join(' | ') || message;
  }
}
