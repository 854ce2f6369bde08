import type { Operation } from '../operation.js';
import { refuse } from '../refusal.js';

/**
 * newOrder that refuses profiles which are not on offer, and takes the first one on offer where the order names none.
 *
 * @see draft-ietf-acme-profiles §4
 */
export const checkingProfile = (newOrder: Operation): Operation => ({
  ...newOrder,
  handle: (ca, call) => {
    const { profiles = {} } = ca.settings.meta as { readonly profiles?: Readonly<Record<string, string>> };
    const [usual] = Object.keys(profiles);
    if (usual === undefined) return newOrder.handle(ca, call);
    const { profile = usual } = call.payload ?? {};
    if (typeof profile !== 'string' || !Object.hasOwn(profiles, profile))
      refuse('invalidProfile', `there is no profile ${String(profile)}`);
    return newOrder.handle(ca, { ...call, payload: { ...call.payload, profile } });
  },
});
