import { concatMap, map, type Observable, of } from 'rxjs';
import type { Order } from '../model/order.js';
import { pollUntil } from '../rx/poll-until.js';
import { getOrder } from '../resources/order.js';
import { pollPorts } from '../resources/poll.js';
import { sameOrder } from '../resources/same-order.js';
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
  pace = issuance.options.poll,
): Observable<Step> =>
  of(progress.order).pipe(
    pollUntil({
      ...pollPorts<Order>(issuance.account.session, 'the order', pace),
      read: (last) => getOrder(issuance.account, last.url).pipe(map((now) => sameOrder(last, now))),
      settled: moved,
      select: (look, nextLookMs) => ({ look, nextLookMs }),
    }),
    concatMap(({ look, nextLookMs }, index): Step[] => {
      const { status } = look;
      const base = eventBase(issuance, look);
      const next = nextLookMs === undefined ? undefined : new Date(base.at.getTime() + nextLookMs);
      if (next === undefined) return [{ type: 'polled', ...base, status }, progressed(progress, { order: look })];
      return [{ type: index === 0 ? 'waiting' : 'polled', ...base, status, nextPollAt: next }];
    }),
  );
