import {
  catchError,
  concatMap,
  defaultIfEmpty,
  defer,
  EMPTY,
  expand,
  from,
  last,
  map,
  type Observable,
  of,
  take,
  throwError,
} from 'rxjs';
import { AcmeDnsError } from '../../model/errors/dns-error.js';
import type { CnameLookup } from './propagation.js';
import { canonicalDnsName } from './dns-name.js';

const maxAliases = 16;

/**
 * Follows aliases to the end of their chain.
 *
 * Emits the last name, once, then completes: the name itself where it is no alias. Errors: {@link AcmeDnsError}
 * `alias-loop` where a name comes twice or there are more than 16 of them; what `lookup` errors with, but that there is
 * no such name ends the chain, because a record may be put there. Cost: one look-up for each name.
 *
 * @see RFC 1034 §3.6.2
 */
export const followCname = (name: string, lookup: CnameLookup): Observable<string> =>
  defer(() =>
    of([canonicalDnsName(name)]).pipe(
      expand((chain) => next(chain, lookup), 1),
      last(),
      map((chain) => chain.at(-1) as string),
    ),
  );

const next = (chain: readonly string[], lookup: CnameLookup): Observable<string[]> => {
  const name = chain.at(-1) as string;
  return defer(() => from(lookup(name))).pipe(
    take(1),
    catchError((error: unknown) => (isAbsent(error) ? of(name) : throwError(() => error))),
    defaultIfEmpty(name),
    concatMap((target) => {
      const found = canonicalDnsName(target);
      if (found === name) return EMPTY;
      if (chain.includes(found)) throw loop(`${[...chain, found].join(' -> ')}: the aliases lead in a circle`);
      if (chain.length > maxAliases) throw loop(`${chain[0] ?? ''}: more than ${maxAliases} aliases in a row`);
      return of([...chain, found]);
    }),
  );
};

const isAbsent = (error: unknown) => error instanceof AcmeDnsError && error.failure === 'no-such-name';

const loop = (message: string) => new AcmeDnsError('alias-loop', message);
