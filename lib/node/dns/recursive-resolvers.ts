import { map } from 'rxjs';
import type { PropagationCheck } from '../../solvers/dns/propagation.js';
import { txtLookups } from '../../solvers/dns/txt-lookups.js';
import type { PropagationOptions } from '../../solvers/dns/watch-propagation.js';
import { ask } from './ask.js';
import { dnsServer } from './dns-server.js';
import { aliasIn, txtValues } from './record-data.js';

/** Options of {@link recursiveResolvers}. */
export interface RecursiveResolversOptions extends PropagationOptions {
  /** Addresses or names, with a port where it is not 53. All of them have to show the value. */
  readonly servers: readonly string[];
}

/**
 * A check at resolvers of one's choice: those of a network that the certification authority is in, say, where names mean
 * something else than outside.
 *
 * They remember what they did not find, often for minutes. So nothing is asked before the record is written, the first
 * look comes after 5 s, and aliases are followed only where `followCname` of `txtPublisher` says so.
 *
 * Emits nothing itself: the value is for `txtPublisher`. Its stream emits after each look and errors with
 * `AcmeTimeoutError` that names the resolvers without the value. Cost: one look-up for each resolver without the
 * value and each look. Throws `TypeError` on what is no server.
 */
export function recursiveResolvers(options: RecursiveResolversOptions): PropagationCheck {
  const { scheduler, lookupTimeoutMs: timeoutMs } = options;
  const asking = { scheduler, timeoutMs, recursive: true };
  const servers = options.servers.map((text) => dnsServer(text));
  const [first] = servers;
  return txtLookups({
    ...options,
    servers: servers.map((server) => ({
      server: server.label,
      lookup: (name) => ask(server, name, 'TXT', asking).pipe(map((answer) => txtValues(answer, server.label))),
    })),
    remembersAbsence: true,
    ...(first === undefined
      ? {}
      : {
          cname: (name) =>
            ask(first, name, 'CNAME', asking).pipe(map((answer) => aliasIn(answer, name, first.label) ?? name)),
        }),
  });
}
