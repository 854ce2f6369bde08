import { toIdentifier } from '../codec/identifier.js';

/**
 * The octets of an IP address. Throws `TypeError` where the text is not one.
 *
 * @see RFC 8738 §3, RFC 5280 §4.2.1.6
 */
export function ipOctets(address: string): Uint8Array {
  const { value } = toIdentifier({ type: 'ip', value: address });
  return value.includes(':') ? ipv6Octets(value) : Uint8Array.from(value.split('.'), Number);
}

/**
 * Four or sixteen octets as the canonical text of an IP address. Throws an `Error` on another number of them.
 *
 * @see RFC 5952 §4
 */
export function ipText(octets: Uint8Array): string {
  if (octets.length === 4) return octets.join('.');
  if (octets.length !== 16) throw new Error(`an IP address in it has ${octets.length} octets, not 4 or 16`);
  const groups = Array.from({ length: 8 }, (_, index) => twoOctets(octets[2 * index] ?? 0, octets[2 * index + 1] ?? 0));
  return toIdentifier({ type: 'ip', value: groups.join(':') }).value;
}

const twoOctets = (high: number, low: number): string => ((high << 8) | low).toString(16);

function ipv6Octets(text: string): Uint8Array {
  const hexadecimal = text.replace(
    /(\d+)\.(\d+)\.(\d+)\.(\d+)$/,
    (_, a: string, b: string, c: string, d: string) =>
      `${twoOctets(Number(a), Number(b))}:${twoOctets(Number(c), Number(d))}`,
  );
  const [before = [], after = []] = hexadecimal.split('::').map((half) => (half === '' ? [] : half.split(':')));
  const zeros = new Array<string>(8 - before.length - after.length).fill('0');
  return Uint8Array.from(
    [...before, ...zeros, ...after].map((group) => parseInt(group, 16)).flatMap((group) => [group >> 8, group & 255]),
  );
}
