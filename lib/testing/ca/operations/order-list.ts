import { of } from 'rxjs';
import type { Operation } from '../operation.js';
import { pageReply } from '../pages.js';

/** @see RFC 8555 §7.1.2.1 */
export const orders: Operation = {
  name: 'orders',
  path: 'orders',
  byId: true,
  reads: true,
  signedBy: 'account',
  handle: (ca, call) => {
    const urls = (call.account?.orders ?? []).map(({ url }) => url);
    return of(pageReply(ca, call, 'orders', urls));
  },
};
