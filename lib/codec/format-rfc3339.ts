/**
 * An instant in the form that every server reads: UTC, whole seconds, what is below cut off. Throws `TypeError` on a
 * date that is none, or whose year has not four digits.
 *
 * @param what Whose instant it is, for the message.
 * @see RFC 3339 §5.6
 */
export function formatRfc3339(what: string, at: Date): string {
  // An invalid date is null in JSON.
  const [, text] = /^"(\d{4}-.*)\.\d+Z"$/.exec(JSON.stringify(at)) ?? [];
  if (at instanceof Date && text !== undefined) return `${text}Z`;
  throw new TypeError(`${what} must be a valid Date before the year 10000`);
}
