/**
 * What a session keeps that is used for long: `node spec/bench/soak.mjs [CERTIFICATES] [SEED]`, 2 000 by default, from the
 * built package, one after another through one session, 8 at a time, at a development CA in a process of its own that
 * refuses one nonce in twenty, with random faults in front of it. Prints the time, the requests, the failures and the
 * memory after the first tenth, the first half and at the end, with the part of it that is what V8 compiled: that grows
 * for as long as V8 finds functions worth optimizing, and says nothing of what the session keeps. Ends with 1 where a
 * certificate did not come or memory beside it grew by more than 10 %.
 */
import { Buffer } from 'node:buffer';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString, writeHeapSnapshot } from 'node:v8';
import { runInNewContext } from 'node:vm';
import {
  catchError,
  concatMap,
  defer,
  EMPTY,
  lastValueFrom,
  map,
  mergeMap,
  NEVER,
  of,
  range,
  retry,
  tap,
  throwError,
  timer,
} from 'rxjs';
import {
  acmeSession,
  AcmeRateLimitedError,
  closeSession,
  generateSigner,
  newAccount,
  obtainCertificate,
  toCertificate,
} from 'rxacme';
import { nodeTransport } from 'rxacme/node';
import { startDevCa } from 'rxacme/dev-ca';

const atATime = 8;
const faultRate = 0.02;
const tries = 12;
const mostGrowth = 1.1;

/** The same numbers for the same seed. */
function randomNumbers(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const text = (status, body, headers = {}) =>
  of({ status, headers: { 'content-type': 'text/html', ...headers }, body: Buffer.from(body) });

const broken = (message) => throwError(() => new Error(message));

const faults = {
  'lost before': () => broken('connection refused'),
  'lost after': (next$) => next$.pipe(concatMap(() => broken('socket hang up'))),
  'never answered': () => NEVER,
  'carried out and never answered': (next$) => next$.pipe(concatMap(() => NEVER)),
  'HTTP 500': () => text(500, '<html>'),
  'HTTP 502': () => text(502, '<html>'),
  'HTTP 503 with Retry-After': () => text(503, '', { 'retry-after': '1' }),
  'HTTP 429 with Retry-After': () => text(429, '', { 'retry-after': '1' }),
  garbage: (next$) => next$.pipe(map((answer) => ({ ...answer, body: Uint8Array.of(0xff, 0x7b, 0) }))),
  'no nonce': (next$) =>
    next$.pipe(map((answer) => ({ ...answer, headers: { ...answer.headers, 'replay-nonce': '' } }))),
  late: (next$) => next$.pipe(concatMap((answer) => timer(150).pipe(map(() => answer)))),
};

if (process.argv[2] === 'ca') {
  startDevCa({ alwaysValid: true, badNonceRate: 0.05 }).subscribe(({ directoryUrl, rootPem }) =>
    process.send({ directoryUrl, rootPem }),
  );
  process.on('disconnect', () => process.exit());
} else await soak(Number(process.argv[2] ?? 2_000), Number(process.argv[3] ?? 1));

async function soak(certificates, seed) {
  const ca = fork(fileURLToPath(import.meta.url), ['ca']);
  const [{ directoryUrl, rootPem }] = await once(ca, 'message');
  const random = randomNumbers(seed);
  const seen = { requests: 0, faults: {}, failures: {}, done: 0, lost: 0 };
  const count = (list, name) => (list[name] = (list[name] ?? 0) + 1);
  const interceptor = (request, next) =>
    defer(() => {
      seen.requests++;
      if (random() >= faultRate) return next(request);
      const names = Object.keys(faults);
      const name = names[Math.floor(random() * names.length)];
      count(seen.faults, name);
      return faults[name](next(request));
    });
  const session = acmeSession({
    directoryUrl,
    transport: nodeTransport({ ca: rootPem }),
    interceptors: [interceptor],
    requestTimeoutMs: 1_000,
    random,
  });
  const account = await lastValueFrom(
    generateSigner().pipe(
      concatMap((signer) => newAccount(session, { signer, termsOfServiceAgreed: true })),
      retry(5),
    ),
  );
  const presented = new Set();
  const solver = {
    types: ['http-01'],
    present: ({ challenge }) => defer(() => (presented.add(challenge.url), EMPTY)),
    cleanUp: ({ challenge }) => defer(() => (presented.delete(challenge.url), EMPTY)),
  };
  const certificate = (index) =>
    obtainCertificate(account, {
      identifiers: [`n${index}.test`],
      solvers: [solver],
      poll: { firstMs: 20, maxMs: 200, timeoutMs: 10_000 },
    }).pipe(
      toCertificate(),
      tap({ error: (error) => count(seen.failures, error.code ?? error.name) }),
      retry({ count: tries, delay: (error) => timer(error instanceof AcmeRateLimitedError ? 1_000 : 50) }),
      tap(() => seen.done++),
      catchError((error) => (seen.lost++, console.error(`n${index}.test: ${error.message}`), EMPTY)),
    );
  const some = async (from, length) => {
    await lastValueFrom(range(from, length).pipe(mergeMap(certificate, atATime)), { defaultValue: undefined });
    return memory();
  };

  const started = performance.now();
  const first = Math.max(1, Math.floor(certificates / 10));
  const half = Math.floor(certificates / 2);
  const measured = [await some(0, first), await some(first, half - first), await some(half, certificates - half)];
  const seconds = (performance.now() - started) / 1000;
  const [early, middle, late] = await Promise.all(measured.map(withCompiled));
  const grown = (member) => late[member] / early[member];
  const listed = (list) =>
    Object.entries(list)
      .map(([name, number]) => `${name} ${number}`)
      .join(', ') || 'none';
  console.log(`${seen.done} certificates of ${certificates} through one session, ${atATime} at a time, seed ${seed}`);
  console.log(`time: ${seconds.toFixed(1)} s, ${(seen.done / seconds).toFixed(1)} certificates a second`);
  console.log(`requests: ${seen.requests}, ${(seen.requests / seen.done).toFixed(2)} for each certificate`);
  console.log(`faults: ${listed(seen.faults)}`);
  console.log(`orders that failed and were made again: ${listed(seen.failures)}; given up: ${seen.lost}`);
  console.log(`proofs not withdrawn: ${presented.size}`);
  console.log(`memory after the first ${first}: ${shown(early)}`);
  console.log(`memory after the first half: ${shown(middle)}`);
  console.log(`memory at the end: ${shown(late)}`);
  const percent = (member) => `${((grown(member) - 1) * 100).toFixed(1)} %`;
  console.log(`memory grew by ${percent('used')}, without what V8 compiled by ${percent('kept')}`);
  closeSession(session);
  ca.disconnect();
  const isGood = seen.done === certificates && presented.size === 0 && grown('kept') <= mostGrowth;
  process.exitCode = isGood ? 0 : 1;
}

/** What is in use after everything that can be collected was, and a snapshot of it. */
async function memory() {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc');
  // Time for what ends by itself: timers of requests that are over, connections that close.
  await delay(1_500);
  for (let round = 0; round < 4; round++) {
    collect();
    await delay(20);
  }
  const { heapUsed, external, rss } = process.memoryUsage();
  const folder = await mkdtemp(join(tmpdir(), 'rxacme-soak-'));
  return { used: heapUsed + external, rss, folder, snapshot: writeHeapSnapshot(join(folder, 'a.heapsnapshot')) };
}

/** Reads the snapshot, when there is nothing more to measure. */
async function withCompiled({ used, rss, folder, snapshot }) {
  const {
    nodes,
    snapshot: { meta },
  } = JSON.parse(await readFile(snapshot, 'utf8'));
  await rm(folder, { recursive: true });
  const width = meta.node_fields.length;
  const size = meta.node_fields.indexOf('self_size');
  const code = meta.node_types[0].indexOf('code');
  let compiled = 0;
  for (let at = 0; at < nodes.length; at += width) if (nodes[at] === code) compiled += nodes[at + size];
  return { used, rss, compiled, kept: used - compiled };
}

function shown({ used, rss, compiled, kept }) {
  const megabytes = (bytes) => `${(bytes / 1e6).toFixed(2)} MB`;
  return `${megabytes(used)} used = ${megabytes(kept)} + ${megabytes(compiled)} compiled; ${(rss / 1e6).toFixed(0)} MB resident`;
}
