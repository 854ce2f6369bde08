import type { Directory, DirectoryMeta } from '../model/directory.js';
import type { JsonObject } from '../model/json.js';
import { defined } from './defined.js';
import { contextOf, membersOf, optionalUrl, type Received, requiredUrl } from './received.js';
import { flagOf, isObject, ownMember, textOf, textsOf } from './tolerant.js';

/**
 * A directory. Entries that are null or empty count as not offered, `meta` may be missing or odd. Throws
 * {@link AcmeProtocolError} where `newNonce`, `newAccount` or `newOrder` is missing or an entry that is used is no
 * absolute URL. What extensions of the protocol say in `meta` is read by {@link readDirectoryExtensions}.
 *
 * @see RFC 8555 §7.1.1, RFC 9773 §4.1
 */
export function decodeDirectory(received: Received): Directory {
  const members = membersOf(received, 'directory');
  const meta = ownMember(members.object, 'meta');
  return defined({
    newNonce: requiredUrl(members, 'newNonce'),
    newAccount: requiredUrl(members, 'newAccount'),
    newOrder: requiredUrl(members, 'newOrder'),
    newAuthz: optionalUrl(members, 'newAuthz'),
    revokeCert: optionalUrl(members, 'revokeCert'),
    keyChange: optionalUrl(members, 'keyChange'),
    renewalInfo: optionalUrl(members, 'renewalInfo'),
    meta: decodeMeta(isObject(meta) ? meta : {}),
    raw: members.object,
    ...contextOf(received),
  });
}

const decodeMeta = (raw: JsonObject): DirectoryMeta =>
  defined({
    termsOfService: textOf(raw, 'termsOfService'),
    // One authority has it by another name.
    website: textOf(raw, 'website') ?? textOf(raw, 'home'),
    caaIdentities: textsOf(raw, 'caaIdentities'),
    externalAccountRequired: flagOf(raw, 'externalAccountRequired') ?? false,
    profiles: profilesOf(raw),
  });

function profilesOf(raw: JsonObject): Readonly<Record<string, string>> {
  const profiles = ownMember(raw, 'profiles');
  const entries = isObject(profiles) ? Object.entries(profiles) : [];
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}
