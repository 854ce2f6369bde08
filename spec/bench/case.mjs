/**
 * One case, in a process of its own: `node spec/bench/case.mjs CLIENT JOB`. Loads the client, does the job and tells its
 * parent what that took. What loading took is told apart.
 */
import process from 'node:process';

const [client, text] = process.argv.slice(2);
const job = JSON.parse(text);
const cpuMs = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};
const beforeLoading = cpuMs();
const { run } = await import(`./clients/${client}.mjs`);
const work = await run(job);
const loadCpuMs = cpuMs() - beforeLoading;
const [cpu, started] = [cpuMs(), performance.now()];
await work();
process.send(
  {
    wallMs: performance.now() - started,
    cpuMs: cpuMs() - cpu,
    loadCpuMs,
    peakMb: process.resourceUsage().maxRSS / 1024,
  },
  () => process.exit(),
);
