import { of } from 'rxjs';
import { askedIdentifiers } from '../asked-identifiers.js';
import { newAuthorization } from '../authorizations.js';
import type { CaCore, Operation } from '../operation.js';
import type { AccountRecord } from '../records.js';
import { refuse } from '../refusal.js';
import { authorizationReply } from './authorization.js';

/** @see RFC 8555 §7.4.1, RFC 9444 §4.3 */
export const newAuthz: Operation = {
  name: 'newAuthz',
  path: 'new-authz',
  directoryMember: 'newAuthz',
  signedBy: 'account',
  handle: (ca, { account, payload = {} }) => {
    const asked = payload['identifier'];
    const [identifier = refuse('malformed', 'there is no identifier')] = askedIdentifiers(ca, [asked]);
    if (identifier.type === 'dns' && identifier.value.startsWith('*.'))
      refuse('malformed', 'a wildcard cannot be authorized ahead of an order');
    const owner = account as AccountRecord;
    const authorization = newAuthorization(ca, owner, identifier, false);
    owner.preAuthorizations.push(authorization);
    if (wantsSubdomains(ca, asked)) authorization.subdomains = true;
    const reply = authorizationReply(ca, authorization);
    return of({ ...reply, status: 201, headers: { ...reply.headers, location: authorization.url } });
  },
};

function wantsSubdomains({ settings }: CaCore, identifier: unknown): boolean {
  const { subdomainAuthAllowed: wish } = identifier as { readonly subdomainAuthAllowed?: unknown };
  if (wish !== undefined && typeof wish !== 'boolean') refuse('malformed', 'subdomainAuthAllowed must be a boolean');
  return wish === true && settings.subdomains === true;
}
