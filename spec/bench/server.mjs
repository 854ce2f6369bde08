/**
 * What every case talks to: Pebble, which validates for real, behind a proxy with a latency, and an answer to every
 * http-01 challenge. The answer needs nothing from the client: it is the token and the thumbprint of the one account.
 */
import { createHash, generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { newAccount } from './clients/floor.mjs';
import { delayProxy } from './delay-proxy.mjs';
import { setTimeout } from 'node:timers';

const root = join(import.meta.dirname, '..', '..');
const cache = join(root, '.cache', 'bench');

/** What the specs start Pebble with is TypeScript. */
async function startPebble(options) {
  const outfile = join(cache, 'pebble.mjs');
  await build({
    entryPoints: [join(root, 'spec', 'support', 'pebble.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    logLevel: 'error',
  });
  const { startPebble: start } = await import(pathToFileURL(outfile).href);
  return start(options);
}

/** Answers every http-01 challenge of one account, `waitMs` later. */
async function responder(thumbprint) {
  const state = { waitMs: 0 };
  const server = createServer((request, response) => {
    const token = request.url.slice(request.url.lastIndexOf('/') + 1);
    setTimeout(() => response.end(`${token}.${thumbprint}`), state.waitMs);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return { port: server.address().port, setWait: (ms) => (state.waitMs = ms), close: () => server.close() };
}

/** A server that refuses so many of a hundred good nonces. */
export async function benchServer({ refused = 0 } = {}) {
  mkdirSync(cache, { recursive: true });
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const jwk = privateKey.export({ format: 'jwk' });
  const { crv, kty, x, y } = jwk;
  const thumbprint = createHash('sha256').update(JSON.stringify({ crv, kty, x, y })).digest('base64url');
  const answers = await responder(thumbprint);
  const pebble = await startPebble({
    httpPort: answers.port,
    env: { PEBBLE_WFE_NONCEREJECT: String(refused) },
  });
  const proxy = await delayProxy(Number(new URL(pebble.directoryUrl).port));
  const caFile = join(cache, `roots-${proxy.port}.pem`);
  writeFileSync(caFile, pebble.caPem);
  const directoryUrl = `https://127.0.0.1:${proxy.port}/dir`;
  const account = { jwk, accountUrl: '' };
  const register = async () => {
    account.accountUrl = await newAccount(directoryUrl, jwk, pebble.caPem);
  };
  await register();
  return {
    directoryUrl,
    caFile,
    account,
    proxy,
    setValidation: answers.setWait,
    resetCounts: () => (pebble.resetLog(), proxy.reset()),
    requests: () => pebble.requests(),
    restart: async () => {
      await pebble.restart();
      await register();
    },
    stop: async () => {
      proxy.close();
      answers.close();
      await pebble.stop();
      rmSync(caFile, { force: true });
    },
  };
}
