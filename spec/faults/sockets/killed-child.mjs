/**
 * A program that keeps what it needs in files, and obtains one certificate with the built package: each time it is
 * started it withdraws and resumes what was left. Its job comes as JSON in the first argument. Where that says so, it is
 * killed by itself, at an event or as an answer comes. It prints the chain.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import {
  abandonedOrders,
  acmeAccount,
  acmeSession,
  closeSession,
  generateSigner,
  importSigner,
  journaled,
  newAccount,
  obtainCertificate,
  recordOrders,
  resumeOrder,
  withdrawAbandoned,
} from 'rxacme';
import { fileJournal, fileKeyStore, http01Files, nodeTransport } from 'rxacme/node';
import { firstValueFrom, lastValueFrom, tap, toArray } from 'rxjs';

const { directoryUrl, caPem, port, folder, webRoot, identifiers, killAt } = JSON.parse(process.argv[2] ?? '');

const die = () => process.kill(process.pid, 'SIGKILL');

let isOrdering = false;
let sent = 0;
const interceptor = (request, next) => {
  const isTheOne = isOrdering && ++sent === killAt?.request;
  return next(request).pipe(tap(() => isTheOne && die()));
};

const session = acmeSession({
  directoryUrl,
  transport: nodeTransport({ ca: caPem, host: '127.0.0.1', port, servername: 'localhost' }),
  interceptors: [interceptor],
});

async function openAccount() {
  const file = join(folder, 'account.json');
  if (existsSync(file)) {
    const { pem, url } = JSON.parse(readFileSync(file, 'utf8'));
    return acmeAccount(session, { signer: await firstValueFrom(importSigner(pem)), url });
  }
  const signer = await firstValueFrom(generateSigner());
  const account = await firstValueFrom(newAccount(session, { signer, termsOfServiceAgreed: true }));
  writeFileSync(file, JSON.stringify({ pem: await firstValueFrom(signer.exportPem()), url: account.url }));
  return account;
}

const account = await openAccount();
const journal = fileJournal(join(folder, 'journal'));
const keyStore = fileKeyStore(join(folder, 'keys'));
const solvers = [journaled(http01Files({ webRoot }), journal)];
const options = { solvers, keyStore, poll: { firstMs: 30, maxMs: 200 } };
await lastValueFrom(withdrawAbandoned(journal, solvers).pipe(toArray()));
const [left] = await lastValueFrom(abandonedOrders(journal).pipe(toArray()));

isOrdering = true;
const types = [];
const issuance$ =
  left === undefined
    ? obtainCertificate(account, { ...options, identifiers }).pipe(recordOrders(account, journal))
    : resumeOrder(account, left.orderUrl, options).pipe(recordOrders(account, journal, left));
const last = await lastValueFrom(
  issuance$.pipe(
    tap(({ type }) => {
      const isFirst = !types.includes(type);
      types.push(type);
      if (isFirst && type === killAt?.event) die();
    }),
  ),
);
closeSession(session);
console.log(
  JSON.stringify({ types, sent, resumed: left !== undefined, chainPem: last.certificate.chainPem, hasKey: !!last.key }),
);
