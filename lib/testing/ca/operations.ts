import type { Operation } from './operation.js';
import { account, newAccount } from './operations/account.js';
import { authorization, challenge } from './operations/authorization.js';
import { certificate, revokeCert } from './operations/certificate.js';
import { directory, newNonce } from './operations/directory.js';
import { finalize, newOrder, order, orders } from './operations/order.js';

/** Every operation of the server. */
export const operations: readonly Operation[] = [
  directory,
  newNonce,
  newAccount,
  account,
  orders,
  newOrder,
  order,
  authorization,
  challenge,
  finalize,
  certificate,
  revokeCert,
];
