/**
 * A program that begins one issuance after another with the built package, each with an account of its own, and gives
 * each up one request later than the one before, until one comes to its end. Its job comes as JSON in the first argument.
 * It ends by itself, when nothing is left that it waits for.
 */
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { acmeSession, closeSession, dns01, generateSigner, newAccount, obtainCertificate } from 'rxacme';
import { http01Server, nodeTransport } from 'rxacme/node';
import { switchMap, tap } from 'rxjs';

const { directoryUrl, caPem, port, httpPort, moment } = JSON.parse(process.argv[2] ?? '');

/** Questions to the parent. The channel keeps this process alive only while one is open. */
const open = new Map();
let asked = 0;
let cut = () => undefined;
process.on('message', ({ id, isCut }) => {
  if (isCut) return cut();
  open.get(id)?.();
  open.delete(id);
  if (open.size === 0) process.channel.unref();
});
process.channel.unref();
process.once('disconnect', () => process.exit(1));

const ask = (question) =>
  new Promise((resolve) => {
    const id = ++asked;
    open.set(id, resolve);
    process.channel.ref();
    process.send({ id, ...question });
  });

/** One issuance, given up at a request. Resolves with whether it came to its end before. */
const run = (session, counted) =>
  new Promise((resolve, reject) => {
    const solvers = [
      http01Server({ port: httpPort, host: '127.0.0.1' }),
      dns01({
        add: ({ name, value }) => ask({ what: 'add', name, value }),
        remove: ({ name, value }) => ask({ what: 'remove', name, value }),
      }),
    ];
    counted.stop = () => {
      subscription?.unsubscribe();
      isStopped = true;
      resolve(false);
    };
    let isStopped = false;
    const subscription = generateSigner()
      .pipe(
        switchMap((signer) => newAccount(session, { signer, termsOfServiceAgreed: true })),
        switchMap((account) =>
          obtainCertificate(account, {
            identifiers: ['one.test', '*.one.test'],
            solvers,
            poll: { firstMs: 50 },
          }),
        ),
      )
      .subscribe({ error: reject, complete: () => resolve(true) });
    if (isStopped) subscription.unsubscribe();
  });

/** What keeps this process alive, apart from its pipes, once that no longer changes. Waits for it to be nothing. */
async function held() {
  const deadline = performance.now() + 3000;
  for (let quietTurns = 0; ;) {
    await delay(2);
    const names = process.getActiveResourcesInfo().filter((name) => name !== 'PipeWrap');
    quietTurns = names.length === 0 && open.size === 0 ? quietTurns + 1 : 0;
    if (quietTurns === 5 || performance.now() > deadline) return names;
  }
}

for (let request = 1; ; request++) {
  const detached = [];
  const counted = { sent: 0, stop: () => undefined };
  const interceptor = (http, next) => {
    const isTheOne = ++counted.sent === request;
    if (isTheOne && moment === 'as it is sent') counted.stop();
    return next(http).pipe(tap(() => isTheOne && moment === 'as its answer comes' && counted.stop()));
  };
  const session = acmeSession({
    directoryUrl,
    transport: nodeTransport({ ca: caPem, host: '127.0.0.1', port, servername: 'localhost' }),
    interceptors: [interceptor],
    onDetachedError: ({ message }) => detached.push(message),
  });
  cut = () => counted.stop();
  await ask({ what: 'begin', request });
  const isDone = await run(session, counted);
  const sent = counted.sent;
  const left = await held();
  await ask({ what: 'ended', report: { request, isDone, held: left, detached, sentLater: counted.sent - sent } });
  if (isDone) break; // The last session is left open: an idle connection must keep nobody alive.
  closeSession(session);
  await ask({ what: 'closed' });
}
