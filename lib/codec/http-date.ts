import { type UtcFields, utcInstant } from './utc.js';

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const month = `(?<month>${months.join('|')})`;
const time = '(?<hour>\\d\\d):(?<minute>\\d\\d):(?<second>\\d\\d)';
const dayName = '(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)';
const longDayName = '(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day';

const forms = [
  new RegExp(`^${dayName}, (?<day>\\d\\d) ${month} (?<year>\\d{4}) ${time} GMT$`),
  new RegExp(`^${longDayName}, (?<day>\\d\\d)-${month}-(?<year>\\d\\d) ${time} GMT$`),
  new RegExp(`^${dayName} ${month} (?<day>\\d\\d| \\d) ${time} (?<year>\\d{4})$`),
];

/**
 * The instant of an HTTP date in any of its three forms, all of them UTC. Undefined where the text is none. The name
 * of the weekday must be one, but is not compared with the date.
 *
 * @param nowMs What a year of two digits is counted from: it means the last such year that is not over 50 years
 * ahead.
 * @see RFC 9110 §5.6.7
 */
export function parseHttpDate(text: string, nowMs: number): Date | undefined {
  for (const form of forms) {
    const match = form.exec(text)?.groups;
    if (match === undefined) continue;
    const month = months.indexOf(match['month'] ?? '') + 1;
    const inYear = (year: number) => utcInstant({ ...(match as unknown as UtcFields), year, month });
    const year = match['year'] ?? '';
    return year.length === 2 ? latestOf(inYear, Number(year), nowMs) : inYear(Number(year));
  }
  return undefined;
}

function latestOf(inYear: (year: number) => Date | undefined, twoDigits: number, nowMs: number): Date | undefined {
  const limit = new Date(nowMs);
  limit.setUTCFullYear(limit.getUTCFullYear() + 50);
  const century = Math.floor(limit.getUTCFullYear() / 100) * 100;
  const latest = inYear(century + twoDigits);
  return latest !== undefined && latest <= limit ? latest : inYear(century - 100 + twoDigits);
}
