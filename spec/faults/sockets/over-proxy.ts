import { setTimeout as delay } from 'node:timers/promises';
import { concatMap, lastValueFrom, toArray } from 'rxjs';
import {
  AcmeError,
  acmeSession,
  retryWithBackoff,
  type ChallengeTask,
  closeSession,
  dns01,
  generateSigner,
  isAcmeError,
  newAccount,
  obtainCertificate,
} from '../../../lib/index.js';
import { nodeTransport } from '../../../lib/node/index.js';
import { type FaultName, faults } from '../../support/fault-answers.js';
import type { LoggedRequest } from '../../support/fault-interceptor.js';
import { type FaultProxy, startFaultProxy } from '../../support/fault-proxy.js';
import type { Pebble } from '../../support/pebble.js';
import { type Cell, faultOf, type Finding } from '../cells.js';
import { isPrinted, sentTwice } from '../invariants.js';

const operations: Readonly<Record<string, string>> = {
  dir: 'directory',
  'nonce-plz': 'newNonce',
  'sign-me-up': 'newAccount',
  'order-plz': 'newOrder',
  authZ: 'authorization',
  chalZ: 'challenge',
  'my-order': 'order',
  'finalize-order': 'finalize',
  certZ: 'certificate',
};

/** Tells operations at Pebble apart, and the looks at an order from those after it was finalized. */
export function pebbleOperations(): (path: string) => string {
  let isFinalized = false;
  return (path) => {
    const operation = operations[path.split('/')[1] ?? ''] ?? path;
    isFinalized ||= operation === 'finalize';
    return operation === 'order' && isFinalized ? 'order, finalized' : operation;
  };
}

/** The way to a proxy on this machine, whatever the host and the port of a URL. */
export const throughProxy = ({ port, caPem }: { readonly port: number; readonly caPem: string }) =>
  nodeTransport({ ca: caPem, host: '127.0.0.1', port, servername: 'localhost' });

const limitMs = 20_000;
const mostCourses = 5;
/** For those who have to wait until somebody loses patience. */
const impatientMs = 1_000;
const patientMs = 4_000;

interface Course extends Finding {
  readonly requests: readonly LoggedRequest[];
}

/** In an issuance without faults. */
export const pebbleOperationCount = 10;

/**
 * Obtains one certificate for a name of its own at a Pebble, with a fault between them. A Pebble that has validated
 * before it answers the challenge saves the look at the order; that course is run anew.
 */
export async function courseAtPebble(pebble: Pebble, name: string, cell?: Cell): Promise<Course> {
  const isWhole = ({ requests }: Course): boolean =>
    cell === undefined
      ? new Set(requests.map(({ operation }) => operation)).size === pebbleOperationCount
      : requests.some(({ isHit }) => isHit);
  for (let number = 1; ; number++) {
    const course = await oneCourse(pebble, `c${number}.${name}`, cell);
    if (isWhole(course) || number === mostCourses) return course;
  }
}

async function oneCourse({ directoryUrl, caPem, dns }: Pebble, name: string, cell?: Cell): Promise<Course> {
  const proxy = await startFaultProxy({
    directoryUrl,
    caPem,
    operationOf: pebbleOperations(),
    newNoncePath: '/nonce-plz',
    ...(cell === undefined ? {} : { faultOf: faultOf(cell) }),
  });
  const end = cell === undefined ? undefined : faults[cell.fault as FaultName].end;
  const session = acmeSession({
    directoryUrl,
    transport: throughProxy(proxy),
    requestTimeoutMs: end === 'never' ? impatientMs : patientMs,
    // As often as by default, and sooner.
    retry: retryWithBackoff({ firstMs: 20 }),
  });
  const tasks: ChallengeTask[] = [];
  const records = dns01({
    add: (record) => dns.addTxt(record.name, record.value),
    remove: (record) => dns.removeTxt(record.name, record.value),
  });
  const solver = {
    ...records,
    present: (task: ChallengeTask) => {
      tasks.push(task);
      return records.present(task);
    },
  };
  const events$ = generateSigner().pipe(
    concatMap((signer) => newAccount(session, { signer, termsOfServiceAgreed: true })),
    concatMap((account) =>
      obtainCertificate(account, {
        identifiers: [name],
        solvers: [solver],
        poll: { firstMs: 40, maxMs: 200, timeoutMs: limitMs / 2 },
      }),
    ),
    toArray(),
  );
  const started = performance.now();
  const { events, error } = await lastValueFrom(events$).then(
    (all) => ({ events: all, error: undefined }),
    (thrown: unknown) => ({ events: [], error: thrown }),
  );
  const tookMs = performance.now() - started;
  const sent = proxy.requests.length;
  closeSession(session);
  const left = await openAfterAWhile(proxy);
  const sentLater = proxy.requests.length - sent;
  await proxy.close();
  const issued = events.at(-1);
  const isIssued =
    issued?.type === 'certificate-issued' &&
    String(issued.certificate.leaf.identifiers.map(({ value }) => value)) === name;
  const violations = [
    tookMs > limitMs && `no end within ${limitMs / 1000} s`,
    left > 0 && `${left} connections left open`,
    sentLater > 0 && 'went on after its end',
    ...sentTwice(proxy.requests),
    dns.txt(`_acme-challenge.${name}`).length > 0 && 'a record not removed',
    error === undefined && !isIssued && 'completed without the certificate',
    error !== undefined && !(error instanceof AcmeError) && `an error of no type of ours: ${String(error)}`,
    error !== undefined &&
      isPrinted(
        error,
        tasks.flatMap(({ keyAuthorization, token }) => [keyAuthorization, token]),
      ) &&
      'a secret in the printed error',
    cell !== undefined && !proxy.requests.some(({ isHit }) => isHit) && 'the fault met no request',
  ].filter((each) => each !== false);
  // A broken connection needs no patience.
  const isLate = (end === 'cut' || end === 'lost') && tookMs > patientMs;
  const outcome = isLate ? 'late' : error === undefined ? 'certificate' : isAcmeError(error) ? error.code : 'none';
  return { outcome, violations, message: String(error ?? ''), requests: proxy.requests };
}

/** The connections that are still open when they have had time to close. */
async function openAfterAWhile({ open }: FaultProxy): Promise<number> {
  for (let turn = 0; turn < 100 && open() > 0; turn++) await delay(30);
  return open();
}
