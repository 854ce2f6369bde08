import { parseRfc3339 } from '../../codec/rfc3339.js';
import { refuse } from './refusal.js';

/** What an order says of the validity of its certificate. */
export interface AskedValidity {
  readonly notBeforeAt?: Date;
  readonly notAfterAt?: Date;
}

/**
 * Reads what newOrder asks for, and refuses what no certificate can have.
 *
 * @see RFC 8555 §7.4
 */
export function askedValidity(payload: Readonly<Record<string, unknown>>, now: Date): AskedValidity {
  const notBeforeAt = instantOf('notBefore', payload['notBefore']);
  const notAfterAt = instantOf('notAfter', payload['notAfter']);
  if (notAfterAt !== undefined && notAfterAt <= (notBeforeAt ?? now))
    refuse('malformed', 'notAfter must be later than notBefore, and than now');
  return {
    ...(notBeforeAt === undefined ? {} : { notBeforeAt }),
    ...(notAfterAt === undefined ? {} : { notAfterAt }),
  };
}

function instantOf(member: string, value: unknown): Date | undefined {
  if (value === undefined) return undefined;
  const instant = typeof value === 'string' ? parseRfc3339(value) : undefined;
  return instant ?? refuse('malformed', `${member} must be a date and time of RFC 3339`);
}
