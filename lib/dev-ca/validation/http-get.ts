import { catchError, concatMap, type Observable } from 'rxjs';
import { hostOf, httpPage, type Page } from '../../node/http-page.js';
import { failure } from './failure.js';
import type { Network } from './network.js';

/** {@link httpPage} from where the network has the URL's host. */
export const httpGet = (network: Network, url: URL): Observable<Page> => {
  const { httpPort, tlsPort } = network;
  return network.addressOf(hostOf(url)).pipe(
    concatMap((address) =>
      httpPage(url, { address, httpPort, tlsPort, label: url.href, client: 'rxacme-dev-ca' }).pipe(
        catchError((error: Error) => {
          throw failure('connection', error.message);
        }),
      ),
    ),
  );
};
