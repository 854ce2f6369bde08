import { lookup as systemLookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { catchError, concatMap, defer, map, type Observable, type ObservableInput, of, take, throwError } from 'rxjs';

/** How a self-check finds its way, where that is another one than the authority's: behind NAT, with split DNS. */
export interface SelfCheckNetwork {
  /** Where the answers for port 80 are. Default: 80. */
  readonly httpPort?: number | undefined;
  /** Where the answers for port 443 are. Default: 443. */
  readonly tlsPort?: number | undefined;
  /** Addresses by host; `*` for every other one. Default: those that `lookup` finds. */
  readonly hosts?: Readonly<Record<string, string | readonly string[]>> | undefined;
  /** Finds the addresses of a host. Default: what the system finds. */
  readonly lookup?: ((host: string) => ObservableInput<readonly string[]>) | undefined;
}

/** An address that cannot be reached; another one of the host may be. */
export class Unreachable extends Error {}

/** What went wrong with an address: {@link Unreachable} where there was no connection. The cause is as it came. */
export function connectionError(where: string, cause: Error, isConnected: boolean): Error {
  const message = `${where}: ${cause.message}`;
  return isConnected ? new Error(message, { cause }) : new Unreachable(message, { cause });
}

/**
 * Does something with a host as authorities do: with its first IPv6 address, and where that cannot be reached, with its
 * first IPv4 address.
 */
export const withAddress = <T>(
  network: SelfCheckNetwork,
  host: string,
  use: (address: string) => Observable<T>,
): Observable<T> =>
  addressesOf(network, host).pipe(
    concatMap((all) => {
      const tried = [6, 4].flatMap((family) => all.find((each) => isIP(each) === family) ?? []);
      return tried.length === 0 ? throwError(() => new Error(`${host} has no address`)) : firstReached(tried, use);
    }),
  );

const firstReached = <T>(
  [address = '', ...others]: readonly string[],
  use: (address: string) => Observable<T>,
): Observable<T> =>
  use(address).pipe(
    catchError((error: unknown) =>
      error instanceof Unreachable && others.length > 0 ? firstReached(others, use) : throwError(() => error),
    ),
  );

function addressesOf({ hosts = {}, lookup = system }: SelfCheckNetwork, host: string): Observable<readonly string[]> {
  const fixed = Object.hasOwn(hosts, host) ? hosts[host] : hosts['*'];
  if (fixed !== undefined) return of(typeof fixed === 'string' ? [fixed] : fixed);
  return isIP(host) === 0 ? defer(() => lookup(host)).pipe(take(1)) : of([host]);
}

const system = (host: string): Observable<readonly string[]> =>
  defer(() => systemLookup(host, { all: true })).pipe(map((found) => found.map(({ address }) => address)));
