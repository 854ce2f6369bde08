/** What a browser would ask for instead of `url`, or undefined where it asks for that, byte for byte. */
export function otherUrl(url: string): string | undefined {
  const written = afterAuthority(url);
  const meant = afterAuthority(new URL(url).href);
  return (written === meant || `/${written}` === meant) && !written.includes('#') ? undefined : meant;
}

const afterAuthority = (url: string): string => url.replace(/^[^:]+:\/\/[^/?#]*/, '');
