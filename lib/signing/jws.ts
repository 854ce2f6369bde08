import { from, map, type Observable } from 'rxjs';
import { encodeBase64url } from '../codec/base64url.js';
import { encodeUtf8 } from '../codec/utf8.js';
import type { AcmeSigner } from '../model/ports.js';
import { publicMembers } from '../codec/public-members.js';

/** An account key, or a MAC key in its place. */
export type JwsSigner = Pick<AcmeSigner, 'publicJwk' | 'sign'> & { readonly alg: string };

/** What is signed: for whom, once, and what. */
export interface JwsInput {
  readonly url: string;
  /** Left out of a JWS inside another. */
  readonly nonce?: string;
  /** The account URL, or the identifier of a MAC key; without it the public key goes in its place. */
  readonly kid?: string | undefined;
  /** `''` for POST-as-GET. */
  readonly payload: object | '';
}

/**
 * Signs one request body.
 *
 * Emits once: the flattened JWS as JSON text; then completes. Errors with what the signer errors with. Cost: one
 * signature, no request.
 *
 * @see RFC 8555 §6.2, §6.3
 */
export function signJws(signer: JwsSigner, { url, nonce, kid, payload }: JwsInput): Observable<string> {
  // JSON leaves out what is undefined.
  const jwk = kid === undefined ? publicMembers(signer.publicJwk) : undefined;
  const header = encodeBase64url(JSON.stringify({ alg: signer.alg, kid, jwk, nonce, url }));
  const body = encodeBase64url(payload === '' ? '' : JSON.stringify(payload));
  return from(signer.sign(encodeUtf8(`${header}.${body}`))).pipe(
    map((signature) => JSON.stringify({ protected: header, payload: body, signature: encodeBase64url(signature) })),
  );
}
