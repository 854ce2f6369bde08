import { BlockList, isIP } from 'node:net';

/**
 * Whether an entry of `NO_PROXY` names the host of a URL: `example.org`, `.example.org` and `*.example.org` the host and
 * all below it, with or without a port, `10.0.0.0/8` and `2001:db8::/32` a network, `*` all. Names and addresses may be
 * written in any form that `URL` reads.
 */
export function isExempt(entry: string, { hostname, port, protocol }: URL): boolean {
  if (entry === '*') return true;
  const asked = bare(hostname);
  const [, network = '', bits = ''] = /^\[?([\d.]+|[\da-f:.]+)\]?\/(\d+)$/i.exec(entry) ?? [];
  if (isIP(network) !== 0) return isWithin(network, Number(bits), asked);
  const [, host = '', onPort] = /^(\[[^\]]*\]|[^:]*|.*)(?::(\d+))?$/.exec(entry) ?? [];
  const actual = port === '' ? (protocol === 'https:' ? '443' : '80') : port;
  if (onPort !== undefined && onPort !== actual) return false;
  const named = normal(bare(host.replace(/^\*?\./, '')));
  return named !== '' && (asked === named || (isIP(asked) === 0 && asked.endsWith(`.${named}`)));
}

/** Whether a host is the machine itself. */
export function isLoopback(hostname: string): boolean {
  const host = bare(hostname);
  if (isIP(host) === 0) return host === 'localhost' || host.endsWith('.localhost');
  return host === '::1' || isWithin('127.0.0.0', 8, host) || isWithin('::ffff:127.0.0.0', 104, host);
}

const bare = (hostname: string): string => hostname.replace(/^\[|\]$|\.$/g, '');

/** As `URL` writes it: names in A-labels, addresses in their shortest form. */
function normal(host: string): string {
  const url = `http://${isIP(host) === 6 ? `[${host}]` : host}`;
  return /[/?#@\\]/.test(host) || !URL.canParse(url) ? '' : bare(new URL(url).hostname);
}

function isWithin(network: string, bits: number, address: string): boolean {
  const version = isIP(network);
  if (isIP(address) !== version || bits > (version === 6 ? 128 : 32)) return false;
  const family = version === 6 ? 'ipv6' : 'ipv4';
  const list = new BlockList();
  list.addSubnet(network, bits, family);
  return list.check(address, family);
}
