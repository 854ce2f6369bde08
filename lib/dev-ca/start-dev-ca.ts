import { randomBytes } from 'node:crypto';
import { isIP } from 'node:net';
import {
  asyncScheduler,
  concatMap,
  defer,
  finalize,
  merge,
  mergeMap,
  type Observable,
  of,
  Subject,
  switchMap,
} from 'rxjs';
import { acmeCa } from '../testing/ca/acme-ca.js';
import { operations } from '../testing/ca/operations.js';
import type { Authority } from '../testing/issuing/authority.js';
import { answer } from './answer.js';
import { type CheckedDevCaOptions, checkedDevCaOptions } from './checked-options.js';
import type { DevCaOptions } from './dev-ca-options.js';
import { httpsServer, type Listening } from './https-server.js';
import { type Issuing, loadIssuing } from './load-issuing.js';
import { pages } from './pages.js';
import { serverCertificate } from './server-certificate.js';
import { devCaSettings } from './settings.js';

/** A development CA that is running. */
export interface DevCa {
  /** Where its directory is, for `acmeSession`. */
  readonly directoryUrl: string;
  /** Scheme, host and port of all its URLs. */
  readonly origin: string;
  /** The port that it listens at. */
  readonly port: number;
  /** The root to trust, PEM: its own server's and that of the certificates it issues. New at each start. */
  readonly rootPem: string;
  /** The roots of the alternate chains, PEM. */
  readonly alternateRootPems: readonly string[];
}

/**
 * Starts a certification authority for development and tests: a real HTTPS server on this machine that validates for
 * real and issues real certificates, below a root of its own that nobody else trusts. It certifies whatever it is
 * asked to, so its root is to be trusted in tests only.
 *
 * Emits once, when it listens; then stays open until it is unsubscribed, which cuts every connection and ends every
 * validation. Cold: each subscription starts another one, with another root. Errors with `AcmeInputError`,
 * saying what to do, where it cannot listen. Cost: four keys and some 50 ms; pkijs is loaded. Throws `TypeError` on
 * options that cannot work.
 *
 * @see RFC 8555 §7, §8
 */
export function startDevCa(options: DevCaOptions = {}): Observable<DevCa> {
  const checked = checkedDevCaOptions(options);
  return loadIssuing().pipe(
    switchMap((issuing) =>
      defer(() => issuing.makeAuthority({ madeAt: new Date(), alternateRoots: checked.alternateRoots })).pipe(
        concatMap((authority) =>
          serverCertificate(authority, namesOf(checked)).pipe(
            switchMap((certificate) => httpsServer({ ...checked, ...certificate })),
            switchMap((listening) => running(checked, issuing, authority, listening)),
          ),
        ),
      ),
    ),
  );
}

/** The addresses that mean every address are none themselves. */
const namesOf = ({ serverNames, host }: CheckedDevCaOptions): readonly string[] =>
  /^[0.:]+$/.test(host) ? serverNames : [...serverNames, host];

function running(
  options: CheckedDevCaOptions,
  issuing: Issuing,
  authority: Authority,
  { port, exchanges$ }: Listening,
): Observable<DevCa> {
  const closed = new Subject<void>();
  const [name = ''] = namesOf(options);
  const origin = `https://${isIP(name) === 6 ? `[${name}]` : name}:${port}`;
  const ca = acmeCa({
    origin,
    operations,
    settings: devCaSettings(options, issuing, authority, closed),
    clock: asyncScheduler,
    run: randomBytes(4).toString('hex'),
  });
  const [rootPem = '', ...alternateRootPems] = authority.rootPems;
  const answerer = { ca, origin, pages: pages(origin, authority.rootPems) };
  const devCa: DevCa = { directoryUrl: ca.directoryUrl, origin, port, rootPem, alternateRootPems };
  return merge(of(devCa), exchanges$.pipe(mergeMap((exchange) => answer(answerer, exchange), Infinity))).pipe(
    finalize(() => {
      closed.next();
    }),
  );
}
