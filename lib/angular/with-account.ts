import { inject, Injector, runInInjectionContext } from '@angular/core';
import { defaultIfEmpty, defer, map, type Observable, type ObservableInput, ReplaySubject, share, take } from 'rxjs';
import { AcmeInputError } from '../model/errors/input-error.js';
import { AcmeTransportError } from '../model/errors/transport-error.js';
import type { AcmeAccount } from '../request/account.js';
import { runPort } from '../request/port.js';
import type { AcmeSession } from '../request/session.js';
import { type AcmeFeature, checkThat, feature } from './feature.js';

/**
 * Provides the account as a stream: nothing happens before it is first subscribed to, all who subscribe share one run,
 * and what came out is kept. A run that failed, or that everybody left, begins anew with the next who subscribes. What
 * is kept is kept: `changeAccountKey` emits another account, and this one still signs with the old key.
 *
 * Errors of the stream: what the function errors with, as the `cause` of an `AcmePortError`, `account`, where it is
 * no error of rxacme; {@link AcmeInputError} where it emits no account; {@link AcmeTransportError} where the session is
 * closed. Throws `TypeError` on what is no function.
 *
 * @param account Emits the account, of which the first counts. `inject` works in it.
 *
 * @example
 * ```ts
 * const feature = withAccount((session) =>
 *   indexedDbSigners()
 *     .findOrGenerate('acme')
 *     .pipe(concatMap((signer) => newAccount(session, { signer, termsOfServiceAgreed: true }))),
 * );
 * ```
 *
 * @see RFC 8555 §7.3.1
 */
export const withAccount = (
  account: (session: AcmeSession) => ObservableInput<AcmeAccount>,
): AcmeFeature<'account'> => {
  checkThat(typeof account === 'function', 'withAccount: account must be a function of the session that emits one');
  return feature('account', (tokens) => [
    { provide: tokens.account, useFactory: () => keptOnce(account, inject(tokens.session), inject(Injector)) },
  ]);
};

const keptOnce = (
  account: (session: AcmeSession) => ObservableInput<AcmeAccount>,
  session: AcmeSession,
  injector: Injector,
): Observable<AcmeAccount> =>
  defer(() => {
    if (session.state.closed) throw new AcmeTransportError('the session is closed', { url: session.directoryUrl });
    return runPort('account', () => runInInjectionContext(injector, () => account(session)));
  }).pipe(
    take(1),
    defaultIfEmpty(undefined),
    map(checkedAccount),
    share({ connector: () => new ReplaySubject<AcmeAccount>(1), resetOnComplete: false }),
  );

function checkedAccount(account: Partial<AcmeAccount> | undefined): AcmeAccount {
  if (account?.session && account.signer && account.url) return account as AcmeAccount;
  throw new AcmeInputError(
    'withAccount: the function emitted no account; newAccount and findAccount do, acmeAccount returns one',
  );
}
