/**
 * The octets of an IP address. Throws `TypeError` where the text is not one.
 *
 * @see RFC 8738 §3, RFC 5280 §4.2.1.6
 */
export function ipOctets(address: string): Uint8Array {
  const octets = address.includes(':') ? ipv6Octets(address) : ipv4Octets(address);
  if (octets.length > 0) return Uint8Array.from(octets);
  throw new TypeError(`${JSON.stringify(address.slice(0, 100))} is not an IP address`);
}

/**
 * Four or sixteen octets as the canonical text of an IP address. Throws an `Error` on another number of them.
 *
 * @see RFC 5952 §4, §5
 */
export function ipText(octets: Uint8Array): string {
  if (octets.length === 4) return octets.join('.');
  if (octets.length !== 16) throw new Error(`an IP address in it has ${octets.length} octets, not 4 or 16`);
  const [high, low] = [octets.subarray(0, 12), octets.subarray(12)];
  if (high.join() === ipv4Mapped) return `::ffff:${low.join('.')}`;
  const groups = Array.from({ length: 8 }, (_, index) => twoOctets(octets[2 * index] ?? 0, octets[2 * index + 1] ?? 0));
  return ipv6Host(groups.join(':'));
}

const ipv4Mapped = '0,0,0,0,0,0,0,0,0,0,255,255';

const twoOctets = (high: number, low: number): string => ((high << 8) | low).toString(16);

/** What the platform makes of it: groups in hexadecimal, the longest run of zeros left out. Empty where it is none. */
const ipv6Host = (text: string): string =>
  /^[\dA-Fa-f:.]{2,45}$/.test(text) && URL.canParse(`http://[${text}]/`)
    ? new URL(`http://[${text}]/`).hostname.slice(1, -1)
    : '';

function ipv4Octets(text: string): readonly number[] {
  const octets = text.split('.').map((part) => Number(part) & 255);
  return octets.length === 4 && octets.join('.') === text ? octets : [];
}

function ipv6Octets(text: string): readonly number[] {
  const host = ipv6Host(text);
  if (host === '') return [];
  const [before = [], after = []] = host.split('::').map((half) => (half === '' ? [] : half.split(':')));
  const zeros = new Array<string>(8 - before.length - after.length).fill('0');
  return [...before, ...zeros, ...after]
    .map((group) => parseInt(group, 16))
    .flatMap((group) => [group >> 8, group & 255]);
}
