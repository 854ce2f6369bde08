/**
 * How the body of an answer is encoded; undefined for as it is, and where there is no body.
 *
 * @see RFC 9110 §8.4
 */
export function contentEncoding(header: string | null | undefined, status: number): string | undefined {
  const encoding = (header || 'identity').trim().toLowerCase();
  return encoding === 'identity' || status === 204 || status === 304 ? undefined : encoding;
}
