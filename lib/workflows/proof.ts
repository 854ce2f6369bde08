import { defined } from '../codec/defined.js';
import type { Authorization, AuthorizationStatus } from '../model/authorization.js';
import type { AuthorizationPending, AuthorizationSettled } from '../model/events.js';
import { nameOf } from '../model/identifier.js';
import type { Order } from '../model/order.js';
import type { ChallengeTask } from '../model/ports.js';
import type { ProblemDocument } from '../model/problem.js';
import type { Choice } from '../solvers/choose-solver.js';
import { eventBase, type Issuance } from './issuance.js';

/** One authorization that is pending, and how it is to be proven. */
export interface Proof extends Choice {
  readonly authorization: Authorization;
  readonly task: ChallengeTask;
}

/** What an event about a proof carries. */
export const proofEventBase = (
  issuance: Pick<Issuance, 'account'>,
  order: Pick<Order, 'url'>,
  { authorization, challenge }: Pick<Proof, 'authorization' | 'challenge'>,
): Omit<AuthorizationPending, 'type'> => ({
  challengeType: challenge.type,
  ...namedEventBase(issuance, order, authorization),
});

const namedEventBase = (
  issuance: Pick<Issuance, 'account'>,
  order: Pick<Order, 'url'>,
  { identifier, wildcard }: Pick<Authorization, 'identifier' | 'wildcard'>,
) => ({ identifier, wildcard, name: nameOf({ identifier, wildcard }), ...eventBase(issuance, order) });

/** The event for an authorization that needs nothing more, or that nothing helps any more. */
export const settledEvent = (
  issuance: Pick<Issuance, 'account'>,
  order: Pick<Order, 'url'>,
  authorization: Pick<Authorization, 'identifier' | 'wildcard'>,
  status: AuthorizationStatus,
  problem?: ProblemDocument,
): AuthorizationSettled => ({
  type: 'authorization-settled',
  status,
  ...namedEventBase(issuance, order, authorization),
  ...defined({ problem }),
});
