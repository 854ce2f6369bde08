import { AcmeDnsError, type DnsFailure } from '../../model/errors/dns-error.js';

const known: Readonly<Record<number, readonly [name: string, failure: DnsFailure, meaning: string]>> = {
  1: ['FORMERR', 'other', 'the server does not understand the message'],
  2: ['SERVFAIL', 'server-failure', 'the server failed'],
  3: ['NXDOMAIN', 'no-such-name', 'no such name'],
  4: ['NOTIMP', 'other', 'the server does not do such things'],
  5: ['REFUSED', 'refused', 'the server refused: its configuration must allow this, for this key or this address'],
  9: ['NOTAUTH', 'not-authoritative', 'the server has no such zone, or this key may not change it'],
  10: ['NOTZONE', 'not-authoritative', 'the name is not in that zone'],
};

/** The error for a response code. RFC 1035 §4.1.1, RFC 2136 §2.2. */
export function rcodeError(
  rcode: number,
  server: string,
  details: { readonly rememberedMs?: number | undefined; readonly note?: string } = {},
): AcmeDnsError {
  const [name, failure, meaning] = known[rcode] ?? [`code ${rcode}`, 'other', 'the server refused'];
  const { note = '', rememberedMs } = details;
  return new AcmeDnsError(failure, `${server}: ${meaning} (${name})${note}`, { server, rememberedMs });
}
