import { type UtcFields, utcInstant } from './utc.js';

const date = '(?<year>\\d{4})-(?<month>\\d\\d)-(?<day>\\d\\d)';
const time = '(?<hour>\\d\\d):(?<minute>\\d\\d):(?<second>\\d\\d)(?:\\.(?<fraction>\\d+))?';
const offset = '(?:[Zz]|(?<sign>[+-])(?<ahead>[01]\\d|2[0-3]):(?<more>[0-5]\\d))';
const form = new RegExp(`^${date}[Tt]${time}${offset}$`);

/**
 * The instant of an RFC 3339 date and time, with any fraction (what is below a millisecond is cut off) and any
 * offset. Undefined where the text is none.
 *
 * @see RFC 3339 §5.6, RFC 8555 §7.1.3
 */
export function parseRfc3339(text: string): Date | undefined {
  const match = form.exec(text)?.groups;
  if (match === undefined) return undefined;
  const { sign = '', ahead = 0, more = 0, fraction = '' } = match;
  return utcInstant({
    millisecond: Number(fraction.slice(0, 3).padEnd(3, '0')),
    offsetMinutes: Number(`${sign}1`) * (Number(ahead) * 60 + Number(more)),
    ...(match as unknown as UtcFields),
  });
}
