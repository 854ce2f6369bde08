import { fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { IssuanceEvent, PollPace } from '../../../lib/index.js';
import type { Pebble } from '../../support/pebble.js';
import { repoRoot } from '../../support/repo-root.js';

/** When, after the event, the child unsubscribes. */
export type Moment = 'at once' | 'in the next turn' | 'a little later' | 'while the server is silent';

/** What a child does. */
export interface ChildJob {
  readonly identifiers: readonly string[];
  readonly challenge: 'http-01' | 'dns-01';
  /** Unsubscribe at the first event of this type. Default: never. */
  readonly cancelAt?: IssuanceEvent['type'];
  /** One certificate is begun for each, in a session of its own. */
  readonly moments: readonly Moment[];
  /** Whether the solver errors after it has removed its record. */
  readonly cleanUpFails?: boolean;
  readonly poll?: PollPace;
}

/** What a child tells of one certificate, when all is quiet again but its session is still open. */
export interface ChildReport {
  readonly moment: Moment;
  readonly events: readonly IssuanceEvent['type'][];
  /** What would still keep the child alive, its pipes excepted. */
  readonly held: readonly string[];
  /** The messages that `onDetachedError` got. */
  readonly detached: readonly string[];
}

export interface ChildEnd {
  /** 0 if the child ended by itself and without an error. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stderr: string;
}

/** What is done while the child lives. It goes on when the Promise resolves. */
export interface ChildWatch {
  /** One certificate is issued or given up, and all is quiet again. */
  readonly ended?: (report: ChildReport) => Promise<void> | void;
  /** The session of the last report was closed. */
  readonly closed?: () => Promise<void> | void;
  /** From now on the server must not answer, until `ended`. */
  readonly silence?: () => Promise<void> | void;
  /** Kills the child. */
  readonly abort?: AbortSignal;
}

interface Question {
  readonly id: number;
  readonly what: 'add' | 'remove' | 'ended' | 'closed' | 'silence';
  readonly name: string;
  readonly value: string;
  readonly report: ChildReport;
}

const script = fileURLToPath(new URL('issuance-child.mjs', import.meta.url));

const limitMs = 30_000;

/** Runs a job with the built package in a process of its own, which is killed if it has not ended after 30 s. */
export function runChild(pebble: Pebble, job: ChildJob, watch: ChildWatch): Promise<ChildEnd> {
  if (!existsSync(join(repoRoot, 'dist', 'index.js'))) throw new Error('the package is not built: npm run build');
  const { directoryUrl, caPem, httpPort, dns } = pebble;
  const child = fork(script, [JSON.stringify({ ...job, directoryUrl, caPem, httpPort })], {
    execArgv: [], // Not the test runner's.
    stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
  });
  const answers = {
    add: ({ name, value }: Question) => dns.addTxt(name, value),
    remove: ({ name, value }: Question) => dns.removeTxt(name, value),
    ended: ({ report }: Question) => watch.ended?.(report),
    closed: () => watch.closed?.(),
    silence: () => watch.silence?.(),
  };
  child.on('message', (question: Question) => {
    const { id, what } = question;
    const answer = (async () => answers[what](question))();
    answer.then(
      () => child.send({ id }, ignored),
      (error: unknown) => child.send({ id, error: String(error) }, ignored),
    );
  });
  let stderr = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  return new Promise((resolve, reject) => {
    const kill = () => child.kill('SIGKILL');
    const timer = setTimeout(kill, limitMs);
    watch.abort?.addEventListener('abort', kill);
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      watch.abort?.removeEventListener('abort', kill);
      resolve({ code, signal, stderr });
    });
  });
}

/** A child that is gone needs no answer. */
const ignored = (): void => undefined;
