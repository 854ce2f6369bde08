/**
 * A program that obtains one certificate with the built package, or gives up at a certain event. Its job comes as
 * JSON in the first argument. It ends by itself, when nothing is left that it waits for.
 */
import process from 'node:process';
import { setImmediate as turn, setTimeout as delay } from 'node:timers/promises';
import { acmeSession, closeSession, dns01, generateSigner, newAccount, obtainCertificate } from 'rxacme';
import { http01Server, nodeTransport } from 'rxacme/node';
import { firstValueFrom, switchMap } from 'rxjs';

const { directoryUrl, caPem, httpPort, challenge, identifiers, cancelAt, moments, cleanUpFails, poll } = JSON.parse(
  process.argv[2] ?? '',
);

/** Questions to the parent. The channel keeps this process alive only while one is open. */
const open = new Map();
let asked = 0;
process.on('message', ({ id, answer, error }) => {
  const { resolve, reject } = open.get(id);
  open.delete(id);
  if (open.size === 0) process.channel.unref();
  if (error === undefined) resolve(answer);
  else reject(new Error(error));
});
process.channel.unref();
process.once('disconnect', () => process.exit(1)); // The parent is gone.

const ask = (question) =>
  new Promise((resolve, reject) => {
    const id = ++asked;
    open.set(id, { resolve, reject });
    process.channel.ref();
    process.send({ id, ...question });
  });

const solver = {
  'http-01': () => http01Server({ port: httpPort, host: '127.0.0.1' }),
  'dns-01': () =>
    dns01({
      add: ({ name, value }) => ask({ what: 'add', name, value }),
      remove: async ({ name, value }) => {
        await ask({ what: 'remove', name, value });
        if (cleanUpFails) throw new Error('as asked for');
      },
    }),
}[challenge];

const cut = {
  'at once': (stop) => stop(),
  'in the next turn': async (stop) => {
    await turn();
    stop();
  },
  'while the server is silent': async (stop) => {
    await ask({ what: 'silence' });
    await delay(12);
    stop();
  },
  'a little later': async (stop) => {
    await delay(12);
    stop();
  },
};

/** Runs to the end, or to `cancelAt`. Resolves with the types of the events. */
const run = (account, moment) =>
  new Promise((resolve, reject) => {
    const events = [];
    const stop = () => {
      subscription.unsubscribe();
      resolve(events);
    };
    const subscription = obtainCertificate(account, {
      identifiers,
      solvers: [solver()],
      keyStore: { save: () => [] },
      poll,
    }).subscribe({
      next: ({ type }) => {
        const first = !events.includes(type);
        events.push(type);
        if (first && type === cancelAt) void cut[moment](stop);
      },
      error: reject,
      complete: () => resolve(events),
    });
  });

/** What keeps this process alive, apart from its pipes, once that no longer changes. Waits for it to be nothing. */
async function held() {
  const deadline = performance.now() + 3000;
  let quietTurns = 0;
  for (;;) {
    await delay(2);
    const names = process.getActiveResourcesInfo().filter((name) => name !== 'PipeWrap');
    quietTurns = names.length === 0 && open.size === 0 ? quietTurns + 1 : 0;
    if (quietTurns === 5 || performance.now() > deadline) return names;
  }
}

for (const moment of moments) {
  const detached = [];
  const session = acmeSession({
    directoryUrl,
    transport: nodeTransport({ ca: caPem }),
    onDetachedError: ({ message }) => detached.push(message),
  });
  const account = await firstValueFrom(
    generateSigner().pipe(switchMap((signer) => newAccount(session, { signer, termsOfServiceAgreed: true }))),
  );
  const events = await run(account, moment);
  await ask({ what: 'ended', report: { moment, events, held: await held(), detached } });
  if (moment === moments.at(-1)) break; // The last session is left open: an idle connection must keep nobody alive.
  closeSession(session);
  await ask({ what: 'closed' });
}
