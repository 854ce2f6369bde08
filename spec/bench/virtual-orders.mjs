/**
 * What whole orders cost in virtual time: `node spec/bench/virtual-orders.mjs [ORDERS] [--slow]`, 10 000 by default, from
 * the built package. Each has a latency of 200 ms an answer, and 50 run at once; with `--slow`, validation and issuance
 * take their time too, so that orders are looked at in between. Prints the real time, and the heap after a collection when
 * a tenth, a half and all of them are done.
 */
import process from 'node:process';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { mergeMap, range } from 'rxjs';
import { obtainCertificate, toCertificate } from 'rxacme';
import { fakeCa, recordingSolver, testAccount, virtualTime } from 'rxacme/testing';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');
const [count = 10_000] = process.argv.slice(2).filter((each) => each !== '--slow');
const orders = Number(count);
const isSlow = process.argv.includes('--slow');
const atATime = 50;
const marks = new Map([0.1, 0.5, 1].map((part) => [Math.ceil(orders * part), `${part * 100} %`]));

const heapMegabytes = () => {
  collect();
  return (process.memoryUsage().heapUsed / 1e6).toFixed(1);
};

const { ca, virtualMs, done, heaps, realMs, cpuMs } = virtualTime(({ scheduler, flush }) => {
  const ca = fakeCa({
    scheduler,
    latencyMs: 200,
    ...(isSlow ? { validation: { delayMs: 100 }, issuance: { delayMs: 100 } } : {}),
  });
  const account = testAccount(ca, { scheduler, maxRequestsInFlight: atATime });
  const heaps = [];
  let done = 0;
  const issue = (index) =>
    obtainCertificate(account, { identifiers: [`n${index}.example.org`], solvers: [recordingSolver()] }).pipe(
      toCertificate(),
    );
  range(1, orders)
    .pipe(mergeMap(issue, atATime))
    .subscribe(() => {
      const mark = marks.get(++done);
      // Later, so that what the order itself holds is not counted.
      if (mark !== undefined) scheduler.schedule(() => heaps.push(`${mark}: ${heapMegabytes()} MB`));
    });
  const started = performance.now();
  const { user, system } = process.cpuUsage();
  flush();
  const used = process.cpuUsage({ user, system });
  return {
    ca,
    done,
    heaps,
    virtualMs: scheduler.now(),
    realMs: performance.now() - started,
    cpuMs: (used.user + used.system) / 1000,
  };
});

const perOrder = (ms) => (ms / orders).toFixed(2);
console.log(`${done} orders of ${orders}, ${ca.history.count()} requests, ${atATime} at a time`);
console.log(`virtual time: ${(virtualMs / 1000).toFixed(0)} s`);
console.log(
  `real time: ${(realMs / 1000).toFixed(1)} s, ${perOrder(realMs)} ms an order (${perOrder(cpuMs)} ms of CPU)`,
);
console.log(`heap: ${heaps.join(', ')}`);
process.exitCode = done === orders ? 0 : 1;
