import { defer, map, type Observable, of } from 'rxjs';
import { decodeBase64url } from '../../codec/base64url.js';
import type { PublicJwk } from '../../model/ports.js';
import { verifyMac } from '../../signing/verify-mac.js';
import type { CaCore } from './operation.js';
import { refuse } from './refusal.js';

const hashes: Readonly<Record<string, string>> = { HS256: 'SHA-256', HS384: 'SHA-384', HS512: 'SHA-512' };

/**
 * Checks the external account binding of a new account, where there is one or has to be.
 *
 * @see RFC 8555 §7.3.4
 */
export function checkedBinding(
  { settings }: CaCore,
  url: string,
  jwk: PublicJwk,
  binding: unknown,
): Observable<object | undefined> {
  const { externalAccounts, externalAccountRequired } = settings;
  if (binding === undefined) {
    if (externalAccountRequired) refuse('externalAccountRequired', 'an account must be bound to an external one');
    return of(undefined);
  }
  const { protected: header = '', payload = '', signature = '' } = binding as Record<string, string>;
  const { alg, kid, url: boundUrl, nonce } = parsed(header);
  const hash = hashes[String(alg)];
  const macKey = externalAccounts[String(kid)];
  if (hash === undefined || nonce !== undefined || boundUrl !== url)
    refuse('malformed', 'the binding needs a MAC algorithm, the same url, and no nonce');
  if (macKey === undefined) return refuse('unauthorized', 'the external account is not known');
  if (JSON.stringify(sorted(parsed(payload))) !== JSON.stringify(sorted(jwk)))
    refuse('malformed', 'the binding is for another key');
  return defer(() => verifyMac(decodeBase64url(macKey), hash, `${header}.${payload}`, decodeBase64url(signature))).pipe(
    map((matches) => (matches ? (binding as object) : refuse('unauthorized', 'the MAC of the binding is wrong'))),
  );
}

function parsed(text: string): Record<string, unknown> {
  try {
    return JSON.parse(new TextDecoder().decode(decodeBase64url(text))) as Record<string, unknown>;
  } catch {
    return refuse('malformed', 'the binding is not a JWS');
  }
}

const sorted = (value: object): object =>
  Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
