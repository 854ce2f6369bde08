import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { ignoreElements, lastValueFrom, takeWhile } from 'rxjs';
import { expect, it, onTestFinished } from 'vitest';
import { type ChallengeSolver, type IssuanceEvent, obtainCertificate, withSelfCheck } from '../../lib/index.js';
import {
  http01Check,
  http01Files,
  http01Server,
  tlsAlpn01Check,
  tlsAlpn01Files,
  tlsAlpn01Hook,
  tlsAlpn01Server,
} from '../../lib/node/index.js';
import type { Pebble } from '../support/pebble.js';
import { describeWithPebble } from '../support/with-pebble.js';
import { openAccount, quickPoll } from './support/client.js';
import { isFree } from './support/free.js';

/** A solver, and whether anything is left of its work. */
interface Left {
  readonly solver: ChallengeSolver;
  readonly isClean: () => boolean | Promise<boolean>;
}

const folder = () => {
  const made = mkdtempSync(join(tmpdir(), 'rxacme-left-'));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return { made, isClean: () => readdirSync(made).length === 0 };
};

const kinds: Record<string, (pebble: Pebble) => Promise<Left> | Left> = {
  http01Server: ({ httpPort }) => ({ solver: http01Server({ port: httpPort }), isClean: () => isFree(httpPort) }),
  http01Files: () => {
    const { made: webRoot, isClean } = folder();
    return { solver: http01Files({ webRoot }), isClean };
  },
  tlsAlpn01Server: ({ tlsPort }) => ({ solver: tlsAlpn01Server({ port: tlsPort }), isClean: () => isFree(tlsPort) }),
  tlsAlpn01Hook: async ({ tlsPort }) => {
    const server = createTlsServer();
    await once(server.listen(tlsPort, '127.0.0.1'), 'listening');
    onTestFinished(() => void server.close());
    return { solver: tlsAlpn01Hook(server), isClean: () => !Object.hasOwn(server, 'emit') };
  },
  tlsAlpn01Files: () => {
    const { made: directory, isClean } = folder();
    const reload = () => new Promise((resolve) => setImmediate(resolve));
    return { solver: tlsAlpn01Files({ directory, reload }), isClean };
  },
};

const moments: readonly IssuanceEvent['type'][] = [
  'authorization-pending',
  'challenge-presented',
  'challenge-answered',
];

describeWithPebble('an order that is left', {}, (get) => {
  it.each(Object.keys(kinds).flatMap((kind) => moments.map((moment) => [kind, moment] as const)))(
    '%s leaves nothing behind: at %s',
    async (kind, moment) => {
      const pebble = get();
      const { solver, isClean } = await (kinds[kind] as (typeof kinds)[string])(pebble);
      const hosts = { '*': '127.0.0.1' };
      const network = { httpPort: pebble.httpPort, tlsPort: pebble.tlsPort, hosts };
      const check = kind.startsWith('http') ? http01Check(network) : tlsAlpn01Check(network);
      // Files alone are served by nobody here: their check waits until it is left.
      const checked = kind.endsWith('Files') && moment === 'challenge-answered' ? solver : withSelfCheck(solver, check);
      const identifiers = Array.from({ length: 4 }, (_, index) => `n${String(index)}.${kind.toLowerCase()}.left.test`);
      const options = { identifiers, solvers: [checked], poll: quickPoll };
      const left$ = obtainCertificate(await openAccount(pebble), options).pipe(
        takeWhile(({ type }) => type !== moment),
      );
      await lastValueFrom(left$.pipe(ignoreElements()), { defaultValue: undefined });
      await expect.poll(isClean, { timeout: 10_000 }).toBe(true);
    },
  );
});
