import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { startFaultProxy } from '../../support/fault-proxy.js';
import { describeWithPebble } from '../../support/with-pebble.js';
import { isFree } from '../../servers/support/free.js';
import { pebbleOperations } from './over-proxy.js';

interface Report {
  /** Which request it was given up at, from 1. */
  readonly request: number;
  /** Whether it came to its end before that. */
  readonly isDone: boolean;
  readonly held: readonly string[];
  readonly detached: readonly string[];
  readonly sentLater: number;
}

interface Question {
  readonly id: number;
  readonly what: 'add' | 'remove' | 'begin' | 'ended' | 'closed';
  readonly name: string;
  readonly value: string;
  readonly request: number;
  readonly report: Report;
}

type Finding = Report & { readonly txt: readonly string[]; readonly httpPortIsFree: boolean; connections?: number };

const script = fileURLToPath(new URL('cancelled-child.mjs', import.meta.url));
const limitMs = 50_000;

describeWithPebble('an issuance over sockets that is unsubscribed at any request', {}, (get) => {
  it.each(['as it is sent', 'in flight', 'as its answer comes'])(
    '%s: no socket, timer, listener or record is left, and the process ends by itself',
    async (moment) => {
      const { directoryUrl, caPem, dns, httpPort } = get();
      const findings: Finding[] = [];
      const operations: string[] = [];
      const now = { request: 0, sent: 0, release: (): void => undefined };
      const proxy = await startFaultProxy({
        directoryUrl,
        caPem,
        operationOf: pebbleOperations(),
        newNoncePath: '/nonce-plz',
        onRequest: ({ operation }) => {
          if (++now.sent !== now.request) return undefined;
          operations.push(operation);
          if (moment !== 'in flight') return undefined;
          child.send({ isCut: true });
          return new Promise((resolve) => (now.release = resolve));
        },
      });
      const job = { directoryUrl, caPem: proxy.caPem, port: proxy.port, httpPort, moment };
      const child = fork(script, [JSON.stringify(job)], {
        execArgv: [],
        stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
      });
      const countConnections = async (): Promise<void> => {
        await expect
          .poll(proxy.open, { timeout: 3000 })
          .toBe(0)
          .catch(() => undefined);
        Object.assign(findings.at(-1) ?? {}, { connections: proxy.open() });
      };
      const answers: Record<Question['what'], (question: Question) => Promise<void> | void> = {
        add: ({ name, value }) => dns.addTxt(name, value),
        remove: ({ name, value }) => dns.removeTxt(name, value),
        begin: ({ request }) => void Object.assign(now, { request, sent: 0 }),
        ended: async ({ report }) => {
          const txt = dns.txt('_acme-challenge.one.test');
          findings.push({ ...report, txt, httpPortIsFree: await isFree(httpPort) });
          now.release();
        },
        closed: countConnections,
      };
      child.on('message', (question: Question) => {
        void Promise.resolve(answers[question.what](question)).then(() =>
          child.send({ id: question.id }, () => undefined),
        );
      });
      let stderr = '';
      child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
      const end = await new Promise((resolve) => {
        const timer = setTimeout(() => child.kill('SIGKILL'), limitMs);
        child.on('close', (code, signal) => {
          clearTimeout(timer);
          resolve({ code, signal, stderr });
        });
      });
      await countConnections();
      await proxy.close();

      expect(end).toEqual({ code: 0, signal: null, stderr: '' });
      expect(findings.at(-1)).toMatchObject({ isDone: true });
      expect(findings.map(({ request }) => request)).toEqual(findings.map((_, index) => index + 1));
      for (const finding of findings) {
        expect.soft(finding, `given up at request ${finding.request}`).toMatchObject({
          held: [],
          detached: [],
          sentLater: 0,
          txt: [],
          httpPortIsFree: true,
          connections: 0,
        });
      }
      console.info(`${moment}: given up ${findings.length - 1} times`);
      if (moment === 'in flight')
        expect(new Set(operations)).toEqual(
          new Set([
            'directory',
            'newNonce',
            'newAccount',
            'newOrder',
            'authorization',
            'challenge',
            'order',
            'finalize',
            'order, finalized',
            'certificate',
          ]),
        );
    },
  );
});
