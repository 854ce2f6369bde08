import type { Challenge } from '../model/challenge.js';
import type { JsonObject } from '../model/json.js';
import { decodeBase64 } from './base64.js';
import { challengeMembers } from './challenge-members.js';
import { defined } from './defined.js';
import { failMember, type Members, requiredString } from './received.js';
import { isObject, ownMember } from './tolerant.js';

/** What an `onion-csr-01` challenge says. */
export interface OnionCsrChallenge {
  /** What the request has to repeat. */
  readonly nonce: Uint8Array;
  /** The public key, a JWK, with which the authority asks for the service's descriptor. */
  readonly authKey?: JsonObject;
}

const leastOctets = 8;

/**
 * Reads the members of an `onion-csr-01` challenge. Throws {@link AcmeProtocolError} unless `nonce` is padded base64 of
 * at least 64 bits and `authKey`, where it is there, an object; `TypeError` on a challenge of another type.
 *
 * @see RFC 9799 §3.2
 */
export function onionCsrChallenge(challenge: Pick<Challenge, 'type' | 'url' | 'raw'>): OnionCsrChallenge {
  const members = challengeMembers(challenge, 'onion-csr-01');
  const nonce = decoded(members, requiredString(members, 'nonce'));
  const authKey = ownMember(members.object, 'authKey') ?? undefined;
  if (authKey !== undefined && !isObject(authKey)) return failMember(members, 'authKey', 'an object', typeof authKey);
  return defined({ nonce, authKey });
}

function decoded(members: Members, text: string): Uint8Array {
  try {
    const nonce = decodeBase64(text);
    if (nonce.length >= leastOctets) return nonce;
  } catch {
    // Said below.
  }
  return failMember(members, 'nonce', `padded base64 of at least ${leastOctets} octets`, 'a string that is none');
}
