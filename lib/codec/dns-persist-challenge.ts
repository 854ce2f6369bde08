import type { Challenge } from '../model/challenge.js';
import { challengeMembers } from './challenge-members.js';
import { defined } from './defined.js';
import { isIssuerDomainName } from './issue-value.js';
import { failMember, type Members, optionalUrl } from './received.js';
import { isArray, ownMember } from './tolerant.js';

/** What a `dns-persist-01` challenge says. */
export interface DnsPersistChallenge {
  /** The names under which the authority looks for its record, at least one: any of them will do. */
  readonly issuerDomainNames: readonly string[];
  /** Whether the record names the account by a hash, as it does from version 02 of the draft on; before, by its URL. */
  readonly hashesAccount: boolean;
  /** The account that the record must name. Absent at servers of version 00, and from version 02 on. */
  readonly accountUrl?: string;
}

const maxNames = 10;

/**
 * Reads the members of a `dns-persist-01` challenge. Throws {@link AcmeProtocolError} unless it names one to ten
 * issuers, each in lower-case A-labels without a dot at its end; `TypeError` on a challenge of another type. Takes those
 * of earlier versions of the draft too, whose member is `issuer-domain-names`.
 *
 * @experimental Of a draft that is still being changed.
 * @see draft-ietf-acme-dns-persist-02 §3.1
 */
export function dnsPersistChallenge(challenge: Pick<Challenge, 'type' | 'url' | 'raw'>): DnsPersistChallenge {
  const members = challengeMembers(challenge, 'dns-persist-01');
  if (ownMember(members.object, 'issuerDomainNames') !== undefined)
    return { issuerDomainNames: issuerNames(members, 'issuerDomainNames'), hashesAccount: true };
  return defined({
    issuerDomainNames: issuerNames(members, 'issuer-domain-names'),
    hashesAccount: false,
    accountUrl: optionalUrl(members, 'accounturi'),
  });
}

function issuerNames(members: Members, name: string): readonly string[] {
  const value = ownMember(members.object, name);
  if (!isArray(value)) return failMember(members, name, 'an array', typeof value);
  if (value.length === 0 || value.length > maxNames)
    return failMember(members, name, `an array of 1 to ${maxNames}`, `one of ${value.length}`);
  return value.map((each, index) =>
    typeof each === 'string' && isIssuerDomainName(each)
      ? each
      : failMember(members, `${name}[${index}]`, 'a domain name in lower-case A-labels, no dot at its end', 'another'),
  );
}
