/**
 * What certificates that wait for their renewal cost: `node spec/bench/waiting-renewals.mjs [CERTIFICATES]`, 100 000 by
 * default, from the built package, in virtual time. Each is asked about when it comes and once a day until it is due,
 * some time in the first week. Prints the time of the first round of look-ups, the heap while all wait, after a collection,
 * and the time of all the rest until the last one has been passed on.
 */
import { Buffer } from 'node:buffer';
import process from 'node:process';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { of, range, map } from 'rxjs';
import { acmeSession, whenDue } from 'rxacme';
import { virtualTime } from 'rxacme/testing';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');
const certificates = Number(process.argv[2] ?? 100_000);
const dayMs = 24 * 3_600_000;
const directoryUrl = 'https://ca.test/directory';

const heapBytes = () => {
  collect();
  return process.memoryUsage().heapUsed;
};

virtualTime(({ scheduler, clock, flush }) => {
  const startMs = clock.now();
  const at = (ms) => new Date(startMs + ms).toISOString();
  const answer = (json, headers = {}) => ({
    status: 200,
    headers: { 'content-type': 'application/json', ...headers },
    body: new Uint8Array(Buffer.from(JSON.stringify(json))),
  });
  const directory = answer(
    Object.fromEntries(
      ['newNonce', 'newAccount', 'newOrder', 'renewalInfo'].map((name) => [name, `https://ca.test/${name}`]),
    ),
  );
  const info = answer({ suggestedWindow: { start: at(dayMs / 2), end: at(7 * dayMs) } }, { 'retry-after': '86400' });
  let lookUps = 0;
  const transport = ({ url }) => {
    if (url === directoryUrl) return of(directory);
    lookUps++;
    return of(info);
  };
  const session = acmeSession({ directoryUrl, transport, scheduler, clock, directoryMaxAgeMs: Infinity });
  const authorityKeyIdentifier = '69885b6b87464041e1b37b847ba0ae2cde01c8d4';
  const notBeforeAt = new Date(startMs);
  const notAfterAt = new Date(startMs + 90 * dayMs);
  const certificate = (index) => ({
    authorityKeyIdentifier,
    serialNumber: index.toString(16).padStart(32, '0'),
    notBeforeAt,
    notAfterAt,
  });
  const inventory = Array.from({ length: certificates }, (_, index) => certificate(index));
  const before = heapBytes();
  let done = 0;
  const started = performance.now();
  range(0, certificates)
    .pipe(
      map((index) => inventory[index]),
      whenDue(session),
    )
    .subscribe(() => done++);
  const firstMs = performance.now() - started;
  const timers = scheduler.actions.length;
  const bytes = heapBytes() - before;
  const rest = performance.now();
  flush();
  const restMs = performance.now() - rest;
  const per = (value) => (value / certificates).toFixed(0);
  console.log(`${certificates} certificates wait, with ${timers} timer`);
  console.log(
    `first look-ups: ${(firstMs / 1000).toFixed(1)} s, ${((firstMs * 1000) / certificates).toFixed(0)} us each`,
  );
  console.log(`heap while all wait: ${(bytes / 1e6).toFixed(1)} MB, ${per(bytes)} bytes each`);
  console.log(`until the last was due: ${lookUps} look-ups in all, ${(restMs / 1000).toFixed(1)} s more`);
  process.exitCode = done === certificates ? 0 : 1;
});
