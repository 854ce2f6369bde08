import { hmac } from '@noble/hashes/hmac.js';
import { sha256, sha384, sha512 } from '@noble/hashes/sha2.js';
import { decodeBase64url, encodeBase64url } from '../../codec/base64url.js';
import { encodeUtf8 } from '../../codec/utf8.js';
import type { PublicJwk } from '../../model/ports.js';
import type { CaCore } from './operation.js';
import { refuse } from './refusal.js';

const hashes: Readonly<Record<string, Parameters<typeof hmac>[0]>> = { HS256: sha256, HS384: sha384, HS512: sha512 };

/**
 * Checks the external account binding of a new account, where there is one or has to be, and returns it.
 *
 * @see RFC 8555 §7.3.4
 */
export function checkedBinding(
  { settings }: CaCore,
  url: string,
  jwk: PublicJwk,
  binding: unknown,
): object | undefined {
  const { externalAccounts, externalAccountRequired } = settings;
  if (binding === undefined) {
    if (externalAccountRequired) refuse('externalAccountRequired', 'an account must be bound to an external one');
    return undefined;
  }
  const { protected: header = '', payload = '', signature = '' } = (binding ?? {}) as Record<string, string>;
  const { alg, kid, url: boundUrl, nonce } = parsed(header);
  const hash = Object.hasOwn(hashes, String(alg)) ? hashes[String(alg)] : undefined;
  const macKey = Object.hasOwn(externalAccounts, String(kid)) ? externalAccounts[String(kid)] : undefined;
  if (hash === undefined || nonce !== undefined || boundUrl !== url)
    return refuse('malformed', 'the binding needs a MAC algorithm, the same url, and no nonce');
  if (macKey === undefined) return refuse('unauthorized', 'the external account is not known');
  if (JSON.stringify(sorted(parsed(payload))) !== JSON.stringify(sorted(jwk)))
    refuse('malformed', 'the binding is for another key');
  const mac = hmac(hash, decodeBase64url(macKey), encodeUtf8(`${header}.${payload}`));
  return encodeBase64url(mac) === signature
    ? (binding as object)
    : refuse('unauthorized', 'the MAC of the binding is wrong');
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
