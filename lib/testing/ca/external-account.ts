import { hmac } from '@noble/hashes/hmac.js';
import { sha256, sha384, sha512 } from '@noble/hashes/sha2.js';
import { decodeBase64url, encodeBase64url } from '../../codec/base64url.js';
import { encodeUtf8 } from '../../codec/utf8.js';
import type { PublicJwk } from '../../model/ports.js';
import { publicMembers } from '../../codec/public-members.js';
import type { CaCore } from './operation.js';
import { refuse } from './refusal.js';

const members = ['protected', 'payload', 'signature'];
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
  if (Object.keys(binding ?? {}).some((member) => !members.includes(member)))
    refuse('malformed', `a binding has the members ${members.join(', ')} and no others`);
  const { alg, kid, url: boundUrl, nonce } = parsed(header);
  const hash = Object.hasOwn(hashes, String(alg)) ? hashes[String(alg)] : undefined;
  const macKey = Object.hasOwn(externalAccounts, String(kid)) ? externalAccounts[String(kid)] : undefined;
  if (hash === undefined || nonce !== undefined || boundUrl !== url)
    return refuse('malformed', 'the binding needs a MAC algorithm, the same url, and no nonce');
  if (macKey === undefined) return refuse('unauthorized', 'the external account is not known');
  if (keyText(parsed(payload)) !== keyText(jwk)) refuse('malformed', 'the binding is for another key');
  const mac = hmac(hash, decodeBase64url(macKey), encodeUtf8(`${header}.${payload}`));
  return encodeBase64url(mac) === signature
    ? (binding as object)
    : refuse('unauthorized', 'the MAC of the binding is wrong');
}

function parsed(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(decodeBase64url(text)));
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch {
    // Refused like any other text that is no object.
  }
  return refuse('malformed', 'the binding is not a JWS');
}

/** Two keys are the same where this is: what stands in a JWK beyond the key itself is nobody's business here. */
function keyText(jwk: object): string {
  try {
    return JSON.stringify(publicMembers(jwk as PublicJwk));
  } catch {
    return refuse('malformed', 'the payload of the binding is no public key');
  }
}
