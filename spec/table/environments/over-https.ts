import { setTimeout as delay } from 'node:timers/promises';
import { from, lastValueFrom } from 'rxjs';
import {
  acmeSession,
  type AcmeTransport,
  buildCertificateRequest,
  type ChallengeSolver,
  closeSession,
  generateCertificateKey,
  generateSigner,
  toIdentifier,
} from '../../../lib/index.js';
import { countRefusals } from '../../servers/support/refusals.js';
import type { Environment, Ran } from '../environment.js';
import type { Flow } from '../flows.js';
import { outcomeOf } from '../outcome.js';
import { externalAccount } from './external-account.js';
import { presentedCount } from './solvers.js';

/** What differs from one real server to another. */
export interface Server {
  readonly directoryUrl: string;
  readonly transport: AcmeTransport;
  readonly solvers: { readonly http01: ChallengeSolver; readonly dns01: ChallengeSolver };
  readonly names: Environment['names'];
  readonly control: Environment['control'];
}

const limitMs = 5_000;

/** Runs a flow against a real server, with rxacme's own ports. */
export async function overHttps(flow: Flow, { directoryUrl, transport, ...server }: Server): Promise<Ran> {
  const { counted, left } = presentedCount();
  const { interceptor, seen } = countRefusals();
  // So many in a row are refused by nobody who refuses half.
  const session = acmeSession({ directoryUrl, transport, interceptors: [interceptor], maxBadNonceRetries: 20 });
  const environment: Environment = {
    ...server,
    session,
    poll: { firstMs: 40 },
    solvers: { http01: counted(server.solvers.http01), dns01: counted(server.solvers.dns01) },
    externalAccount,
    signer: () => generateSigner(),
    certificateKey: () => generateCertificateKey('P-256'),
    request: (key, names) => from(buildCertificateRequest(key, names.map(toIdentifier))),
    refusedNonces: () => seen.refused,
  };
  try {
    const outcome = await lastValueFrom(outcomeOf(flow.client(environment)));
    // What was given up is withdrawn by the way.
    for (let waitedMs = 0; left() > 0 && waitedMs < limitMs; waitedMs += 20) await delay(20);
    return { outcome, left: left() };
  } finally {
    closeSession(session);
  }
}
