/** A date and a time of day in UTC, numbers or their digits, as read from text: months from 1, nothing checked yet. */
export interface UtcFields {
  readonly year: number | string;
  readonly month: number | string;
  readonly day: number | string;
  readonly hour: number | string;
  readonly minute: number | string;
  /** 60 for a leap second. */
  readonly second: number | string;
  readonly millisecond?: number;
  /** How far the local time is ahead of UTC. */
  readonly offsetMinutes?: number;
}

const dayMs = 86_400_000;

/**
 * The instant that `fields` name. Undefined where the calendar has no such day or the day no such time. A leap second
 * is taken at the end of a UTC day only, and as the second after it: this platform's days have none.
 */
export function utcInstant(fields: UtcFields): Date | undefined {
  const { millisecond = 0, offsetMinutes = 0 } = fields;
  const [year, month, day] = [+fields.year, +fields.month, +fields.day];
  const [hour, minute, second] = [+fields.hour, +fields.minute, +fields.second];
  const instant = new Date(0);
  instant.setUTCFullYear(year, month - 1, day);
  if (instant.getUTCMonth() !== month - 1 || instant.getUTCDate() !== day) return undefined;
  if (hour > 23 || minute > 59 || second > 60) return undefined;
  instant.setUTCHours(hour, minute - offsetMinutes, second, millisecond);
  const isMidnight = (instant.getTime() - millisecond) % dayMs === 0;
  return second === 60 && !isMidnight ? undefined : instant;
}
