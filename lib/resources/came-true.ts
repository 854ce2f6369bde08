import { type MonoTypeOperatorFunction, tap } from 'rxjs';
import { protocolFault } from '../model/errors/protocol-error.js';

/**
 * Passes on a value whose status is the one that was asked for. Errors with {@link AcmeProtocolError} on any other:
 * whoever believes that it is done does not look again.
 *
 * @param what What was asked for and what it is about, for the message.
 */
export const cameTrue = <T extends { readonly url: string; readonly status: string }>(
  wanted: T['status'],
  [deed, what]: readonly [deed: string, what: string],
): MonoTypeOperatorFunction<T> =>
  tap(({ url, status }) => {
    if (status === wanted) return;
    throw protocolFault(url, `the server took the ${deed}, and the ${what} is ${status} still`);
  });
