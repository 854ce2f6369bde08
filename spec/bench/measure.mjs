/** Runs cases, each in a fresh process, and makes medians of them. */
import { fork } from 'node:child_process';
import { join } from 'node:path';
import process from 'node:process';
import { kinds } from './cells.mjs';
import { clearTimeout, setTimeout } from 'node:timers';

const limitMs = 120_000;

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** What one process says of itself, or why it came to no end. */
function inProcess(server, client, job) {
  const child = fork(join(import.meta.dirname, 'case.mjs'), [client, JSON.stringify(job)], {
    env: { ...process.env, NODE_EXTRA_CA_CERTS: server.caFile },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let stderr = '';
  child.stderr.on('data', (chunk) => (stderr += chunk));
  return new Promise((resolve, reject) => {
    let told;
    const timer = setTimeout(() => child.kill('SIGKILL'), limitMs);
    child.on('message', (message) => (told = message));
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      if (told !== undefined) resolve(told);
      else if (signal === 'SIGKILL') reject(new Error(`${client}: no end within ${limitMs / 1000} s`));
      else reject(new Error(`${client} ended with ${code}: ${stderr.trim().split('\n').slice(-8).join('\n')}`));
    });
  });
}

/** One run of a cell by one client, for each certificate. */
async function runOnce(server, client, cell, run) {
  server.proxy.setRoundTrip(cell.roundTripMs);
  server.setValidation(cell.validationMs ?? 0);
  server.resetCounts();
  const { directoryUrl, account } = server;
  const { count, width, names, pace, asShipped } = cell;
  const told = await inProcess(server, client, { directoryUrl, ...account, count, width, names, pace, asShipped, run });
  const requests = server.requests();
  const { connections, bytesUp, bytesDown } = server.proxy.seen();
  const byKind = {};
  for (const { path } of requests) {
    const kind = kinds[path] ?? path;
    byKind[kind] = (byKind[kind] ?? 0) + 1;
  }
  return {
    requests: requests.length / count,
    connections: connections / count,
    connectionsInAll: connections,
    kilobytes: (bytesUp + bytesDown) / 1000 / count,
    wallMs: told.wallMs / count,
    cpuMs: told.cpuMs / count,
    loadCpuMs: told.loadCpuMs,
    peakMb: told.peakMb,
    byKind,
  };
}

let runs = 0;

/** As {@link runOnce}; a run that fails or hangs is made once more, with a Pebble that was started anew. */
async function runTwice(server, client, cell, notes) {
  try {
    return await runOnce(server, client, cell, `r${runs++}`);
  } catch (error) {
    notes.push(`${cell.name}: ${error.message}. Pebble was started anew and the run repeated.`);
    await server.restart();
    return runOnce(server, client, cell, `r${runs++}`).catch((again) => {
      notes.push(`${cell.name}: ${again.message}. Left out.`);
      return undefined;
    });
  }
}

/** The medians of a cell by client: `runs` rounds, the clients in turn in each. */
export async function measureCell(server, cell, { clients, runs: rounds, notes, progress }) {
  const results = Object.fromEntries(clients.map((client) => [client, []]));
  for (let round = 0; round < rounds; round++) {
    for (const client of clients) {
      progress(`${cell.name} ${client} ${round + 1}/${rounds}`);
      const result = await runTwice(server, client, cell, notes);
      if (result !== undefined) results[client].push(result);
    }
  }
  const medianOf = (list) =>
    Object.fromEntries(
      Object.keys(list[0])
        .filter((name) => name !== 'byKind')
        .map((name) => [name, median(list.map((each) => each[name]))]),
    );
  const summed = (list) => {
    const sorted = [...list].sort((a, b) => a.requests - b.requests);
    return sorted[sorted.length >> 1].byKind;
  };
  return Object.fromEntries(
    Object.entries(results)
      .filter(([, list]) => list.length > 0)
      .map(([client, list]) => [client, { ...medianOf(list), runs: list.length, byKind: summed(list) }]),
  );
}
