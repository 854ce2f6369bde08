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
  handle: (ca, { url, jwk, payload = {} }) =>
    from(ca.thumbprint(jwk as PublicJwk)).pipe(
      map((thumbprint) => {
        const known = ca.store.accountByKey(thumbprint);
        if (known !== undefined && known.status !== 'valid')
          refuse('unauthorized', `the account is ${known.status}`, { status: 401 });
        if (known !== undefined) return accountReply(known, 200);
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
  };
  ca.store.accounts.set(account.id, account);
  return accountReply(account, 201);
}

/** @see RFC 8555 §7.3.1, §7.3.2, §7.3.6 */
export const account: Operation = {
  name: 'account',
  path: 'account',
  signedBy: 'account',
  handle: (_, { url, account: own, payload }) => {
    if (own === undefined || own.url !== url) return refuse('unauthorized', 'this is another account');
    if (payload !== undefined) {
      if ('contact' in payload) own.contact = checkedContact(payload['contact']);
      if (payload['status'] === 'deactivated') own.status = 'deactivated';
      else if ('status' in payload) refuse('malformed', 'the status can only become deactivated');
    }
    return of(accountReply(own, 200));
  },
};

const accountReply = (
  { url, status, contact, termsOfServiceAgreed, externalAccountBinding }: AccountRecord,
  httpStatus: number,
): Reply => ({
  status: httpStatus,
  headers: { location: url },
  json: {
    status,
    contact,
    termsOfServiceAgreed,
    orders: url.replace('/account/', '/orders/'),
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
