import type { AutoRenewal } from '../model/auto-renewal.js';
import type { Order } from '../model/order.js';
import { defined } from './defined.js';
import { isObject, flagOf, ownMember, secondsMsOf, textOf } from './tolerant.js';
import { parseRfc3339 } from './rfc3339.js';

/**
 * What an order says of the renewal of its certificate: the server may have changed what was asked for. Undefined where
 * the order has no automatic renewal, or one without an end or a lifetime.
 *
 * @see RFC 8739 §3.1.1
 */
export function readAutoRenewal({ raw }: Pick<Order, 'raw'>): AutoRenewal | undefined {
  const members = ownMember(raw, 'auto-renewal');
  if (!isObject(members)) return undefined;
  const endAt = parseRfc3339(textOf(members, 'end-date') ?? '');
  const lifetimeMs = secondsMsOf(members, 'lifetime');
  if (endAt === undefined || lifetimeMs === undefined) return undefined;
  return defined({
    startAt: parseRfc3339(textOf(members, 'start-date') ?? ''),
    endAt,
    lifetimeMs,
    lifetimeAdjustMs: secondsMsOf(members, 'lifetime-adjust') ?? 0,
    allowCertificateGet: flagOf(members, 'allow-certificate-get') ?? false,
  });
}

/**
 * Whether an order lets anybody fetch its certificate, by GET without a signature.
 *
 * @see RFC 8739 §3.4, RFC 9115 §2.4
 */
export function allowsCertificateGet({ raw }: Pick<Order, 'raw'>): boolean {
  const renewal = ownMember(raw, 'auto-renewal');
  return flagOf(isObject(renewal) ? renewal : raw, 'allow-certificate-get') === true;
}
