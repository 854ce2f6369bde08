import { inject, Injector, runInInjectionContext } from '@angular/core';
import { defer, type Observable, type ObservableInput, ReplaySubject, share, take, throwIfEmpty } from 'rxjs';
import { AcmeInputError } from '../model/errors/input-error.js';
import type { AcmeAccount } from '../request/account.js';
import type { AcmeSession } from '../request/session.js';
import { type AcmeFeature, feature } from './feature.js';

/**
 * Provides the account as a stream: nothing happens before it is first subscribed to, all who subscribe share one run,
 * and what came out is kept. A run that failed, or that everybody left, begins anew with the next who subscribes.
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
export const withAccount = (account: (session: AcmeSession) => ObservableInput<AcmeAccount>): AcmeFeature<'account'> =>
  feature('account', (tokens) => [
    { provide: tokens.account, useFactory: () => keptOnce(account, inject(tokens.session), inject(Injector)) },
  ]);

const keptOnce = (
  account: (session: AcmeSession) => ObservableInput<AcmeAccount>,
  session: AcmeSession,
  injector: Injector,
): Observable<AcmeAccount> =>
  defer(() => runInInjectionContext(injector, () => account(session))).pipe(
    take(1),
    throwIfEmpty(() => new AcmeInputError('withAccount: the function completed without an account')),
    share({ connector: () => new ReplaySubject<AcmeAccount>(1), resetOnComplete: false }),
  );
