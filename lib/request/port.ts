import {
  catchError,
  defer,
  type MonoTypeOperatorFunction,
  type Observable,
  type ObservableInput,
  take,
  throwError,
  throwIfEmpty,
} from 'rxjs';
import { AcmeError } from '../model/errors/acme-error.js';
import { AcmePortError, type PortName } from '../model/errors/port-error.js';

/** Calls a port for its first value. What goes wrong in it becomes the cause of an {@link AcmePortError}. */
export const callPort = <T>(port: PortName, call: () => ObservableInput<T>): Observable<T> =>
  defer(call).pipe(
    take(1),
    throwIfEmpty(() => new Error('it completed without a value')),
    portFailure(port),
  );

/** Calls a port for its completion, however many values it emits. */
export const runPort = <T>(port: PortName, call: () => ObservableInput<T>): Observable<T> =>
  defer(call).pipe(portFailure(port));

const portFailure = <T>(port: PortName): MonoTypeOperatorFunction<T> =>
  catchError((error: unknown) =>
    throwError(() => (error instanceof AcmeError ? error : new AcmePortError(port, error))),
  );
