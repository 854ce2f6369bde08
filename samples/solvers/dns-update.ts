/**
 * dns-01 by signed dynamic updates, as BIND, Knot, PowerDNS and Windows take them. For BIND: `tsig-keygen acme` makes the
 * key, and the zone allows it to change TXT records and nothing else:
 *
 *     zone "example.org" { type primary; file "..."; update-policy { grant acme zonesub TXT; }; };
 */
import type { Observable } from 'rxjs';
import { type AcmeAccount, dns01, type IssuanceEvent, obtainCertificate, txtPublisher } from 'rxacme';
import { authoritativeServers, type AuthoritativeServersOptions, rfc2136, type Rfc2136Options } from 'rxacme/node';

/** Waits until each name server of the zone has the records, and takes exactly those away again. */
export const obtainByUpdates = (
  account: AcmeAccount,
  names: readonly string[],
  server: Rfc2136Options,
  check: AuthoritativeServersOptions = {},
): Observable<IssuanceEvent> =>
  obtainCertificate(account, {
    identifiers: names,
    solvers: [dns01(txtPublisher(rfc2136(server), { propagation: authoritativeServers(check) }))],
  });
