import { createHash } from 'node:crypto';
import { concatMap, type Observable, of } from 'rxjs';
import { shown } from '../../node/shown.js';
import { failure } from './failure.js';
import type { Network } from './network.js';
import type { Proof } from './proof.js';

/**
 * Looks for the answer to `dns-01` among the TXT records. Completes where it is there.
 *
 * @see RFC 8555 §8.4
 */
export const provenByDns = (network: Network, { identifier, keyAuthorization }: Proof): Observable<unknown> => {
  const name = `_acme-challenge.${identifier.value}`;
  const expected = createHash('sha256').update(keyAuthorization).digest('base64url');
  return network.txtValues(name).pipe(
    concatMap((values) => {
      if (values.includes(expected)) return of(undefined);
      if (values.length === 0) throw failure('unauthorized', `${name} has no TXT record`);
      const found = values.slice(0, 3).map(shown).join(', ');
      const more = values.length > 3 ? ` and ${values.length - 3} more` : '';
      throw failure('unauthorized', `TXT of ${name} is ${found}${more}, not the digest of the key authorization`);
    }),
  );
};
