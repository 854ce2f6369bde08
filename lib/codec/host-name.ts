import { parseUrl } from './url.js';

/** Longer than any name whose A-labels fit, whatever it is written in. */
const maxLength = 1024;

/**
 * A host name in the form that certificates hold: A-labels, lower case, no dot at the end. Throws `TypeError`, with
 * the reason, on what no host is called.
 *
 * @see RFC 8555 §7.1.4, RFC 5280 §4.2.1.6, §7.2, RFC 5890 §2.3.2.1
 */
export function toHostName(text: string): string {
  const name = toAscii(text).replace(/\.$/, '');
  const labels = name.split('.');
  if (name.length > 253) throw new TypeError('a host name has at most 253 characters');
  if (!labels.every((label) => /^(?!-)[\da-z-]{1,63}(?<!-)$/.test(label))) {
    throw new TypeError('a label has 1 to 63 letters, digits and, within, hyphens');
  }
  if (/^(?:\d+|0x[\da-f]*)$/.test(labels.at(-1) ?? '')) {
    throw new TypeError('a host name ends in no number, and this is no IP address');
  }
  return name;
}

/**
 * Converts to A-labels with the platform's URL parser. Only a name is put to it: no character that means something in
 * a URL, and a last label that keeps it from taking numbers for an IPv4 address.
 */
function toAscii(text: string): string {
  if (text.length > maxLength) throw new TypeError('a host name has at most 253 characters');
  if (/[\s\p{Cc}"#%/:<>?@[\\\]^`{|}]/u.test(text)) throw new TypeError('a character that no host name has');
  const host = parseUrl(`http://${text}.x/`)?.hostname;
  if (host?.endsWith('.x') !== true) throw new TypeError('not a domain name');
  return host.slice(0, -'.x'.length);
}
