import { parseUrl } from './url.js';

const octet = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)';
const dottedQuad = new RegExp(`^${octet}(?:\\.${octet}){3}$`);

/**
 * The one text form of an IP address: four numbers for IPv4, the form of RFC 5952 for IPv6. Undefined where the text
 * is no address, among them short, octal and hexadecimal forms of IPv4, brackets and zones.
 *
 * @see RFC 8738 §3, RFC 5952 §4, §5
 */
export function canonicalIpAddress(text: string): string | undefined {
  if (dottedQuad.test(text)) return text;
  if (!/^[\dA-Fa-f:.]{2,45}$/.test(text)) return undefined;
  const address = parseUrl(`http://[${text}]/`)?.hostname.slice(1, -1);
  return address?.replace(
    /^::ffff:([\da-f]+):([\da-f]+)$/,
    (_, high: string, low: string) => `::ffff:${quad(high, low)}`,
  );
}

/** Two groups of an IPv6 address as the IPv4 address that they hold. */
const quad = (...groups: readonly string[]): string =>
  groups
    .map((group) => parseInt(group, 16))
    .flatMap((value) => [value >> 8, value & 255])
    .join('.');
