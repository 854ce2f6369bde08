import { decodeBase64url, isBase64urlText } from '../../codec/base64url.js';
import { encodeUtf8 } from '../../codec/utf8.js';
import type { PublicJwk } from '../../model/ports.js';
import { checkedAccountKey } from './account-key.js';
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
  const { alg, nonce, url, kid, jwk, crit, b64 } = objectOf(decoded(header, 'protected'), 'the protected header');
  if (typeof alg !== 'string' || typeof url !== 'string')
    return refuse('malformed', 'the protected header needs alg and url');
  if (nonce === undefined) return refuse('badNonce', 'the protected header has no nonce');
  if (typeof nonce !== 'string' || !isBase64urlText(nonce)) return refuse('malformed', 'the nonce is not base64url');
  if (crit !== undefined || b64 !== undefined) refuse('malformed', 'the protected header must not have crit or b64');
  if ((kid === undefined) === (jwk === undefined))
    refuse('malformed', 'the protected header needs exactly one of jwk and kid');
  if (kid !== undefined && typeof kid !== 'string') refuse('malformed', 'kid must be a URL');
  return {
    alg,
    nonce,
    url,
    kid,
    jwk: jwk === undefined ? undefined : checkedAccountKey(jwk, alg),
    payload: payload === '' ? undefined : objectOf(decoded(payload, 'payload'), 'the payload'),
    input: encodeUtf8(`${header}.${payload}`),
    signature: bytesOf(signature, 'signature'),
  };
}

/** The JWS by another key within a request's payload. */
export interface InnerBody extends Pick<SignedBody, 'alg' | 'url' | 'input' | 'signature'> {
  readonly jwk: PublicJwk;
  readonly payload: Readonly<Record<string, unknown>>;
}

/**
 * Takes apart the JWS that a key change carries, and refuses whatever RFC 8555 does not allow in one.
 *
 * @see RFC 8555 §7.3.5
 */
export function readInnerBody(jws: Readonly<Record<string, unknown>>): InnerBody {
  const { protected: header, payload, signature } = stringsIn(jws);
  const { alg, nonce, url, kid, jwk } = objectOf(decoded(header, 'protected'), 'the inner protected header');
  if (typeof alg !== 'string' || typeof url !== 'string')
    return refuse('malformed', 'the inner protected header needs alg and url');
  if (jwk === undefined || kid !== undefined) refuse('malformed', 'the inner protected header needs jwk and no kid');
  if (nonce !== undefined) refuse('malformed', 'the inner protected header must not have a nonce');
  return {
    alg,
    url,
    jwk: checkedAccountKey(jwk, alg),
    payload: objectOf(decoded(payload, 'payload'), 'the inner payload'),
    input: encodeUtf8(`${header}.${payload}`),
    signature: bytesOf(signature, 'signature'),
  };
}

const members = ['protected', 'payload', 'signature'] as const;

const stringsOf = (body: string) => stringsIn(objectOf(body, 'the body'));

function stringsIn(jws: Readonly<Record<string, unknown>>): Record<(typeof members)[number], string> {
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
