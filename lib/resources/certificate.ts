import { concatMap, type Observable } from 'rxjs';
import type { Certificate } from '../model/certificate.js';
import type { ExpectedLeaf } from '../model/ports.js';
import type { AcmeAccount } from '../request/account.js';
import type { AcmeSession } from '../request/session.js';
import { postAsGet, unsignedGet } from './post-as-get.js';
import { readCertificate } from './read-certificate.js';

const chainType = 'application/pem-certificate-chain';

/**
 * Downloads a certificate chain and checks it: nothing but certificates in it, each one's signature verified by the
 * next, and the first one for the key and the names that are expected, where those are given. Of a server that sends
 * one certificate and not its chain, {@link getFullChain} gets the rest.
 *
 * Emits once, then completes. Errors: {@link AcmeProtocolError} where the chain fails a check, with the answer's
 * bytes as `body`; {@link AcmeProblemError}; {@link AcmeTransportError}; {@link AcmePortError} where the certificate
 * reader fails. Cost: one POST, one nonce; one GET and no nonce where only a session asks; pkijs is loaded.
 *
 * @param by The account; or only the session, for an order that allows GET without a signature.
 * @param url The order's `certificate`.
 * @param expected The key and the names that the first certificate must have. Default: any.
 * @see RFC 8555 §7.4.2, §11.4, RFC 8739 §3.3
 */
export const getCertificate = (
  by: AcmeAccount | AcmeSession,
  url: string,
  expected?: ExpectedLeaf,
): Observable<Certificate> => {
  const { state } = 'signer' in by ? by.session : by;
  const response$ = 'signer' in by ? postAsGet(by, url, chainType) : unsignedGet(by, url, chainType);
  return response$.pipe(concatMap((response) => readCertificate(state.certificateReader, response, expected)));
};
