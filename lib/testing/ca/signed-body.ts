import { decodeBase64url } from '../../codec/base64url.js';
import { encodeUtf8 } from '../../codec/utf8.js';
import type { PublicJwk } from '../../model/ports.js';
import { publicMembers } from '../../signing/public-members.js';
import { refuse } from './refusal.js';

/** A request body, taken apart. */
export interface SignedBody {
  readonly alg: string;
  readonly nonce: string;
  readonly url: string;
  readonly kid: string | undefined;
  readonly jwk: PublicJwk | undefined;
  /** Undefined for POST-as-GET. */
  readonly payload: Readonly<Record<string, unknown>> | undefined;
  readonly input: Uint8Array;
  readonly signature: Uint8Array;
}

/**
 * Takes a flattened JWS apart, and refuses whatever RFC 8555 does not allow in one.
 *
 * @see RFC 8555 §6.2
 */
export function readSignedBody(body: string): SignedBody {
  const { protected: header, payload, signature } = stringsOf(body);
  const { alg, nonce, url, kid, jwk } = objectOf(decoded(header, 'protected'), 'the protected header');
  if (typeof alg !== 'string' || typeof nonce !== 'string' || typeof url !== 'string') {
    return refuse('malformed', 'the protected header needs alg, nonce and url');
  }
  if ((kid === undefined) === (jwk === undefined))
    refuse('malformed', 'the protected header needs exactly one of jwk and kid');
  if (kid !== undefined && typeof kid !== 'string') refuse('malformed', 'kid must be a URL');
  return {
    alg,
    nonce,
    url,
    kid: kid,
    jwk: jwk === undefined ? undefined : publicKey(jwk),
    payload: payload === '' ? undefined : objectOf(decoded(payload, 'payload'), 'the payload'),
    input: encodeUtf8(`${header}.${payload}`),
    signature: bytesOf(signature, 'signature'),
  };
}

function publicKey(jwk: unknown): PublicJwk {
  if (typeof jwk !== 'object' || jwk === null || 'd' in jwk) return refuse('badPublicKey', 'jwk must be a public key');
  try {
    return publicMembers(jwk as PublicJwk);
  } catch (error) {
    return refuse('badPublicKey', (error as Error).message);
  }
}

const members = ['protected', 'payload', 'signature'] as const;

function stringsOf(body: string): Record<(typeof members)[number], string> {
  const jws = objectOf(body, 'the body');
  const unknown = Object.keys(jws).find((member) => !(members as readonly string[]).includes(member));
  if (unknown !== undefined) refuse('malformed', `the JWS must not have the member ${unknown}`);
  for (const member of members) if (typeof jws[member] !== 'string') refuse('malformed', `the JWS lacks ${member}`);
  return jws as Record<(typeof members)[number], string>;
}

function objectOf(text: string, what: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // Refused like any other text that is no object.
  }
  return refuse('malformed', `${what} is not a JSON object`);
}

const decoded = (text: string, what: string): string => new TextDecoder().decode(bytesOf(text, what));

function bytesOf(text: string, what: string): Uint8Array {
  try {
    return decodeBase64url(text);
  } catch {
    return refuse('malformed', `${what} is not base64url without padding`);
  }
}
