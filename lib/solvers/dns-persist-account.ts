import { map, type Observable } from 'rxjs';
import { encodeBase64url } from '../codec/base64url.js';
import { toIdentifier } from '../codec/identifier.js';
import { isAbsoluteUrl } from '../codec/url.js';
import { encodeUtf8 } from '../codec/utf8.js';
import type { AcmeDigest } from '../model/ports.js';
import { callPort } from '../request/port.js';
import { webCryptoDigest } from '../signing/thumbprint.js';

/** Whom a record of `dns-persist-01` lets ask for certificates, and for what name. */
export interface DnsPersistAccount {
  /** The directory's: {@link readDnsPersistOffer} reads it. */
  readonly accountHashPrefix: string;
  /** As the server gave it, character for character. */
  readonly accountUrl: string;
  /** The account key's: `jwkThumbprint` makes it. Records outlive a change of the key. */
  readonly thumbprint: string;
  /** The name that the record is about, or `*` for any: then records of many names tell that they have one account. */
  readonly domain: string;
}

/**
 * The name of an account in records of `dns-persist-01`, a hash that is bound to one domain: the `accountUrl` of
 * {@link dnsPersistRecord}, to publish a record before there is an order. Nothing secret goes into it.
 *
 * Emits once, then completes. Errors: {@link AcmePortError} where `digest` fails. Cost: one digest, no request. Throws
 * `TypeError` where a part of it is not what it should be.
 *
 * @example
 * ```ts
 * const domain = 'example.org';
 * const record$ = zip(getDirectory(session), jwkThumbprint(signer.publicJwk)).pipe(
 *   concatMap(([directory, thumbprint]) => {
 *     const { accountHashPrefix = '', issuerDomainNames } = readDnsPersistOffer(directory);
 *     return dnsPersistAccountUri({ accountHashPrefix, accountUrl: account.url, thumbprint, domain }).pipe(
 *       map((accountUrl) => dnsPersistRecord(domain, { issuer: issuerDomainNames[0] ?? '', accountUrl })),
 *     );
 *   }),
 * );
 * ```
 *
 * @param digest Default: SHA-256 by WebCrypto.
 * @experimental Of a draft that is still being changed.
 * @see draft-ietf-acme-dns-persist-02 §4.1, §4.5
 */
export function dnsPersistAccountUri(
  { accountHashPrefix, accountUrl, thumbprint, domain }: DnsPersistAccount,
  digest: AcmeDigest = webCryptoDigest,
): Observable<string> {
  if (!isAbsoluteUrl(accountHashPrefix))
    throw new TypeError('dns-persist-01: accountHashPrefix must be the absolute URL that the directory has');
  if (!isAbsoluteUrl(accountUrl)) throw new TypeError('dns-persist-01: accountUrl must be an absolute URL');
  if (!/^[\w-]{43}$/.test(thumbprint))
    throw new TypeError('dns-persist-01: thumbprint must be the base64url SHA-256 of the account key');
  const name = domain === '*' ? domain : toIdentifier({ type: 'dns', value: domain }).value.replace(/^\*\./, '');
  const octets = Uint8Array.of(name.length, ...encodeUtf8(`${name}${thumbprint}${accountUrl}`));
  return callPort('digest', () => digest(octets)).pipe(
    map((hash) => `${accountHashPrefix}sha-256/${encodeBase64url(hash)}`),
  );
}
