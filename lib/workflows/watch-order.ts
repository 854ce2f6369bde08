import { map, mergeMap, type Observable, of } from 'rxjs';
import type { Order } from '../model/order.js';
import { pollUntil } from '../rx/poll-until.js';
import { getOrder } from '../resources/order.js';
import { pollPorts } from '../resources/poll.js';
import { eventBase, type Issuance, type Progress, progressed, type Step } from './issuance.js';

/**
 * Looks at an order until it has moved. The order in `progress` counts as a look that was had: what it says of when
 * to look next is honoured.
 *
 * Emits `waiting` for the wait before the first look, `polled` for each look, then how far the order came.
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
    map(({ look, nextLookMs }, index): Step[] => {
      const { status } = look;
      const base = eventBase(issuance, look);
      const next = nextLookMs === undefined ? undefined : new Date(base.at.getTime() + nextLookMs);
      if (next === undefined) return [{ type: 'polled', ...base, status }, progressed(progress, { order: look })];
      return [{ type: index === 0 ? 'waiting' : 'polled', ...base, status, nextPollAt: next }];
    }),
    mergeMap((steps) => steps, 1),
  );
