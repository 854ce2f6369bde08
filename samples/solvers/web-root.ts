/**
 * http-01 by files, behind nginx or any other web server:
 *
 *     location /.well-known/acme-challenge/ { root /var/www/acme; default_type application/octet-stream; }
 */
import type { Observable } from 'rxjs';
import { type AcmeAccount, type IssuanceEvent, obtainCertificate, withSelfCheck } from 'rxacme';
import { http01Check, http01Files, type SelfCheckNetwork } from 'rxacme/node';

/** Looks itself whether each file can be seen before the authority is told: a mistake in the configuration costs nothing. */
export const obtainByFiles = (
  account: AcmeAccount,
  hosts: readonly string[],
  webRoot = '/var/www/acme',
  network: SelfCheckNetwork = {},
): Observable<IssuanceEvent> =>
  obtainCertificate(account, {
    identifiers: hosts,
    solvers: [withSelfCheck(http01Files({ webRoot }), http01Check(network), { timeoutMs: 20_000 })],
  });
