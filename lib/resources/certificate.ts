import { catchError, concatMap, map, type Observable, throwError } from 'rxjs';
import { defined } from '../codec/defined.js';
import { decodeUtf8 } from '../codec/utf8.js';
import type { Certificate } from '../model/certificate.js';
import { AcmeProtocolError } from '../model/errors/protocol-error.js';
import type { ExpectedLeaf } from '../model/ports.js';
import type { AcmeAccount } from '../request/account.js';
import { callPort } from '../request/port.js';
import type { AcmeResponse } from '../request/response.js';
import { postAsGet } from './post-as-get.js';

/**
 * Downloads a certificate chain and checks it: nothing but certificates in it, each one's signature verified by the
 * next, and the first one for the key and the names that are expected, where those are given.
 *
 * Emits once, then completes. Errors: {@link AcmeProtocolError} where the chain fails a check, with the answer's
 * bytes as `body`; {@link AcmeProblemError}; {@link AcmeTransportError}; {@link AcmePortError} where the certificate
 * reader fails. Cost: one POST, one nonce; pkijs is loaded.
 *
 * @param url The order's `certificate`.
 * @param expected The key and the names that the first certificate must have. Default: any.
 * @see RFC 8555 §7.4.2, §11.4
 */
export const getCertificate = (account: AcmeAccount, url: string, expected?: ExpectedLeaf): Observable<Certificate> =>
  postAsGet(account, url, 'application/pem-certificate-chain').pipe(
    concatMap((response) => readCertificate(account, response, expected)),
  );

function readCertificate(
  { session }: AcmeAccount,
  response: AcmeResponse,
  expected?: ExpectedLeaf,
): Observable<Certificate> {
  const { url, links, retryAfterMs, body } = response;
  return callPort('certificateReader', () => session.state.certificateReader.readChain(body, expected)).pipe(
    catchError((error: unknown) =>
      throwError(() => (error instanceof AcmeProtocolError ? located(error, url) : error)),
    ),
    map(({ chain }) => {
      const [leaf] = chain;
      if (leaf === undefined) throw new AcmeProtocolError(`${url}: the chain is empty`, { url, body });
      return {
        url,
        links,
        ...defined({ retryAfterMs }),
        chainPem: decodeUtf8(body),
        chain,
        leaf,
        alternates: links.filter(({ relations }) => relations.includes('alternate')).map((link) => link.url),
      };
    }),
  );
}

const located = ({ message, body, cause }: AcmeProtocolError, url: string): AcmeProtocolError =>
  new AcmeProtocolError(`${url}: ${message}`, { url, body, ...(cause === undefined ? {} : { cause }) });
