import { createHmac } from 'node:crypto';
import {
  catchError,
  concat,
  concatMap,
  defer,
  EMPTY,
  ignoreElements,
  last,
  map,
  type MonoTypeOperatorFunction,
  type Observable,
  of,
  type OperatorFunction,
  pipe,
  takeWhile,
} from 'rxjs';
import {
  type AcmeAccount,
  type AcmeSigner,
  type ChallengeSolver,
  getDirectory,
  getOrder,
  type IdentifierInput,
  type IssuanceEvent,
  type IssuanceOptions,
  newAccount,
  obtainCertificate,
  type Order,
  type RegisteredAccount,
  resumeOrder,
  signedPost,
} from '../../lib/index.js';
import type { Environment, ExternalAccount, Fact } from './environment.js';

/** Emits a new account. */
export const anAccount = ({ session, ...environment }: Environment): Observable<RegisteredAccount> =>
  environment.signer().pipe(concatMap((signer) => newAccount(session, { signer, termsOfServiceAgreed: true })));

/** Does something with a new account. */
export const withAccount = <T>(environment: Environment, use: (account: RegisteredAccount) => Observable<T>) =>
  defer(() => anAccount(environment)).pipe(concatMap(use));

/** Obtains a certificate with both solvers, unless the options say otherwise. */
export const obtain = (
  { solvers: { http01, dns01 }, poll }: Environment,
  account: AcmeAccount,
  identifiers: readonly IdentifierInput[],
  options: Partial<IssuanceOptions> = {},
): Observable<IssuanceEvent> => obtainCertificate(account, { identifiers, solvers: [http01, dns01], poll, ...options });

/** Obtains a certificate with a new account. */
export const obtainAnew = (
  environment: Environment,
  identifiers: readonly IdentifierInput[],
  options: Partial<IssuanceOptions> = {},
): Observable<IssuanceEvent> =>
  withAccount(environment, (account) => obtain(environment, account, identifiers, options));

/** Goes on with an order, with both solvers unless the options say otherwise. */
export const resume = (
  { solvers: { http01, dns01 }, poll }: Environment,
  account: AcmeAccount,
  orderUrl: string,
  options: Partial<IssuanceOptions> = {},
): Observable<IssuanceEvent> => resumeOrder(account, orderUrl, { solvers: [http01, dns01], poll, ...options });

/** Gives an issuance up at the first event of a type, and emits the URL of its order. */
export const givenUpAt = (type: IssuanceEvent['type']): OperatorFunction<IssuanceEvent, string> =>
  pipe(
    takeWhile((event) => event.type !== type, true),
    last(),
    map(({ orderUrl }) => orderUrl),
  );

/** Emits an order of a name that is proven, and no more than that. */
export const readyOrder = (environment: Environment, account: AcmeAccount, name: string): Observable<Order> =>
  obtain(environment, account, [name]).pipe(
    givenUpAt('order-ready'),
    concatMap((url) => getOrder(account, url)),
  );

/** Runs something of which nothing is told, and then something else. */
export const first = <T>(before$: Observable<unknown>, then: () => Observable<T>): Observable<T> =>
  concat(before$.pipe(ignoreElements()), defer(then));

/** Tells a fact. */
export const tell = (fact: string): Fact => ({ type: 'fact', fact });

/** Tells of each value. */
export const telling = <T>(text: (value: T) => string): OperatorFunction<T, Fact> => map((value) => tell(text(value)));

/** Passes everything on, and then tells a fact of how it was. */
export const andTell =
  <T>(text: () => string): OperatorFunction<T, T | Fact> =>
  (source$) =>
    concat(
      source$,
      defer(() => of(tell(text()))),
    );

/** A solver that presents nothing, for all names or for one. */
export function presentsNothing(solver: ChallengeSolver, name?: string): ChallengeSolver {
  const isMissing = (value: string) => name === undefined || value === name;
  return {
    types: solver.types,
    present: (task) => (isMissing(task.identifier.value) ? [] : solver.present(task)),
    cleanUp: (task) => (isMissing(task.identifier.value) ? [] : solver.cleanUp(task)),
  };
}

/** Opens an account that is bound to an external one, and emits the status of the answer. */
export const boundAccount = (environment: Environment, { kid, macKey }: ExternalAccount): Observable<number> =>
  environment.signer().pipe(
    concatMap((signer) =>
      getDirectory(environment.session).pipe(
        concatMap(({ newAccount: url }) =>
          signedPost({ session: environment.session, signer }, url, {
            termsOfServiceAgreed: true,
            externalAccountBinding: binding(signer, url, { kid, macKey }),
          }),
        ),
      ),
    ),
    map(({ status }) => status),
  );

/** RFC 8555 §7.3.4, by hand: the account key, signed with the key that the external account has. */
function binding({ publicJwk }: AcmeSigner, url: string, { kid, macKey }: ExternalAccount): object {
  const { kty, crv, x, y } = publicJwk;
  const header = base64url({ alg: 'HS256', kid, url });
  const payload = base64url({ kty, crv, x, y });
  const signature = createHmac('sha256', Buffer.from(macKey, 'base64url'))
    .update(`${header}.${payload}`)
    .digest('base64url');
  return { protected: header, payload, signature };
}

const base64url = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A certificate's leaf in base64url of DER, from its chain in PEM. */
export const leafOf = (chainPem: string): string =>
  Buffer.from(chainPem.split('-----')[2] ?? '', 'base64').toString('base64url');

/** Ends well, whatever happens. */
export const evenIfRefused = <T>(): MonoTypeOperatorFunction<T> => catchError(() => EMPTY);
