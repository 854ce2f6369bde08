import { catchError, concatMap, defer, map, type Observable, of } from 'rxjs';
import type { ChallengeTask } from '../model/ports.js';
import type { SelfCheck, SelfCheckLook } from '../solvers/self-check.js';
import { tlsAlpnName } from '../solvers/tls-alpn01.js';
import { verifyTlsAlpnCertificate } from '../x509/tls-alpn-certificate.js';
import { type SelfCheckNetwork, withAddress } from './self-check-network.js';
import { shownCertificate } from './tls-alpn01-shown.js';

/**
 * A check for `withSelfCheck` that asks for the certificate of `tls-alpn-01` as authorities do: over IPv6 and, where
 * that cannot be reached, IPv4; by TLS 1.2 at least, with the protocol `acme-tls/1` and the server name.
 *
 * Emits nothing itself: the value is the check. It emits one look. Errors: none; what goes wrong is part of the look. Unsubscribed, it cuts its
 * connection. Cost: one connection for each look; pkijs is loaded. Tasks of other types pass.
 *
 * @example
 * ```ts
 * const solver = withSelfCheck(tlsAlpn01Server({ port: 8443 }), tlsAlpn01Check({ tlsPort: 8443 }));
 * ```
 *
 * @see RFC 8737 §3, RFC 8738 §6
 */
export const tlsAlpn01Check =
  (network: SelfCheckNetwork = {}): SelfCheck =>
  (task: ChallengeTask) =>
    task.type === 'tls-alpn-01' ? looked(network, task) : of({ passed: true });

const looked = (network: SelfCheckNetwork, task: ChallengeTask): Observable<SelfCheckLook> =>
  defer(() => {
    const { identifier, serverName } = tlsAlpnName(task);
    const port = network.tlsPort ?? 443;
    return withAddress(network, identifier.value, (address) =>
      shownCertificate({ address, port, serverName, label: serverName }),
    ).pipe(
      concatMap((der) => verifyTlsAlpnCertificate(der, task)),
      map((fault): SelfCheckLook => {
        if (fault === undefined) return { passed: true };
        return { passed: false, found: `the certificate shown for ${identifier.value} ${fault}` };
      }),
      catchError((error: unknown) =>
        of({ passed: false, found: error instanceof Error ? error.message : String(error) }),
      ),
    );
  });
