import type { Observable } from 'rxjs';
import { hostOf, httpPage, type Page } from './http-page.js';
import { type SelfCheckNetwork, withAddress } from './self-check-network.js';

/** {@link httpPage} by the network of a self-check. */
export function fetchPage(network: SelfCheckNetwork, url: URL): Observable<Page> {
  const { httpPort = 80, tlsPort = 443 } = network;
  return withAddress(network, hostOf(url), (address) =>
    httpPage(url, { address, httpPort, tlsPort, label: url.host, client: 'rxacme' }),
  );
}
