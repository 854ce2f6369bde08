import { concatMap, EMPTY, type Observable, of } from 'rxjs';
import type { Polled } from '../model/events.js';
import type { Order } from '../model/order.js';
import { pollUntil } from '../rx/poll-until.js';
import { getOrder } from '../resources/order.js';
import { pollPorts } from '../resources/poll.js';
import { eventBase, type Issuance, type Progress, progressed, type Step } from './issuance.js';

/**
 * Looks at an order until it has moved. The order in `progress` counts as a look that was had: what it says of when
 * to look next is honoured.
 *
 * Emits `polled` for each new look, then how far the order came.
 */
export const watchOrder = (
  issuance: Issuance,
  progress: Progress,
  moved: (order: Order) => boolean,
): Observable<Step> =>
  of(progress.order).pipe(
    pollUntil({
      ...pollPorts<Order>(issuance.account.session, 'the order', issuance.options.poll),
      read: ({ url }) => getOrder(issuance.account, url),
      settled: moved,
      select: (look, nextLookMs) => ({ look, nextLookMs }),
    }),
    concatMap(({ look, nextLookMs }, index) => {
      if (index === 0) return EMPTY;
      const event = polled(issuance, look, nextLookMs);
      return nextLookMs === undefined ? of(event, progressed(progress, { order: look })) : of(event);
    }),
  );

function polled(issuance: Issuance, order: Order, nextLookMs: number | undefined): Polled {
  const base = eventBase(issuance, order);
  const nextPollAt = nextLookMs === undefined ? {} : { nextPollAt: new Date(base.at.getTime() + nextLookMs) };
  return { type: 'polled', ...base, status: order.status, ...nextPollAt };
}
