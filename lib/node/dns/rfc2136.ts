import {
  asyncScheduler,
  concatMap,
  defer,
  ignoreElements,
  map,
  type Observable,
  of,
  type SchedulerLike,
  type TimestampProvider,
} from 'rxjs';
import { AcmeDnsError } from '../../model/errors/dns-error.js';
import { canonicalDnsName, isWithin } from '../../solvers/dns/dns-name.js';
import type { DnsProvider, DnsRecord } from '../../solvers/dns/dns-provider.js';
import { checkDnsName } from './ask.js';
import { type DnsServer, dnsServer } from './dns-server.js';
import { dnsExchange } from './exchange.js';
import type { DnsMessage } from './message.js';
import { rcodeError } from './rcodes.js';
import { zonesIn } from './record-data.js';
import { isVerified, signedMessage } from './tsig.js';
import type { TsigKey } from './tsig-record.js';
import { tsigKey, type TsigKeyOptions } from './tsig-key.js';
import { updateMessage, zoneQuestion } from './update-message.js';

/** Options of {@link rfc2136}. */
export interface Rfc2136Options {
  /** The primary name server: an address or a name, with a port where it is not 53. */
  readonly server: string;
  /** The key to sign with. Default: none, where the server goes by addresses. */
  readonly tsig?: TsigKeyOptions | undefined;
  /** The zone that is changed. Default: the record's own where it has one, else the one that the server names. */
  readonly zone?: string | undefined;
  /** How long resolvers may keep a value, in seconds. Default: 60. */
  readonly ttl?: number | undefined;
  /** Default: `udp`, and TCP where the answer does not fit. */
  readonly transport?: 'udp' | 'tcp' | undefined;
  /** The longest that one answer may take, in milliseconds. Default: 10 000. */
  readonly timeoutMs?: number | undefined;
  /** Default: `asyncScheduler`. */
  readonly scheduler?: SchedulerLike | undefined;
  /** What "now" is, for signatures. Default: the scheduler. */
  readonly clock?: TimestampProvider | undefined;
}

/**
 * A DNS provider over dynamic updates: what BIND, Knot, PowerDNS and Windows servers understand. Adds one value and
 * removes exactly that one. Messages and answers are signed with the key; an answer that is not is not believed.
 *
 * Emits nothing itself: the value is a provider for `dns01` and `txtPublisher`. It errors with
 * {@link AcmeDnsError}, whose message explains what the server says. Unsubscribing closes the socket. Cost: one message,
 * and one more where the zone is not given. Throws `TypeError` on options that cannot work; the secret is in no message and
 * in no printed form.
 *
 * @example
 * ```ts
 * const provider = rfc2136({
 *   server: 'ns1.example.org',
 *   tsig: { name: 'acme', algorithm: 'hmac-sha256', secret: 'bm90IGEgc2VjcmV0' },
 * });
 * const solver = dns01(txtPublisher(provider, { propagation: authoritativeServers() }));
 * ```
 *
 * @see RFC 2136, RFC 8945
 */
export function rfc2136(options: Rfc2136Options): DnsProvider {
  const { server, tsig, ttl = 60, timeoutMs = 10_000, scheduler = asyncScheduler, clock = scheduler } = options;
  if (!(Number.isInteger(ttl) && ttl >= 0 && ttl < 2 ** 31)) throw new TypeError('rfc2136: ttl must be seconds');
  if (!(timeoutMs > 0)) throw new TypeError('rfc2136: timeoutMs must be a number of milliseconds');
  const zone = options.zone === undefined ? undefined : canonicalDnsName(options.zone);
  const peer: Peer = {
    server: dnsServer(server),
    key: tsig === undefined ? undefined : tsigKey(tsig),
    exchange: { transport: options.transport, timeoutMs, scheduler },
    clock,
  };
  const change = (record: DnsRecord, seconds?: number) => changed(peer, record, zone, seconds);
  return { add: (record) => change(record, ttl), remove: (record) => change(record) };
}

/** A server, and how it is talked to. */
interface Peer {
  readonly server: DnsServer;
  readonly key: TsigKey | undefined;
  readonly exchange: NonNullable<Parameters<typeof dnsExchange>[2]>;
  readonly clock: TimestampProvider;
}

const changed = (peer: Peer, record: DnsRecord, given: string | undefined, ttl?: number): Observable<never> =>
  defer(() => {
    const name = canonicalDnsName(record.name);
    checkDnsName(name);
    const zone = given ?? record.zone;
    return (zone === undefined ? zoneAt(peer, name) : of(zone)).pipe(
      concatMap((holds) =>
        signedExchange(peer, () =>
          updateMessage({ zone: holds, name, value: record.value, ...(ttl === undefined ? {} : { ttl }) }),
        ),
      ),
      map((answer) => {
        if (answer.rcode !== 0) throw refusal(peer, answer, ` to change ${name}`);
      }),
      ignoreElements(),
    );
  });

/** Emits the zone of a name, as the server has it. */
const zoneAt = (peer: Peer, name: string): Observable<string> =>
  signedExchange(peer, () => zoneQuestion(name)).pipe(
    map((answer) => {
      const { label } = peer.server;
      if (!usable.includes(answer.rcode)) throw refusal(peer, answer, ` when asked for the zone of ${name}`);
      const zone = answer.isAuthoritative ? zonesIn(answer).find((each) => isWithin(name, each)) : undefined;
      if (zone !== undefined) return zone;
      const message = `${label}: this server has no zone for ${name}: name the primary server, or give the zone`;
      throw new AcmeDnsError('not-authoritative', message, { server: label });
    }),
  );

/** NOERROR and NXDOMAIN say something that is acted upon; a server that refuses may not know the key. */
const usable: readonly number[] = [0, 3];

/** Emits the answer, which is signed unless it is a refusal. */
const signedExchange = ({ server, key, exchange, clock }: Peer, make: () => Buffer): Observable<DnsMessage> =>
  defer(() => {
    if (key === undefined) return dnsExchange(server, make(), exchange);
    const signed = signedMessage(make(), key, clock.now());
    const { label } = server;
    return dnsExchange(server, signed.bytes, exchange).pipe(
      map((answer) => {
        if (isVerified(answer, signed, key, clock.now(), label) || !usable.includes(answer.rcode)) return answer;
        const message = `${label}: the answer is not signed, so it is not believed`;
        throw new AcmeDnsError('bad-signature', message, { server: label });
      }),
    );
  });

const refusal = ({ server, key }: Peer, { rcode }: DnsMessage, what: string): AcmeDnsError =>
  rcodeError(rcode, server.label, { note: `${what}${key === undefined ? ', not signed' : `, signed by ${key.name}`}` });
