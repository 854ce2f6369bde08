import { of } from 'rxjs';
import type { Operation } from '../operation.js';
import { delegationUrls } from '../order-extensions.js';
import { pageReply } from '../pages.js';
import { refuse } from '../refusal.js';

/** @see RFC 9115 §2.3.1.1 */
export const delegations: Operation = {
  name: 'delegations',
  path: 'delegations',
  byId: true,
  reads: true,
  signedBy: 'account',
  handle: (ca, call) => of(pageReply(ca, call, 'delegations', delegationUrls(ca))),
};

/** @see RFC 9115 §2.3.1.2 */
export const delegation: Operation = {
  name: 'delegation',
  path: 'delegation',
  byId: true,
  reads: true,
  signedBy: 'account',
  handle: (ca, { url }) => {
    const json = ca.settings.delegations?.[delegationUrls(ca).indexOf(url)];
    return json === undefined
      ? refuse('unknownDelegation', 'there is no such delegation', { status: 403 })
      : of({ status: 200, json });
  },
};
