import { parseRfc3339 } from '../../codec/rfc3339.js';
import type { AutoRenewalOffer } from '../../model/auto-renewal.js';
import type { AskedValidity } from './asked-validity.js';
import type { AutoRenewalRecord, OrderRecord } from './records.js';
import { refuse } from './refusal.js';

/**
 * Reads what newOrder asks for, and refuses what is not offered.
 *
 * @see RFC 8739 §3.1.1, §3.2
 */
export function askedAutoRenewal(
  offer: AutoRenewalOffer | undefined,
  payload: Readonly<Record<string, unknown>>,
  now: Date,
): AutoRenewalRecord | undefined {
  const asked = payload['auto-renewal'];
  if (asked === undefined) return undefined;
  if (offer === undefined) return refuse('malformed', 'nothing is renewed here by itself');
  if (typeof asked !== 'object' || asked === null) return refuse('malformed', 'auto-renewal must be an object');
  if ('notBefore' in payload || 'notAfter' in payload)
    refuse('malformed', 'an order with auto-renewal has no notBefore and no notAfter');
  const members = asked as Readonly<Record<string, unknown>>;
  const [startAt, endAt] = [members['start-date'], members['end-date']].map(instantOf);
  const [lifetimeMs, adjustMs = 0] = [members['lifetime'], members['lifetime-adjust']].map(secondsMsOf);
  if (endAt === undefined || lifetimeMs === undefined) return refuse('malformed', 'auto-renewal lacks a member');
  if (lifetimeMs < Math.max(1000, offer.minLifetimeMs))
    refuse('malformed', 'the lifetime is shorter than min-lifetime');
  const durationMs = endAt.getTime() - (startAt ?? now).getTime();
  if (durationMs <= 0 || durationMs > offer.maxDurationMs)
    refuse('malformed', 'the end-date is not after the beginning, or more than max-duration after it');
  if (members['allow-certificate-get'] === true && !offer.allowCertificateGet)
    refuse('malformed', 'certificates are not given away without a signature');
  return { startAt, endAt, lifetimeMs, adjustMs, index: 0 };
}

const instantOf = (value: unknown): Date | undefined =>
  value === undefined
    ? undefined
    : (parseRfc3339(typeof value === 'string' ? value : '') ??
      refuse('malformed', 'dates of auto-renewal are those of RFC 3339'));

function secondsMsOf(value: unknown): number | undefined {
  if (value === undefined) return undefined;
  if (!Number.isInteger(value) || (value as number) < 0) refuse('malformed', 'a duration is a number of seconds');
  return (value as number) * 1000;
}

/**
 * The validity of one of the certificates, the first being 0.
 *
 * @see RFC 8739 §3.5
 */
export function renewedValidity(
  { startAt, endAt, lifetimeMs, adjustMs, firstAt = endAt }: AutoRenewalRecord,
  index: number,
): Required<AskedValidity> {
  const dueMs = firstAt.getTime() + index * lifetimeMs;
  const clientMs = Math.min(lifetimeMs, adjustMs);
  // The first one has no predecessor that it has to be there beside.
  const padMs = index === 0 ? clientMs : Math.max(clientMs, lifetimeMs / 2);
  return {
    notBeforeAt: new Date(Math.max(dueMs - padMs, startAt?.getTime() ?? -Infinity)),
    notAfterAt: new Date(Math.min(dueMs + lifetimeMs, endAt.getTime())),
  };
}

/** Which of the certificates is to be there now: each is there from its own beginning on. */
export function dueIndex(renewal: AutoRenewalRecord, now: Date): number {
  let index = renewal.index;
  const { firstAt = renewal.endAt, lifetimeMs, endAt } = renewal;
  const isDue = (next: number) =>
    firstAt.getTime() + next * lifetimeMs < endAt.getTime() && renewedValidity(renewal, next).notBeforeAt <= now;
  while (isDue(index + 1)) index++;
  return index;
}

/** The order as it is to be issued for now. Any other than one with automatic renewal is as it is. */
export function asDue(order: OrderRecord, now: Date): OrderRecord {
  const { renewal } = order;
  if (renewal === undefined) return order;
  const { startAt } = renewal;
  renewal.firstAt ??= startAt !== undefined && startAt > now ? startAt : now;
  renewal.index = dueIndex(renewal, now);
  return { ...order, validity: renewedValidity(renewal, renewal.index) };
}
