/**
 * A million random and mutated inputs for every decoder, header parser, PEM and DER reader of the built package:
 * `node spec/fuzz/million.mjs [INPUTS] [SEED]`. Prints how many were read and refused, and the slowest. Ends with 1 where
 * anything but the library's own refusals came out, or nothing came out for ten seconds; the seed repeats it.
 */
import { inspect } from 'node:util';
import process from 'node:process';
import { clearInterval, setInterval } from 'node:timers';
import { fileURLToPath } from 'node:url';
import { isMainThread, Worker, workerData } from 'node:worker_threads';
import { randomNumbers } from './inputs.mjs';
import { outcomeOf, targets } from './targets.mjs';

const hangsMs = 10_000;
const slowMs = 1_000;

if (isMainThread) watch(Number(process.argv[2] ?? 1_000_000), Number(process.argv[3] ?? Date.now() % 2 ** 31));
else await work(workerData);

/** Looks whether the worker gets on. */
function watch(inputs, seed) {
  const progress = new Int32Array(new SharedArrayBuffer(8));
  console.log(`${inputs} inputs for ${targets.length} readers, seed ${seed}`);
  const worker = new Worker(fileURLToPath(import.meta.url), { workerData: { inputs, seed, progress } });
  let last = -1;
  const timer = setInterval(() => {
    const [now, at] = progress;
    if (now !== last) last = now;
    else {
      console.error(`HANGS: ${targets[at]?.name}, input ${now} of seed ${seed}`);
      process.exit(1);
    }
  }, hangsMs);
  worker.on('error', (error) => {
    console.error(error);
    process.exitCode = 1;
  });
  worker.on('exit', (code) => {
    clearInterval(timer);
    process.exitCode ||= code;
  });
}

async function work({ inputs, seed, progress }) {
  const load = (path) => import(`../../build/lib/${path}.js`);
  const shared = await load('codec/decode-problem');
  const modules = new Map();
  for (const { path } of targets) modules.set(path, { own: await load(path), shared });
  const weights = targets.reduce((sum, { weight }) => sum + weight, 0);
  const outcomes = {};
  const rows = [];
  const faults = [];
  let slowest = { ms: 0, name: '', index: 0 };
  let index = 0;
  const started = performance.now();
  for (const [at, target] of targets.entries()) {
    const share = at === targets.length - 1 ? inputs - index : Math.floor((inputs * target.weight) / weights);
    progress[1] = at;
    const row = { name: target.name, inputs: share, read: 0 };
    rows.push(row);
    for (let end = index + share; index < end; index++) {
      progress[0] = index;
      const input = target.input(randomNumbers(seed + index));
      const begun = performance.now();
      try {
        const outcome = await outcomeOf(target, modules.get(target.path), input);
        outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
        if (outcome === 'read') row.read++;
      } catch (error) {
        faults.push({ index, name: target.name, message: error.message, input });
      }
      let ms = performance.now() - begun;
      // A busy machine is slow once; a slow reader is slow each time.
      if (ms > slowest.ms) ms = Math.min(ms, await timeOf(target, modules.get(target.path), input));
      if (ms > slowest.ms) slowest = { ms, name: target.name, index };
    }
  }
  const listed = Object.entries(outcomes).sort(([, left], [, right]) => right - left);
  console.log(`${index} inputs in ${((performance.now() - started) / 1000).toFixed(1)} s`);
  for (const [outcome, count] of listed) console.log(`${outcome.padEnd(20)} ${count}`);
  for (const { name, inputs: all, read } of rows)
    console.log(`  ${name.padEnd(38)} ${String(all).padStart(7)} inputs, ${((100 * read) / all).toFixed(0)} % read`);
  console.log(`slowest: ${slowest.ms.toFixed(1)} ms, ${slowest.name}, input ${slowest.index}`);
  const kinds = grouped(faults);
  for (const [message, [first, ...more]] of kinds) {
    console.error(`NOT OF OURS, ${more.length + 1} times: ${message}`);
    console.error(
      `  input ${first.index}: ${inspect(first.input, { maxStringLength: 300, maxArrayLength: 300, breakLength: Infinity })}`,
    );
  }
  if (faults.length > 0 || slowest.ms > slowMs) process.exitCode = 1;
}

async function timeOf(target, modules, input) {
  const begun = performance.now();
  await outcomeOf(target, modules, input).catch(() => undefined);
  return performance.now() - begun;
}

function grouped(faults) {
  const kinds = new Map();
  for (const fault of faults) {
    const kind = fault.message.slice(0, 120);
    kinds.set(kind, [...(kinds.get(kind) ?? []), fault]);
  }
  return kinds;
}
