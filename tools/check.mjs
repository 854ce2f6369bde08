/**
 * `node tools/check.mjs NAME…` runs these scripts of package.json one after the other, all of them whatever fails, and says
 * at the end what each cost and which failed.
 */
import { spawnSync } from 'node:child_process';
import process from 'node:process';

const results = process.argv.slice(2).map((name) => {
  console.log(`\n--- ${name}`);
  const started = Date.now();
  const { status } = spawnSync('npm', ['run', '--silent', name], { stdio: 'inherit' });
  return { name, ok: status === 0, seconds: (Date.now() - started) / 1000 };
});

console.log('');
for (const { name, ok, seconds } of results) console.log(`${ok ? 'ok  ' : 'FAIL'} ${name} (${seconds.toFixed(1)} s)`);
process.exitCode = results.every(({ ok }) => ok) ? 0 : 1;
