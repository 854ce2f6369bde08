import { concatMap, from, map, type Observable, of } from 'rxjs';
import type { CaCore, Call, Operation } from '../operation.js';
import type { OrderRecord } from '../records.js';
import { Refusal, refuse } from '../refusal.js';
import { certificateNamed, usualWindow } from '../renewal.js';
import type { RenewalSubject } from '../renewal-answer.js';
import type { Reply } from '../reply.js';

/** @see RFC 9773 §4 */
export const renewalInfo: Operation = {
  name: 'renewalInfo',
  path: 'renewal-info',
  directoryMember: 'renewalInfo',
  byId: true,
  reads: true,
  signedBy: 'none',
  handle: (ca, { id }) =>
    certificateNamed(ca, checkedName(id)).pipe(
      map((found) => {
        if (found === undefined) return unknownCertificate();
        const { revoked } = found.record;
        return renewalReply(ca, { ...found.details, id, ...(revoked === undefined ? {} : { revokedAt: revoked.at }) });
      }),
    ),
};

function renewalReply({ settings }: CaCore, subject: RenewalSubject): Reply {
  const answer = settings.renewalInfo?.(subject) ?? usualWindow(subject);
  if ('type' in answer) throw new Refusal(answer);
  const { startAt, endAt, explanationUrl, retryAfter = '21600' } = answer;
  return {
    status: 200,
    headers: { 'retry-after': retryAfter },
    json: {
      suggestedWindow: { start: startAt.toISOString(), end: endAt.toISOString() },
      ...(explanationUrl === undefined ? {} : { explanationURL: explanationUrl }),
    },
  };
}

const checkedName = (id: string): string =>
  /^[\w-]+\.[\w-]+$/.test(id) ? id : refuse('malformed', 'this is not the name of a certificate');

const unknownCertificate = (): never => refuse('malformed', 'there is no such certificate', { status: 404 });

/**
 * newOrder that checks which certificate is replaced.
 *
 * @see RFC 9773 §5
 */
export const checkingReplacement = (newOrder: Operation): Operation => ({
  ...newOrder,
  handle: (ca, call) => {
    const replaces = call.payload?.['replaces'];
    if (typeof replaces !== 'string') return newOrder.handle(ca, call);
    return replacement(ca, call, checkedName(replaces)).pipe(concatMap(() => from(newOrder.handle(ca, call))));
  },
});

const replacement = (ca: CaCore, { account, payload }: Call, id: string): Observable<void> =>
  certificateNamed(ca, id).pipe(
    concatMap((found) => {
      if (found === undefined) return unknownCertificate();
      const { order } = found.record;
      if (order.account !== account) refuse('unauthorized', 'the certificate to be replaced is of another account');
      if (!sharesName(order, payload?.['identifiers']))
        refuse('malformed', 'the order has no identifier of the certificate that it replaces');
      if ([...ca.store.orders.values()].some((each) => hasReplaced(each, id)))
        refuse('alreadyReplaced', 'another order has replaced the certificate');
      return of(undefined);
    }),
  );

const sharesName = ({ identifiers }: OrderRecord, asked: unknown): boolean =>
  Array.isArray(asked) &&
  asked.some((each: { type?: unknown; value?: unknown } | null) =>
    identifiers.some(({ type, value }) => type === each?.type && value === each.value),
  );

/** Only an order that was finalized has replaced anything. */
const hasReplaced = ({ echoed, settled }: OrderRecord, id: string): boolean =>
  (echoed as { readonly replaces?: unknown }).replaces === id && (settled === 'processing' || settled === 'valid');
