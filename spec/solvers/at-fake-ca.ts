import { lastValueFrom, toArray } from 'rxjs';
import { type IssuanceEvent, obtainCertificate, type ObtainCertificateOptions } from '../../lib/index.js';
import {
  type FakeCa,
  fakeCa,
  type FakeCaOptions,
  testAccount,
  type TestAccountOptions,
} from '../../lib/testing/index.js';
import { completed, virtualTime } from '../support/virtual-time.js';

/** An order at a fake CA, to its end. */
export interface AtFakeCa {
  readonly ca: FakeCaOptions;
  readonly session?: TestAccountOptions;
  readonly order: ObtainCertificateOptions;
}

/** How it went. */
export interface Went {
  readonly ca: FakeCa;
  readonly events: readonly IssuanceEvent[];
  readonly error: unknown;
  /** The payloads of the requests of one operation. */
  payloads(operation: string): readonly unknown[];
}

/** Obtains a certificate at a fake CA, in virtual time: nothing in it may be asynchronous. */
export const obtainedAtFakeCa = ({ ca: options, session, order }: AtFakeCa): Went =>
  virtualTime((time) => {
    const ca = fakeCa({ scheduler: time.scheduler, ...options });
    const account = testAccount(ca, { scheduler: time.scheduler, ...session });
    const { values, error, isComplete } = completed(time, obtainCertificate(account, order));
    if (!isComplete && error === undefined) throw new Error('the order has not ended');
    return { ca, events: values, error, payloads: payloadsOf(ca) };
  });

/** The same in real time. */
export async function obtainedInRealTime({ ca: options, session, order }: AtFakeCa): Promise<Went> {
  const ca = fakeCa(options);
  const outcome = lastValueFrom(obtainCertificate(testAccount(ca, session), order).pipe(toArray()));
  return outcome.then(
    (events) => ({ ca, events, error: undefined, payloads: payloadsOf(ca) }),
    (error: unknown) => ({ ca, events: [], error, payloads: payloadsOf(ca) }),
  );
}

const payloadsOf =
  ({ history }: FakeCa) =>
  (operation: string): readonly unknown[] =>
    history.requests.filter((each) => each.operation === operation).map(({ payload }) => payload);
