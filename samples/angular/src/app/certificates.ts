import { inject, Injectable } from '@angular/core';
import { isAcmeError, type IssuanceEvent, obtainCertificate, resumeOrder } from 'rxacme';
import { ACME_ACCOUNT, ACME_SESSION, ACME_SOLVERS } from 'rxacme/angular';
import { concatMap, connect, endWith, ignoreElements, merge, type Observable, takeUntil, tap } from 'rxjs';
import { OrderMemory } from './order-memory';
import type { Step } from './step';
import { Waits } from './waits';

/** Obtains certificates from the authority of its route. */
@Injectable()
export class Certificates {
  private readonly account$ = inject(ACME_ACCOUNT);
  private readonly orders = inject(OrderMemory);
  private readonly session = inject(ACME_SESSION);
  private readonly options = { solvers: inject(ACME_SOLVERS), keyStore: this.orders, watchAuthorizations: true };
  private readonly waits$ = inject(Waits).of(this.session);

  /** Goes on with the order that a reload interrupted. Unsubscribing cancels it; completes after the certificate. */
  obtain(names: readonly string[]): Observable<Step> {
    const whenOver = <T>(events$: Observable<T>) => takeUntil<Step>(events$.pipe(ignoreElements(), endWith(0)));
    return this.issue(names).pipe(connect((events$) => merge(this.waits$.pipe(whenOver(events$)), events$)));
  }

  /** The next time that these names are asked for, there is a new order. */
  forget(names: readonly string[]): void {
    this.orders.forget(this.what(names));
  }

  private issue(names: readonly string[]): Observable<IssuanceEvent> {
    return this.account$.pipe(
      concatMap((account) => {
        const orderUrl = this.orders.find(this.what(names));
        if (orderUrl !== undefined) return resumeOrder(account, orderUrl, this.options);
        return obtainCertificate(account, { identifiers: names, ...this.options });
      }),
      tap({ next: ({ orderUrl }) => this.orders.keep(this.what(names), orderUrl) }),
      tap({ error: (error) => goesOnLater(error) || this.forget(names), unsubscribe: () => this.forget(names) }),
    );
  }

  private readonly what = (names: readonly string[]) => `${this.session.directoryUrl} ${names.join(' ')}`;
}

/** Whether the order itself is as good as before. */
const goesOnLater = (error: unknown) =>
  isAcmeError(error) && ['transport', 'timeout', 'rateLimited'].includes(error.code);
