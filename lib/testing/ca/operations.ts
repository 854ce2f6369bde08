import type { Operation } from './operation.js';
import { account, newAccount } from './operations/account.js';
import { authorization, challenge } from './operations/authorization.js';
import { certificate, revokeCert } from './operations/certificate.js';
import { directory, newNonce } from './operations/directory.js';
import { delegation, delegations } from './operations/delegation.js';
import { keyChange } from './operations/key-change.js';
import { finalize, newOrder, order } from './operations/order.js';
import { orders } from './operations/order-list.js';
import { checkingProfile } from './operations/profiles.js';
import { sharedCertificate } from './operations/shared-certificate.js';
import { checkingReplacement, renewalInfo } from './operations/renewal-info.js';

/** Every operation of the server. */
export const operations: readonly Operation[] = [
  directory,
  newNonce,
  newAccount,
  account,
  keyChange,
  orders,
  delegations,
  delegation,
  checkingProfile(checkingReplacement(newOrder)),
  order,
  authorization,
  challenge,
  finalize,
  certificate,
  sharedCertificate,
  revokeCert,
  renewalInfo,
];
