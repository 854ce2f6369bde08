import { decodeUtf8, encodeUtf8 } from '../../codec/utf8.js';
import { joined } from './joined.js';

/** What stands in for a request or a certificate where nothing may be asynchronous: JSON in a DER string. */
export function encodeFakeDer(value: object): Uint8Array {
  const text = encodeUtf8(JSON.stringify(value));
  return tagged(0x30, tagged(0x0c, text));
}

/** The value that was encoded; `undefined` where the bytes are something else, such as real DER. */
export function decodeFakeDer(der: Uint8Array): object | undefined {
  const outer = contentOf(0x30, der);
  const inner = outer === undefined ? undefined : contentOf(0x0c, outer);
  if (inner === undefined) return undefined;
  try {
    return JSON.parse(decodeUtf8(inner)) as object;
  } catch {
    return undefined;
  }
}

function tagged(tag: number, content: Uint8Array): Uint8Array {
  const { length } = content;
  const octets = length < 0x80 ? [length] : lengthOctets(length);
  return joined([tag, ...octets], content);
}

function lengthOctets(length: number): number[] {
  const octets: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) octets.unshift(rest % 256);
  return [0x80 + octets.length, ...octets];
}

function contentOf(tag: number, der: Uint8Array): Uint8Array | undefined {
  const [found, first = 0] = der;
  if (found !== tag) return undefined;
  const more = first < 0x80 ? 0 : first - 0x80;
  const length = more === 0 ? first : der.subarray(2, 2 + more).reduce((sum, octet) => sum * 256 + octet, 0);
  const content = der.subarray(2 + more);
  return content.length === length ? content : undefined;
}
