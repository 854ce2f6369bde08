/**
 * Many certificates through one session: `node spec/bench/scale.mjs [CERTIFICATES] [AT_A_TIME]`, 5 000 at 100 at a time by
 * default, from the built package, at a development CA in a process of its own. Prints the time, the requests and the
 * connections; the memory before, after a tenth and at the end; and what an order costs that waits for its validation:
 * a thousand of them are begun, measured, and given up. Ends with 1 where a certificate did not come.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { concatMap, EMPTY, lastValueFrom, mergeMap, NEVER, range, tap } from 'rxjs';
import { acmeSession, closeSession, generateSigner, newAccount, obtainCertificate, toCertificate } from 'rxacme';
import { startDevCa } from 'rxacme/dev-ca';
import { nodeTransport } from 'rxacme/node';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');

if (process.argv[2] === 'ca') {
  startDevCa({ alwaysValid: true }).subscribe(({ directoryUrl, rootPem }) => process.send({ directoryUrl, rootPem }));
  process.on('disconnect', () => process.exit());
} else await scale(Number(process.argv[2] ?? 5_000), Number(process.argv[3] ?? 100));

async function scale(certificates, atATime) {
  const ca = fork(fileURLToPath(import.meta.url), ['ca']);
  const [{ directoryUrl, rootPem }] = await once(ca, 'message');
  let requests = 0;
  const session = acmeSession({
    directoryUrl,
    transport: nodeTransport({ ca: rootPem }),
    interceptors: [(request, next) => (requests++, next(request))],
  });
  const account = await lastValueFrom(
    generateSigner().pipe(concatMap((signer) => newAccount(session, { signer, termsOfServiceAgreed: true }))),
  );
  const solver = { types: ['http-01'], present: () => EMPTY, cleanUp: () => EMPTY };
  const poll = { firstMs: 50 };
  const begin = (name, more = {}) =>
    obtainCertificate(account, { identifiers: [name], solvers: [solver], poll, ...more });

  const before = await memory();
  let done = 0;
  let early;
  let peak = 0;
  const [started, used] = [performance.now(), process.cpuUsage()];
  const some = (from, to) =>
    lastValueFrom(
      range(from, to - from).pipe(
        mergeMap((index) => begin(`n${index}.test`).pipe(toCertificate()), atATime),
        tap(() => (done++, (peak = Math.max(peak, process.memoryUsage.rss())))),
      ),
    );
  const first = Math.ceil(certificates / 10);
  await some(0, first);
  early = await memory();
  await some(first, certificates);
  const seconds = (performance.now() - started) / 1000;
  const { user, system } = process.cpuUsage(used);
  const late = await memory();

  console.log(`${done} certificates of ${certificates} through one session, ${atATime} at a time`);
  console.log(
    `time: ${seconds.toFixed(1)} s, ${(done / seconds).toFixed(1)} a second, ` +
      `${((user + system) / 1000 / done).toFixed(1)} ms of CPU each`,
  );
  console.log(`requests: ${(requests / done).toFixed(2)} for each certificate`);
  console.log(
    `memory in use: ${megabytes(before)} before, ${megabytes(early)} after ${first}, ${megabytes(late)} at the end`,
  );
  console.log(`largest resident set: ${megabytes(peak)}`);
  await pendingOrders(begin, 1_000);
  closeSession(session);
  ca.disconnect();
  process.exitCode = done === certificates ? 0 : 1;
}

/** Orders whose proof is being awaited: all have been placed, and none goes on. */
async function pendingOrders(begin, count) {
  const waiting = { types: ['http-01'], present: () => EMPTY, ready: () => NEVER, cleanUp: () => EMPTY };
  const before = await memory();
  let presented = 0;
  const all = range(0, count)
    .pipe(mergeMap((index) => begin(`waiting${index}.test`, { solvers: [waiting] }), count))
    .subscribe(({ type }) => (presented += type === 'challenge-presented' ? 1 : 0));
  while (presented < count) await delay(50);
  const bytes = (await memory()) - before;
  console.log(`${count} orders that wait for their proof: ${(bytes / count / 1000).toFixed(1)} kB each`);
  all.unsubscribe();
  await delay(500);
  console.log(`after all were given up: ${megabytes((await memory()) - before)} more than before`);
}

/** What is in use after everything that can be collected was. */
async function memory() {
  await delay(300);
  for (let round = 0; round < 4; round++) {
    collect();
    await delay(20);
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

function megabytes(bytes) {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
