import { from, map, of } from 'rxjs';
import type { PublicJwk } from '../../../model/ports.js';
import { checkedBinding } from '../external-account.js';
import type { CaCore, Call, Operation } from '../operation.js';
import type { AccountRecord } from '../records.js';
import { refuse } from '../refusal.js';
import type { Reply } from '../reply.js';

/** @see RFC 8555 §7.3 */
export const newAccount: Operation = {
  name: 'newAccount',
  path: 'new-account',
  directoryMember: 'newAccount',
  signedBy: 'key',
  handle: (ca, { url, jwk, payload }) =>
    from(ca.thumbprint(jwk as PublicJwk)).pipe(
      map((thumbprint) => {
        if (payload === undefined) return refuse('malformed', 'a new account needs a payload, {} at least');
        const known = ca.store.accountByKey(thumbprint);
        if (known !== undefined && known.status !== 'valid')
          refuse('unauthorized', `the account is ${known.status}`, { status: 401 });
        if (known !== undefined) return registeredReply(ca, known, 200);
        if (payload['onlyReturnExisting'] === true) refuse('accountDoesNotExist', 'no account has this key');
        return created(ca, url, jwk as PublicJwk, thumbprint, payload);
      }),
    ),
};

function created(
  ca: CaCore,
  url: string,
  jwk: PublicJwk,
  thumbprint: string,
  payload: NonNullable<Call['payload']>,
): Reply {
  const { meta } = ca.settings as { meta: { termsOfService?: string } };
  if (meta.termsOfService !== undefined && payload['termsOfServiceAgreed'] !== true) {
    refuse('userActionRequired', 'the terms of service must be agreed to', {
      headers: { link: `<${meta.termsOfService}>;rel="terms-of-service"` },
    });
  }
  const contact = checkedContact(payload['contact']);
  const binding = checkedBinding(ca, url, jwk, payload['externalAccountBinding']);
  const account: AccountRecord = {
    ...ca.store.newResource('account'),
    jwk,
    thumbprint,
    status: 'valid',
    contact,
    termsOfServiceAgreed: payload['termsOfServiceAgreed'] === true,
    ...(binding === undefined ? {} : { externalAccountBinding: binding }),
    orders: [],
    preAuthorizations: [],
  };
  ca.store.accounts.set(account.id, account);
  return registeredReply(ca, account, 201);
}

/** @see RFC 8555 §7.3.1, §7.3.2, §7.3.6 */
export const account: Operation = {
  name: 'account',
  path: 'account',
  byId: true,
  signedBy: 'account',
  handle: (ca, { url, account: own, payload }) => {
    if (own === undefined || own.url !== url) return refuse('unauthorized', 'this is another account');
    if (payload !== undefined) {
      const { contact = own.contact, status = own.status } = payload;
      if (status !== own.status && status !== 'deactivated')
        refuse('malformed', 'the status can only become deactivated');
      Object.assign(own, { contact: checkedContact(contact), status });
    }
    return of(accountReply(ca, own));
  },
};

/** Only newAccount says where the account is. */
const registeredReply = (ca: CaCore, record: AccountRecord, status: number): Reply => ({
  ...accountReply(ca, record),
  status,
  headers: { location: record.url },
});

const accountReply = (
  { store, settings }: CaCore,
  { id, status, contact, termsOfServiceAgreed, externalAccountBinding }: AccountRecord,
): Reply => ({
  status: 200,
  json: {
    status,
    contact,
    termsOfServiceAgreed,
    orders: store.url('orders', id),
    ...(settings.delegations === undefined ? {} : { delegations: store.url('delegations', id) }),
    ...(externalAccountBinding === undefined ? {} : { externalAccountBinding }),
  },
});

function checkedContact(contact: unknown): readonly string[] {
  if (contact === undefined) return [];
  if (!Array.isArray(contact) || contact.some((each) => typeof each !== 'string'))
    refuse('malformed', 'contact must be a list of URLs');
  for (const each of contact as string[]) {
    if (!each.startsWith('mailto:')) refuse('unsupportedContact', `only mailto: is supported, not ${each}`);
    if (!/^mailto:[^\s@,?]+@[^\s@,?]+$/.test(each)) refuse('invalidContact', `${each} is not one plain address`);
  }
  return contact as string[];
}
