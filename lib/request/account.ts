import type { AcmeSigner } from '../model/ports.js';
import type { AcmeSession } from './session.js';

/** Who signs with a bare key: before there is an account, or for a certificate's key. */
export interface AcmeKeyHolder {
  readonly session: AcmeSession;
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
  if (!URL.canParse(url)) throw new TypeError(`acmeAccount: url must be the absolute URL of the account, found ${url}`);
  return { session, signer, url };
}
