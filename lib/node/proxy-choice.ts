import { isIP } from 'node:net';

/** Which proxy a URL is asked through; undefined for none. */
export type ProxyChoice = (url: URL) => URL | undefined;

/**
 * The proxy that the environment names: `HTTPS_PROXY` for `https:` URLs, `HTTP_PROXY` for `http:` ones, in upper or lower
 * case, the latter first. None for `localhost` and loopback addresses, nor for hosts in `NO_PROXY`: names with all below
 * them, with or without a port, or `*` for all, between commas or spaces. Throws `TypeError` where a value is no proxy.
 */
export function proxyFromEnvironment(environment: NodeJS.ProcessEnv): ProxyChoice {
  const value = (name: string) => environment[name.toLowerCase()] || environment[name] || undefined;
  const proxies = new Map<string, URL>(
    (['HTTPS_PROXY', 'HTTP_PROXY'] as const).flatMap((name) => {
      const text = value(name);
      const protocol = name === 'HTTPS_PROXY' ? 'https:' : 'http:';
      return text === undefined ? [] : [[protocol, proxyUrl(text, name)] as const];
    }),
  );
  const exempt = (value('NO_PROXY') ?? '').split(/[\s,]+/).filter((each) => each !== '');
  return (url) =>
    isLoopback(url.hostname) || exempt.some((each) => names(each, url)) ? undefined : proxies.get(url.protocol);
}

/** Throws `TypeError`, which does not repeat the text: it may hold a password. */
export function proxyUrl(text: string, what: string): URL {
  const whole = text.includes('://') ? text : `http://${text}`;
  if (URL.canParse(whole) && /^https?:/i.test(whole)) return new URL(whole);
  throw new TypeError(`nodeTransport: ${what} must be the http: or https: URL of a proxy`);
}

const isLoopback = (hostname: string): boolean =>
  hostname === 'localhost' || hostname === '[::1]' || (isIP(hostname) === 4 && hostname.startsWith('127.'));

/** `example.org`, `.example.org` and `*.example.org` name the host and all below it. */
function names(pattern: string, { hostname, port, protocol }: URL): boolean {
  if (pattern === '*') return true;
  const [, host = '', onPort] = /^(\[[^\]]*\]|[^:]*|.*)(?::(\d+))?$/.exec(pattern.toLowerCase()) ?? [];
  const actual = port === '' ? (protocol === 'https:' ? '443' : '80') : port;
  if (onPort !== undefined && onPort !== actual) return false;
  const bare = host.replace(/^\*?\./, '').replace(/^\[|\]$/g, '');
  const asked = hostname.replace(/^\[|\]$/g, '');
  return bare !== '' && (asked === bare || (isIP(asked) === 0 && asked.endsWith(`.${bare}`)));
}
