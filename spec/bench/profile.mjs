/**
 * A profile of one case: `node spec/bench/profile.mjs [CLIENT] [CELL] [FOLDER]`, `rxacme-node`, `par` and this folder by
 * default, from the built package. Leaves a .cpuprofile in the folder, for the developer tools of a browser.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import process from 'node:process';
import { cells } from './cells.mjs';
import { benchServer } from './server.mjs';

const [client = 'rxacme-node', name = 'par', folder = '.'] = process.argv.slice(2);
const cell = cells.find((each) => each.name === name);
if (cell === undefined) throw new Error(`there is no such cell: ${cells.map((each) => each.name).join(', ')}`);
const server = await benchServer({ refused: cell.refused });
try {
  server.proxy.setRoundTrip(cell.roundTripMs);
  server.setValidation(cell.validationMs ?? 0);
  const job = { directoryUrl: server.directoryUrl, ...server.account, ...cell, run: 'profile' };
  const child = fork(join(import.meta.dirname, 'case.mjs'), [client, JSON.stringify(job)], {
    execArgv: ['--cpu-prof', '--cpu-prof-dir', folder],
    env: { ...process.env, NODE_EXTRA_CA_CERTS: server.caFile },
  });
  child.on('message', (told) => console.log(told));
  await once(child, 'close');
} finally {
  await server.stop();
}
