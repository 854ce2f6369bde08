/** The URL that `text` is, against `base` where it is relative. Undefined where the platform finds none. */
export function parseUrl(text: string, base?: string): URL | undefined {
  try {
    return new URL(text, base);
  } catch {
    return undefined;
  }
}

/**
 * Whether `text` is a URL of its own as it stands: with a scheme, without blanks or control characters, and with
 * nothing in it that a URL parser would have to mend first.
 *
 * @see RFC 3986 §4.3
 */
export function isAbsoluteUrl(text: string): boolean {
  if (!/^[A-Za-z][A-Za-z\d+.-]*:[^\s\p{Cc}\\]+$/u.test(text)) return false;
  if (/^https?:/i.test(text) && !/^https?:\/\/[^/]/i.test(text)) return false;
  return URL.canParse(text);
}

/** A URL that a header gives: an absolute one character for character, another against `base`. Undefined where it is none. */
export function resolveUrl(text: string, base: string): string | undefined {
  if (isAbsoluteUrl(text)) return text;
  return /[\s\p{Cc}]/u.test(text) ? undefined : parseUrl(text, base)?.href;
}
