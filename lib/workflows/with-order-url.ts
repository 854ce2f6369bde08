import { catchError, type MonoTypeOperatorFunction, throwError } from 'rxjs';
import { AcmeError } from '../model/errors/acme-error.js';

/** Puts the URL of the order on every error that does not have it, so that the order can be resumed. */
export const withOrderUrl = <T>(orderUrl: string): MonoTypeOperatorFunction<T> =>
  catchError((error: unknown) => {
    if (error instanceof AcmeError && error.orderUrl === undefined) {
      Object.defineProperty(error, 'orderUrl', { value: orderUrl, enumerable: true });
    }
    return throwError(() => error);
  });
