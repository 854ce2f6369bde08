import { type LookupAddress, promises as dns } from 'node:dns';
import { isIP } from 'node:net';
import { Observable, of } from 'rxjs';
import { failure } from './failure.js';

/** How a validation finds its way. */
export interface Network {
  readonly httpPort: number;
  readonly tlsPort: number;
  /** Emits the address to connect to for a host name or an IP address, once. */
  addressOf(host: string): Observable<string>;
  /** Emits the TXT values of a name, once; none where the name has no such record. */
  txtValues(name: string): Observable<readonly string[]>;
}

/** Options of {@link network}. */
export interface NetworkOptions {
  readonly httpPort: number;
  readonly tlsPort: number;
  readonly dnsServers: readonly string[];
  readonly hosts: Readonly<Record<string, string>>;
}

/** The network as the options have it: fixed addresses first, then the name servers, or else the system. */
export const network = ({ httpPort, tlsPort, dnsServers, hosts }: NetworkOptions): Network => ({
  httpPort,
  tlsPort,
  addressOf: (host) => {
    const fixed = Object.hasOwn(hosts, host) ? hosts[host] : hosts['*'];
    if (fixed !== undefined) return of(fixed);
    if (isIP(host) !== 0) return of(host);
    return asked(dnsServers, 'the address', host, (resolver) =>
      dnsServers.length === 0 ? systemAddress(host) : firstAddress(resolver, host),
    );
  },
  txtValues: (name) => asked(dnsServers, 'TXT', name, (resolver) => txtValues(resolver, name)),
});

/** Asks with a resolver of its own, which remembers nothing. Unsubscribing cancels the queries. */
const asked = <T>(
  servers: readonly string[],
  what: string,
  name: string,
  query: (resolver: dns.Resolver) => Promise<T>,
): Observable<T> =>
  new Observable((subscriber) => {
    const resolver = new dns.Resolver({ timeout: 2000, tries: 3 });
    if (servers.length > 0) resolver.setServers(servers);
    query(resolver).then(
      (found) => {
        subscriber.next(found);
        subscriber.complete();
      },
      (error: unknown) => {
        subscriber.error(failure('dns', `looking up ${what} of ${name}: ${reasonOf(error)}`));
      },
    );
    return () => {
      resolver.cancel();
    };
  });

const systemAddress = async (host: string): Promise<string> => {
  const { address }: LookupAddress = await dns.lookup(host);
  return address;
};

async function firstAddress(resolver: dns.Resolver, host: string): Promise<string> {
  const [v4, v6] = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)]);
  const [address] = [v4, v6].flatMap((each) => (each.status === 'fulfilled' ? each.value : []));
  if (address !== undefined) return address;
  throw v4.status === 'rejected' ? v4.reason : new Error('there is none');
}

async function txtValues(resolver: dns.Resolver, name: string): Promise<readonly string[]> {
  try {
    return (await resolver.resolveTxt(name)).map((parts) => parts.join(''));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENODATA') return [];
    throw error;
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOTFOUND: 'there is no such name',
  ENODATA: 'it has none',
  ESERVFAIL: 'the name server failed',
  EREFUSED: 'the name server refused',
  ETIMEOUT: 'the name server did not answer',
  ECONNREFUSED: 'the name server cannot be reached',
};

function reasonOf(error: unknown): string {
  const { code = '', message = String(error) } = error as Partial<NodeJS.ErrnoException>;
  return reasons[code] ?? message;
}
