import { catchError, concat, concatMap, defer, EMPTY, from, map, type Observable, throwError, toArray } from 'rxjs';
import { encodePem } from '../codec/pem.js';
import { decodeUtf8, encodeUtf8 } from '../codec/utf8.js';
import type { Certificate, CertificateDetails } from '../model/certificate.js';
import { AcmeProblemError } from '../model/errors/problem-error.js';
import { AcmeProtocolError, protocolFault } from '../model/errors/protocol-error.js';
import type { Link } from '../model/retrieved.js';
import type { AcmeAccount } from '../request/account.js';
import type { AcmeResponse } from '../request/response.js';
import { looksLikeDer } from '../x509/public-key.js';
import { postAsGet } from './post-as-get.js';
import { readChain, storable } from './read-certificate.js';

/** The most answers that are read of one chain. */
const mostIssuers = 10;

/** As far as a chain has been followed. */
interface Step {
  /** What the last answer held. Not empty. */
  readonly certificates: readonly CertificateDetails[];
  /** Where the issuer of the last of them may be. */
  readonly up: readonly string[];
  /** Whether the chain may end here, though there is somewhere to look. */
  readonly mayEnd: boolean;
}

/**
 * Downloads the certificates above a chain, for servers that send one certificate at a time: follows the links `up`
 * from the last certificate at hand. Each is checked to have signed the one before it.
 *
 * Emits each certificate when it is there, the trust anchor last where the server has it; then completes, at once where
 * there is no link. Lazy: the next is asked for when the one before it has been taken. Reads DER
 * (`application/pkix-cert`) and PEM; of several links the first that leads to the issuer is followed. A chain of one
 * certificate, and an answer that points further up, must go on: a link to nothing (404 or 410) or to anything else than
 * the issuer is an error there. A longer chain may be whole without what its links lead to, and then ends.
 *
 * Errors: {@link AcmeProtocolError}, its `url` the link's, where no link leads to the issuer of a chain that must go on,
 * where they lead in circles, or where there are more than 10; {@link AcmeProblemError}; {@link AcmeTransportError}; {@link AcmePortError} where the certificate
 * reader fails. Cost: one POST and one nonce for each; pkijs is loaded.
 *
 * @see RFC 8555 §7.4.2
 */
export const getIssuerCertificates = (
  account: AcmeAccount,
  { url, links, chain }: Pick<Certificate, 'url' | 'links' | 'chain'>,
): Observable<CertificateDetails> =>
  defer(() => climb(account, { certificates: chain, up: upFrom(links), mayEnd: chain.length > 1 }, new Set([url])));

/**
 * Completes a chain by the certificates that {@link getIssuerCertificates} finds above it, a root left out: who trusts
 * it has it.
 *
 * Emits once: the certificate with its whole chain, the same where nothing is missing; then completes. Errors: those of
 * {@link getIssuerCertificates}. Cost: one POST and one nonce for each certificate that is missing, none where no link
 * says so; pkijs is loaded.
 *
 * @see RFC 8555 §7.4.2
 */
export const getFullChain = (account: AcmeAccount, certificate: Certificate): Observable<Certificate> =>
  getIssuerCertificates(account, certificate).pipe(
    toArray(),
    map((issuers) => {
      const missing = issuers.filter((each) => !isSelfIssued(each));
      if (missing.length === 0) return certificate;
      const pems = missing.map(({ der }) => encodePem('CERTIFICATE', der));
      const chainPem = [certificate.chainPem.trimEnd(), '\n', ...pems].join('');
      return storable({ ...certificate, chainPem, chain: [...certificate.chain, ...missing] });
    }),
  );

const upFrom = (links: readonly Link[]): readonly string[] =>
  links.filter(({ relations }) => relations.includes('up')).map((link) => link.url);

const isSelfIssued = ({ subject, issuer }: CertificateDetails): boolean => subject === issuer;

function climb(
  account: AcmeAccount,
  { certificates, up, mayEnd }: Step,
  seen: Set<string>,
): Observable<CertificateDetails> {
  const last = certificates.at(-1);
  if (last === undefined || isSelfIssued(last)) return EMPTY;
  return above(account, last, up, mayEnd, seen).pipe(
    concatMap((next) =>
      concat(
        from(next.certificates),
        defer(() => climb(account, next, seen)),
      ),
    ),
  );
}

/** Tries one link after the other, until one leads to the issuer of `last`. */
function above(
  account: AcmeAccount,
  last: CertificateDetails,
  [url, ...others]: readonly string[],
  mayEnd: boolean,
  seen: Set<string>,
): Observable<Step> {
  if (url === undefined) return EMPTY;
  const fail = (fault: string): never => {
    throw new AcmeProtocolError(`${url}: ${fault}`, { url });
  };
  if (seen.has(url))
    return mayEnd ? above(account, last, others, mayEnd, seen) : fail('the issuers lead back to this one');
  if (seen.size > mostIssuers) fail(`the chain goes on after ${mostIssuers} issuers`);
  seen.add(url);
  return postAsGet(account, url, accepted).pipe(
    concatMap((response) =>
      readIssuers(account, response, last).pipe(
        map((certificates) => {
          const further = upFrom(response.links);
          return further.length > 0
            ? { certificates, up: further, mayEnd: false }
            : { certificates, up: others, mayEnd: true };
        }),
      ),
    ),
    catchError((error: unknown) => {
      const isGone = error instanceof AcmeProblemError && (error.status === 404 || error.status === 410);
      if (!isGone && !(error instanceof AcmeProtocolError)) return throwError(() => error);
      if (others.length === 0 && !mayEnd) return throwError(() => (isGone ? nothingThere(url, error) : error));
      return above(account, last, others, mayEnd, seen);
    }),
  );
}

const nothingThere = (url: string, cause: AcmeProblemError): AcmeProtocolError =>
  protocolFault(url, 'there is nothing where the issuer of the chain’s last certificate should be', {
    status: cause.status,
    cause,
  });

const accepted = 'application/pkix-cert, application/pem-certificate-chain;q=0.5';

/** The reader checks each signature by the certificate that follows: so it is given the one that is to be verified, too. */
function readIssuers(
  { session }: AcmeAccount,
  { url, body }: AcmeResponse,
  last: CertificateDetails,
): Observable<readonly CertificateDetails[]> {
  const pem = looksLikeDer(body) ? encodePem('CERTIFICATE', body) : decodeUtf8(body, url, { url });
  return readChain(session.state.certificateReader, url, encodeUtf8(encodePem('CERTIFICATE', last.der) + pem)).pipe(
    map(([, ...issuers]) => {
      if (issuers.length === 0)
        throw new AcmeProtocolError(`${url}: there is no certificate in the answer`, { url, body });
      return issuers;
    }),
  );
}
