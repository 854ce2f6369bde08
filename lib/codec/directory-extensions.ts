import type { AutoRenewalOffer } from '../model/auto-renewal.js';
import type { Directory, DirectoryExtensions } from '../model/directory.js';
import type { JsonObject, JsonValue } from '../model/json.js';
import { defined } from './defined.js';
import { flagOf, isObject, ownMember, secondsMsOf } from './tolerant.js';

/**
 * What a directory says in `meta` of extensions of the protocol. Left out is what is absent or malformed. Never throws.
 *
 * @see RFC 8739 §3.2, RFC 9115 §2.3.4, RFC 9444 §4.4, RFC 9799 §6.4.2
 */
export function readDirectoryExtensions({ raw }: Pick<Directory, 'raw'>): DirectoryExtensions {
  const meta = ownMember(raw, 'meta');
  if (!isObject(meta)) return {};
  return defined({
    autoRenewal: offerOf(ownMember(meta, 'auto-renewal')),
    delegationEnabled: flagOf(meta, 'delegation-enabled'),
    allowCertificateGet: flagOf(meta, 'allow-certificate-get'),
    subdomainAuthAllowed: flagOf(meta, 'subdomainAuthAllowed'),
    // RFC 9799 registers the one name and uses the other.
    onionCaaRequired: eitherFlagOf(meta, 'onionCAARequired', 'inBandOnionCAARequired'),
  });
}

/** Whether one of two flags is set. Undefined where neither is there. */
function eitherFlagOf(meta: JsonObject, one: string, other: string): boolean | undefined {
  const flag = flagOf(meta, one);
  return flag === true ? flag : (flagOf(meta, other) ?? flag);
}

function offerOf(raw: JsonValue | undefined): AutoRenewalOffer | undefined {
  if (!isObject(raw)) return undefined;
  const minLifetimeMs = secondsMsOf(raw, 'min-lifetime');
  const maxDurationMs = secondsMsOf(raw, 'max-duration');
  if (minLifetimeMs === undefined || maxDurationMs === undefined) return undefined;
  return { minLifetimeMs, maxDurationMs, allowCertificateGet: flagOf(raw, 'allow-certificate-get') ?? false };
}
