import { ipOctets } from './ip-octets.js';

/**
 * The name under which the reverse DNS has an IP address, without a dot at its end: `tls-alpn-01` asks servers for it,
 * because a server name is never an address. Throws `TypeError` where the text is not an address.
 *
 * @see RFC 8738 §6, RFC 1035 §3.5, RFC 3596 §2.5
 */
export function reverseName(address: string): string {
  const octets = [...ipOctets(address)].reverse();
  if (octets.length === 4) return `${octets.join('.')}.in-addr.arpa`;
  return `${octets.flatMap((octet) => [octet & 15, octet >> 4].map((half) => half.toString(16))).join('.')}.ip6.arpa`;
}
