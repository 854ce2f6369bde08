/**
 * Runs the fast specs on every Node version the package supports, and the specs of the built package too when there is one.
 * The npm package `node` brings the binaries; the first run downloads them.
 *
 * `node tools/node-matrix.mjs [--others | VERSION…]`; `--others` leaves out the version that it runs on.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import process from 'node:process';

const supported = ['20', '22', '24', '26'];
const [running] = process.versions.node.split('.');
const asked = process.argv.slice(2);
const others = supported.filter((version) => version !== running);
const versions = asked.length === 0 ? supported : asked[0] === '--others' ? others : asked;
const projects = existsSync('dist/index.js') ? ['fast', 'package'] : ['fast'];
const vitest = ['node_modules/vitest/vitest.mjs', 'run', ...projects.flatMap((name) => ['--project', name])];

let failures = 0;
for (const version of versions) {
  const started = Date.now();
  const on = (...args) =>
    spawnSync('npm', ['exec', '--yes', `--package=node@${version}`, '--', 'node', ...args], { encoding: 'utf8' });
  const exact = on('--version').stdout?.trim();
  const { status, stdout, stderr } = on(...vitest);
  const isRight = exact?.startsWith(`v${version}.`) ?? false;
  const result = stdout?.trimEnd().split('\n').at(-1);
  if (status !== 0 || !isRight) {
    failures += 1;
    console.log(`${stdout}\n${stderr}`);
  }
  const verdict = status === 0 && isRight ? 'ok  ' : 'FAIL';
  console.log(`${verdict} Node ${exact || version}: ${result} (${Math.round((Date.now() - started) / 1000)} s)`);
}
process.exitCode = failures > 0 ? 1 : 0;
