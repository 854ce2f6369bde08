import { execFile } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { from, lastValueFrom, mergeMap, toArray } from 'rxjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startFaultProxy } from '../../support/fault-proxy.js';
import { running } from '../../dev-ca/support/running.js';

interface Killing {
  readonly event?: string;
  /** As the answer to it comes. */
  readonly request?: number;
}

interface Report {
  readonly types: readonly string[];
  readonly sent: number;
  readonly resumed: boolean;
  readonly chainPem: string;
  readonly hasKey: boolean;
}

const script = fileURLToPath(new URL('killed-child.mjs', import.meta.url));
const atATime = 3;

let folder = '';
let web: Server;

/** Serves each name out of a folder of its own. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rxacme-killed-'));
  web = createServer((request, response) => {
    const [name = ''] = (request.headers.host ?? '').split(':');
    readFile(join(folder, name.split('.').slice(-2).join('.'), 'web', request.url ?? '')).then(
      (content) => response.end(content),
      () => response.writeHead(404).end(),
    );
  });
  await once(web.listen(0, '127.0.0.1'), 'listening');
});

afterAll(async () => {
  web.close();
  web.closeAllConnections();
  await rm(folder, { recursive: true });
});

const filesIn = (path: string): readonly string[] =>
  existsSync(path)
    ? readdirSync(path, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => entry.name)
    : [];

/** What a journal holds; a file that begins with a dot is what a killed process had not finished. */
const entriesIn = (path: string): readonly string[] => filesIn(path).filter((name) => !name.startsWith('.'));

/** Starts a program until it ends: its report, or nothing where it was killed. */
const start = (job: object): Promise<{ report?: Report; signal: string | null | undefined; stderr: string }> =>
  new Promise((resolve) => {
    execFile(process.execPath, [script, JSON.stringify(job)], { timeout: 30_000 }, (error, stdout, stderr) => {
      const report = stdout === '' ? {} : { report: JSON.parse(stdout) as Report };
      resolve({ ...report, signal: error?.signal ?? (error === null ? null : undefined), stderr });
    });
  });

describe('a process that obtains a certificate from a development CA and is killed', () => {
  it(
    'resumes: the certificate arrives, one more order at most was made, nothing is left',
    { timeout: 150_000 },
    async () => {
      const { port: httpPort } = web.address() as AddressInfo;
      const devCa = await running({ httpPort, badNonceRate: 0.05, validationDelayMs: 20 });

      const runs = async (run: number, killAt: Killing | undefined) => {
        const base = `killed${run}.test`;
        const own = join(folder, base);
        const webRoot = join(own, 'web');
        await mkdir(webRoot, { recursive: true });
        const proxy = await startFaultProxy({
          directoryUrl: devCa.directoryUrl,
          caPem: devCa.rootPem,
          operationOf: (path) => path.split('/')[1] ?? '',
          newNoncePath: '/new-nonce',
        });
        const identifiers = [base, `www.${base}`];
        const { directoryUrl } = devCa;
        const job = { directoryUrl, caPem: proxy.caPem, port: proxy.port, folder: own, webRoot, identifiers };
        const first = await start({ ...job, killAt });
        const left = { web: filesIn(webRoot).length, journal: filesIn(join(own, 'journal')).length };
        const second = first.report === undefined ? await start(job) : first;
        const orders = proxy.requests.filter((each) => each.operation === 'new-order' && each.isCarriedOut).length;
        await proxy.close();
        return { run, killAt, first, left, second, orders, identifiers, own, webRoot };
      };

      const clean = await runs(0, undefined);
      expect(clean.first.stderr).toBe('');
      const { types, sent } = clean.first.report ?? { types: [], sent: 0 };
      expect(types.at(-1)).toBe('certificate-issued');
      const killings: Killing[] = [
        ...[...new Set(types)].map((event) => ({ event })),
        ...Array.from({ length: sent }, (_, index) => ({ request: index + 1 })),
      ];
      const all = await lastValueFrom(
        from(killings).pipe(
          mergeMap((killing, index) => runs(index + 1, killing), atATime),
          toArray(),
        ),
      );
      for (const { killAt, first, second, orders, identifiers, own, webRoot } of all) {
        const what = JSON.stringify(killAt);
        expect.soft([second.stderr, second.signal], what).toEqual(['', null]);
        expect.soft(second.report, what).toMatchObject({ hasKey: true });
        const names = new X509Certificate(second.report?.chainPem ?? '').subjectAltName ?? '';
        expect.soft(names.split(', ').sort(), what).toEqual(identifiers.map((name) => `DNS:${name}`).sort());
        expect.soft(orders, what).toBeLessThanOrEqual(2);
        expect.soft(filesIn(webRoot), what).toEqual([]);
        expect.soft(entriesIn(join(own, 'journal')), what).toEqual([]);
        expect.soft(first.report === undefined ? first.signal : 'SIGKILL', what).toBe('SIGKILL');
      }
      const killed = all.filter(({ first }) => first.report === undefined);
      expect(killed.length).toBeGreaterThan(new Set(types).size);
      console.info(
        [
          `killed ${killed.length} times: ${new Set(types).size} events, ${sent} requests`,
          `left behind ${killed.filter(({ left }) => left.web > 0).length} times, resumed ${killed.filter(({ second }) => second.report?.resumed).length} times`,
          `unfinished files left in ${all.filter(({ own }) => filesIn(own).some((name) => name.startsWith('.'))).length} folders`,
          `ordered once more ${killed.filter(({ orders }) => orders > 1).length} times`,
        ].join('; '),
      );
    },
  );
});
