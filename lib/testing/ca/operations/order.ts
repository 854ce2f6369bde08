import { map, of } from 'rxjs';
import { toIdentifier } from '../../../codec/identifier.js';
import type { Identifier } from '../../../model/identifier.js';
import { newAuthorization } from '../authorizations.js';
import { finalized } from '../finalization.js';
import type { CaCore, Call, Operation } from '../operation.js';
import { type AccountRecord, type AuthorizationRecord, type OrderRecord, orderStatus } from '../records.js';
import { problemDocument, type ProblemInit, Refusal, refuse } from '../refusal.js';
import type { Reply } from '../reply.js';

const lifetimeMs = 7 * 24 * 3_600_000;
const orderMembers = ['identifiers', 'notBefore', 'notAfter', 'profile', 'replaces'];

/** @see RFC 8555 §7.4 */
export const newOrder: Operation = {
  name: 'newOrder',
  path: 'new-order',
  directoryMember: 'newOrder',
  signedBy: 'account',
  handle: (ca, { account, payload = {} }) => {
    const owner = account as AccountRecord;
    const identifiers = checkedIdentifiers(ca, payload['identifiers']);
    const known = ca.settings.reuseOrder?.(owner, identifiers);
    if (known !== undefined) return of({ ...orderReply(ca, known), status: 201 });
    const { id, url } = ca.store.newResource('order');
    const order: OrderRecord = {
      id,
      url,
      finalizeUrl: ca.store.url('finalize', id),
      account: owner,
      identifiers,
      authorizations: identifiers.map((identifier) => authorizationFor(ca, owner, identifier)),
      expiresAt: new Date(ca.now().getTime() + lifetimeMs),
      echoed: Object.fromEntries(Object.entries(payload).filter(([member]) => orderMembers.slice(1).includes(member))),
    };
    ca.store.orders.set(id, order);
    owner.orders.push(order);
    return of({ ...orderReply(ca, order), status: 201 });
  },
};

/** @see RFC 8555 §7.1.3 */
export const order: Operation = {
  name: 'order',
  path: 'order',
  signedBy: 'account',
  handle: (ca, call) => of(orderReply(ca, ownOrder(ca, call))),
};

/** @see RFC 8555 §7.4 */
export const finalize: Operation = {
  name: 'finalize',
  path: 'finalize',
  signedBy: 'account',
  handle: (ca, call) => {
    const own = ownOrder(ca, call);
    const status = orderStatus(own);
    if (status !== 'ready') refuse('orderNotReady', `the order is ${status}`);
    return finalized(ca, own, call.payload?.['csr']).pipe(map(() => orderReply(ca, own)));
  },
};

/** @see RFC 8555 §7.1.2.1 */
export const orders: Operation = {
  name: 'orders',
  path: 'orders',
  signedBy: 'account',
  handle: (_, { id, account }) =>
    account?.id === id
      ? of({ status: 200, json: { orders: account.orders.map(({ url }) => url) } })
      : refuse('unauthorized', 'these are the orders of another account'),
};

function ownOrder({ store }: CaCore, { id, account }: Call): OrderRecord {
  const found = store.orders.get(id);
  if (found === undefined) return refuse('malformed', 'there is no such order', { status: 404 });
  return found.account === account ? found : refuse('unauthorized', 'this is the order of another account');
}

/** An order as it is shown. */
export function orderReply({ settings }: CaCore, record: OrderRecord): Reply {
  const { url, identifiers, authorizations, expiresAt, finalizeUrl, certificate, error, echoed } = record;
  const status = orderStatus(record);
  const working = status === 'processing' || (status === 'pending' && authorizations.some(isWorkedOn));
  return {
    status: 200,
    headers: {
      location: url,
      ...(working && settings.retryAfter !== undefined ? { 'retry-after': settings.retryAfter } : {}),
    },
    json: {
      status,
      expires: expiresAt.toISOString(),
      identifiers,
      authorizations: authorizations.map((each) => each.url),
      finalize: finalizeUrl,
      ...echoed,
      ...(status === 'valid' && certificate !== undefined ? { certificate: certificate.url } : {}),
      ...(error === undefined ? {} : { error: problemDocument(error) }),
    },
  };
}

const isWorkedOn = ({ challenges }: AuthorizationRecord): boolean =>
  challenges.some(({ status }) => status === 'processing');

function checkedIdentifiers({ settings }: CaCore, value: unknown): readonly Identifier[] {
  if (!Array.isArray(value) || value.length === 0)
    return refuse('malformed', 'identifiers must be a list, and not an empty one');
  const refused: (ProblemInit & { identifier: Identifier })[] = [];
  const identifiers = value.map((each: unknown) => {
    const identifier = normalized(each);
    const problem = settings.refuseIdentifier(identifier);
    if (problem !== undefined) refused.push({ ...problem, identifier });
    return identifier;
  });
  const [first] = refused;
  if (first !== undefined) {
    const detail = `no certificates are issued for ${refused.map(({ identifier }) => identifier.value).join(', ')}`;
    throw new Refusal({ type: refused.length === 1 ? first.type : 'compound', detail, subproblems: refused });
  }
  return identifiers.filter(
    (each, index) =>
      identifiers.findIndex(({ value: other, type }) => other === each.value && type === each.type) === index,
  );
}

function normalized(value: unknown): Identifier {
  const identifier = value as Identifier | null;
  if (typeof identifier?.type !== 'string' || typeof identifier.value !== 'string')
    return refuse('malformed', 'an identifier has a type and a value');
  if (!['dns', 'ip'].includes(identifier.type))
    refuse('unsupportedIdentifier', `no certificates are issued for type ${identifier.type}`);
  if (/[^\x21-\x7e]/.test(identifier.value)) refuse('malformed', `${identifier.value} is not an A-label`);
  try {
    return toIdentifier(identifier);
  } catch (error) {
    return refuse('malformed', (error as Error).message);
  }
}

function authorizationFor(ca: CaCore, account: AccountRecord, { type, value }: Identifier): AuthorizationRecord {
  const wildcard = type === 'dns' && value.startsWith('*.');
  const identifier = wildcard ? { type, value: value.slice(2) } : { type, value };
  const known = ca.settings.reuse(account, identifier, wildcard);
  const authorization = known ?? newAuthorization(ca, account, identifier, wildcard);
  authorization.orders++;
  return authorization;
}
