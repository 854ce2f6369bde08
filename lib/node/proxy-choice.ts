import { isExempt, isLoopback } from './no-proxy.js';

/** Which proxy a URL is asked through; undefined for none. */
export type ProxyChoice = (url: URL) => URL | undefined;

/**
 * The proxy that the environment names: `HTTPS_PROXY` for `https:` URLs, `HTTP_PROXY` for `http:` ones, in upper or lower
 * case, the latter first. None for `localhost` and loopback addresses, nor for hosts in `NO_PROXY`: names with all below
 * them, addresses, with or without a port, networks such as `10.0.0.0/8`, or `*` for all, between commas or spaces.
 * Throws `TypeError` where a value is no proxy.
 */
export function proxyFromEnvironment(environment: NodeJS.ProcessEnv): ProxyChoice {
  const value = (name: string) => (environment[name.toLowerCase()] || environment[name] || '').trim();
  const proxies = new Map<string, URL>(
    (['HTTPS_PROXY', 'HTTP_PROXY'] as const).flatMap((name) => {
      const text = value(name);
      const protocol = name === 'HTTPS_PROXY' ? 'https:' : 'http:';
      return text === '' ? [] : [[protocol, proxyUrl(text, name)] as const];
    }),
  );
  const exempt = value('NO_PROXY')
    .split(/[\s,]+/)
    .filter((each) => each !== '');
  return (url) =>
    isLoopback(url.hostname) || exempt.some((each) => isExempt(each, url)) ? undefined : proxies.get(url.protocol);
}

/** Throws `TypeError`, which does not repeat the text: it may hold a password. */
export function proxyUrl(text: string, what: string): URL {
  const whole = text.includes('://') ? text : `http://${text}`;
  if (!URL.canParse(whole) || !/^https?:/i.test(whole))
    throw new TypeError(`nodeTransport: ${what} must be the http: or https: URL of a proxy`);
  const url = new URL(whole);
  if (authorizationFor(url) === null)
    throw new TypeError(`nodeTransport: in the name and the password of ${what}, % must be written as %25`);
  return url;
}

/**
 * The `Proxy-Authorization` that a proxy's URL asks for: undefined for none, null where its escapes stand for nothing.
 *
 * @see RFC 7617 §2
 */
export function authorizationFor({ username, password }: URL): string | undefined | null {
  if (username + password === '') return undefined;
  try {
    const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
    return `Basic ${Buffer.from(credentials).toString('base64')}`;
  } catch {
    return null;
  }
}
