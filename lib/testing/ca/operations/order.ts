import { map, of } from 'rxjs';
import type { Identifier } from '../../../model/identifier.js';
import { askedIdentifiers } from '../asked-identifiers.js';
import { authorizationsFor } from '../ancestors.js';
import { askedValidity } from '../asked-validity.js';
import { newAuthorization, preAuthorizedOne, validOne } from '../authorizations.js';
import { finalized } from '../finalization.js';
import type { CaCore, Call, Operation } from '../operation.js';
import { askedExtensions } from '../order-extensions.js';
import { type AccountRecord, type AuthorizationRecord, type OrderRecord, orderStatus } from '../records.js';
import { problemDocument, refuse } from '../refusal.js';
import type { Reply } from '../reply.js';

/** What an order repeats of newOrder's payload. */
const repeated = ['notBefore', 'notAfter', 'profile', 'replaces'];

/** @see RFC 8555 §7.4 */
export const newOrder: Operation = {
  name: 'newOrder',
  path: 'new-order',
  directoryMember: 'newOrder',
  signedBy: 'account',
  handle: (ca, { account, payload = {} }) => {
    const owner = account as AccountRecord;
    const identifiers = askedIdentifiers(ca, payload['identifiers']);
    const validity = askedValidity(payload, ca.now());
    const extended = askedExtensions(ca, payload, identifiers);
    const known = ca.settings.reuseOrder?.(owner, identifiers);
    if (known !== undefined) return of(createdReply(ca, known));
    const { id, url } = ca.store.newResource('order');
    const make = (identifier: Identifier) => authorizationFor(ca, owner, identifier);
    const authorizations =
      extended.template === undefined ? authorizationsFor(ca, owner, identifiers, payload, make) : [];
    const order: OrderRecord = {
      id,
      url,
      finalizeUrl: ca.store.url('finalize', id),
      account: owner,
      identifiers,
      authorizations,
      expiresAt: firstExpiry(ca, authorizations),
      validity,
      ...extended,
      echoed: { ...checkedEcho(payload), ...extended.echoed },
    };
    ca.store.orders.set(id, order);
    owner.orders.push(order);
    return of(createdReply(ca, order));
  },
};

/** @see RFC 8555 §7.1.3, RFC 8739 §3.1.2 */
export const order: Operation = {
  name: 'order',
  path: 'order',
  byId: true,
  signedBy: 'account',
  handle: (ca, call) => {
    const own = ownOrder(ca, call);
    if (call.payload !== undefined) cancel(own, call.payload);
    return of(orderReply(ca, own));
  },
};

function cancel(own: OrderRecord, { status }: NonNullable<Call['payload']>): void {
  if (own.renewal === undefined || status !== 'canceled')
    refuse('malformed', 'an order is read by POST-as-GET: the payload must be empty, "" and not {}');
  if (own.settled !== 'valid') refuse('autoRenewalCancellationInvalid', 'the order is not valid');
  own.settled = 'canceled';
}

/** @see RFC 8555 §7.4 */
export const finalize: Operation = {
  name: 'finalize',
  path: 'finalize',
  byId: true,
  signedBy: 'account',
  handle: (ca, call) => {
    const own = ownOrder(ca, call);
    const status = orderStatus(own, ca.now());
    if (status !== 'ready') refuse('orderNotReady', `the order is ${status}`);
    return finalized(ca, own, call.payload?.['csr']).pipe(map(() => orderReply(ca, own)));
  },
};

function ownOrder({ store }: CaCore, { id, account }: Call): OrderRecord {
  const found = store.orders.get(id);
  if (found === undefined) return refuse('malformed', 'there is no such order', { status: 404 });
  return found.account === account ? found : refuse('unauthorized', 'this is the order of another account');
}

/** Only newOrder says where the order is, as at most public authorities. */
const createdReply = (ca: CaCore, record: OrderRecord): Reply => {
  const reply = orderReply(ca, record);
  return { ...reply, status: 201, headers: { ...reply.headers, location: record.url } };
};

/** An order as it is shown. */
function orderReply(ca: CaCore, record: OrderRecord): Reply {
  const { retryAfter } = ca.settings;
  const { identifiers, authorizations, expiresAt, finalizeUrl, certificate, error, echoed } = record;
  const status = orderStatus(record, ca.now());
  const working = status === 'processing' || (status === 'pending' && authorizations.some(isWorkedOn));
  return {
    status: 200,
    headers: working && retryAfter !== undefined ? { 'retry-after': retryAfter } : {},
    json: {
      status,
      expires: expiresAt.toISOString(),
      identifiers,
      authorizations: authorizations.map((each) => each.url),
      finalize: finalizeUrl,
      ...echoed,
      ...(status === 'valid' && certificate !== undefined
        ? { [record.renewal === undefined ? 'certificate' : 'star-certificate']: certificate.url }
        : {}),
      ...(error === undefined ? {} : { error: problemDocument(error) }),
    },
  };
}

const isWorkedOn = ({ challenges }: AuthorizationRecord): boolean =>
  challenges.some(({ status }) => status === 'processing');

/** What an order repeats, which is text. */
function checkedEcho(payload: NonNullable<Call['payload']>): object {
  const echoed = Object.entries(payload).filter(([member]) => repeated.includes(member));
  for (const [member, value] of echoed) if (typeof value !== 'string') refuse('malformed', `${member} must be text`);
  return Object.fromEntries(echoed);
}

const firstExpiry = (ca: CaCore, authorizations: readonly AuthorizationRecord[]): Date => {
  const latestMs = ca.now().getTime() + ca.settings.pendingMs;
  return new Date(authorizations.reduce((first, each) => Math.min(first, each.expiresAt.getTime()), latestMs));
};

function authorizationFor(ca: CaCore, account: AccountRecord, { type, value }: Identifier): AuthorizationRecord {
  const wildcard = type === 'dns' && value.startsWith('*.');
  const identifier = wildcard ? { type, value: value.slice(2) } : { type, value };
  const known =
    preAuthorizedOne(ca, account, identifier, wildcard) ??
    (ca.settings.reuseAuthorizations ? validOne(ca, account, identifier, wildcard) : undefined);
  const authorization = known ?? newAuthorization(ca, account, identifier, wildcard);
  authorization.orders++;
  return authorization;
}
