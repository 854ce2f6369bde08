/**
 * Whether a URL may be asked: one of `https:`, or of `http:` where that is allowed.
 *
 * @see RFC 8555 §6.1
 */
export const isSecureUrl = (url: unknown, allowInsecureHttp: boolean): boolean =>
  typeof url === 'string' && URL.canParse(url) && (allowInsecureHttp ? /^https?:/i : /^https:/i).test(url);
