import { decodeBase64url } from '../codec/base64url.js';
import { isAbsoluteUrl } from '../codec/url.js';
import type { AcmeSigner } from '../model/ports.js';
import { publicMembers } from '../codec/public-members.js';
import type { AcmeSession } from './session.js';

/** Who signs with a bare key: before there is an account, or for a certificate's key. */
export interface AcmeKeyHolder {
  /** The server. */
  readonly session: AcmeSession;
  /** The key. */
  readonly signer: AcmeSigner;
}

/** An account at a certification authority: who signs, and under which URL the server knows the key. */
export interface AcmeAccount extends AcmeKeyHolder {
  /** The account URL, as the server gave it, byte for byte. */
  readonly url: string;
}

/**
 * Binds a stored account to a session.
 *
 * Emits nothing and does no I/O: the value is the account. Throws `TypeError` if the URL is not absolute.
 *
 * @see RFC 8555 §7.3
 */
export function acmeAccount(
  session: AcmeSession,
  { signer, url }: { readonly signer: AcmeSigner; readonly url: string },
): AcmeAccount {
  checkSigner('acmeAccount', signer);
  checkUrl('acmeAccount', url);
  return { session, signer, url };
}

/** Throws `TypeError` on what cannot sign for an account. */
export function checkSigner(what: string, signer: unknown): asserts signer is AcmeSigner {
  const { sign, alg, publicJwk } = (signer ?? {}) as Partial<AcmeSigner>;
  if (typeof sign !== 'function' || typeof alg !== 'string' || publicJwk === undefined) {
    throw new TypeError(`${what}: signer must have alg, publicJwk and sign; generateSigner emits one`);
  }
  const { x, y, n, e } = publicMembers(publicJwk);
  for (const member of [x, y, n, e]) decodeBase64url(member ?? '');
}

/** Throws `TypeError` on what is no absolute URL. */
export function checkUrl(what: string, url: unknown): asserts url is string {
  if (typeof url === 'string' && isAbsoluteUrl(url)) return;
  throw new TypeError(`${what}: url must be an absolute URL, as the server gave it, found ${String(url)}`);
}
