import { concatMap, defer, map, type Observable } from 'rxjs';
import { AcmeDnsError } from '../../model/errors/dns-error.js';
import { followCname } from '../../solvers/dns/follow-cname.js';
import type { PropagationCheck, TxtServer } from '../../solvers/dns/propagation.js';
import {
  checkPropagationOptions,
  type PropagationOptions,
  watchPropagation,
} from '../../solvers/dns/watch-propagation.js';
import { ask, lookAtAny } from './ask.js';
import { type DnsServer, dnsServers } from './dns-server.js';
import { findAuthority, type FindOptions } from './name-servers.js';
import { aliasIn, txtValues } from './record-data.js';

/** Options of {@link authoritativeServers}. */
export interface AuthoritativeServersOptions extends PropagationOptions {
  /** Who is asked where the name servers are: addresses, with a port where it is not 53. Default: those of this machine. */
  readonly resolvers?: readonly string[] | undefined;
  /** Where the name servers listen. Default: 53. */
  readonly port?: number | undefined;
}

/**
 * A check at the source: every address of every name server of the record's zone has to show the value. These remember
 * nothing, so aliases are followed before the record is written, and the first look comes at once.
 *
 * An address that cannot be reached from here (IPv6 without a route, say), or has not answered twice in a row, is not
 * waited for as long as another shows the value.
 *
 * Emits nothing itself: the value is for `txtPublisher`. Its stream emits after each look; it errors with
 * `AcmeTimeoutError` that names the servers without the value, with {@link AcmeDnsError} where there are none. Cost:
 * about four look-ups to find the servers and two for each of them, then one for each without the value and each look.
 * Throws `TypeError` on options that cannot work.
 *
 * @see RFC 8555 §8.4
 */
export function authoritativeServers(options: AuthoritativeServersOptions = {}): PropagationCheck {
  const { resolvers, port = 53, scheduler, lookupTimeoutMs: timeoutMs } = options;
  checkPropagationOptions('authoritativeServers', options);
  const given = resolvers === undefined ? undefined : dnsServers(resolvers);
  const finding = (): FindOptions => ({ resolvers: given ?? dnsServers(undefined), port, scheduler, timeoutMs });
  return {
    seen: (record) =>
      defer(() => findAuthority(record.name, finding())).pipe(
        concatMap(({ servers }) =>
          watchPropagation(
            record,
            servers.map((server) => txtServer(server, finding())),
            options,
          ),
        ),
      ),
    canonicalName: (name) => followCname(name, (each) => aliasOf(each, finding())),
  };
}

const txtServer = (server: DnsServer, options: FindOptions): TxtServer => ({
  server: server.label,
  lookup: (name) =>
    ask(server, name, 'TXT', options).pipe(
      map((answer) => {
        if (answer.isAuthoritative) return txtValues(answer, server.label);
        const message = `${server.label}: the server does not answer for this zone (lame delegation)`;
        throw new AcmeDnsError('not-authoritative', message, { server: server.label });
      }),
    ),
});

/** Emits what a name is an alias of, at the first of its name servers that answers; the name itself where it is none. */
const aliasOf = (name: string, options: FindOptions): Observable<string> =>
  findAuthority(name, options).pipe(
    concatMap(({ servers }) => lookAtAny(servers, name, 'CNAME', options)),
    map(({ answer, server }) => aliasIn(answer, name, server.label) ?? name),
  );
