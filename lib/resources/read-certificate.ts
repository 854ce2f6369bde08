import { catchError, map, type Observable, throwError } from 'rxjs';
import { defined } from '../codec/defined.js';
import { contextOf } from '../codec/received.js';
import { decodeUtf8 } from '../codec/utf8.js';
import type { Certificate, CertificateDetails, StoredCertificate } from '../model/certificate.js';
import { AcmeProtocolError, protocolFault } from '../model/errors/protocol-error.js';
import type { CertificateReader, ExpectedLeaf } from '../model/ports.js';
import type { ResponseContext } from '../model/retrieved.js';
import { callPort } from '../request/port.js';

/** A downloaded chain, read and checked. Its errors name where it comes from. */
export const readCertificate = (
  reader: CertificateReader,
  { body, ...context }: ResponseContext & { readonly body: Uint8Array },
  expected?: ExpectedLeaf,
): Observable<Certificate> =>
  readChain(reader, context.url, body, expected).pipe(
    map((chain) => {
      const { url, links } = context;
      const alternates = links.flatMap((link) => (link.relations.includes('alternate') ? link.url : []));
      const [leaf] = chain;
      if (leaf === undefined) throw protocolFault(url, 'the chain is empty', { body });
      return storable({ ...contextOf(context), chainPem: decodeUtf8(body), chain, leaf, alternates });
    }),
  );

/** The certificates of a PEM chain that comes from `url`. */
export const readChain = (
  reader: CertificateReader,
  url: string,
  pem: Uint8Array,
  expected?: ExpectedLeaf,
): Observable<readonly CertificateDetails[]> =>
  callPort('certificateReader', () => reader.readChain(pem, expected)).pipe(
    catchError((error: unknown) =>
      throwError(() => (error instanceof AcmeProtocolError ? located(error, url) : error)),
    ),
    map(({ chain }) => chain),
  );

/** The same, so that `JSON.stringify` leaves out what is read from the chain again. */
export const storable = (certificate: Certificate): Certificate =>
  Object.defineProperty(certificate, 'toJSON', {
    value: (): StoredCertificate => {
      const { chain: _chain, leaf: _leaf, ...stored } = certificate;
      return stored;
    },
  });

const located = ({ message, body, cause }: AcmeProtocolError, url: string): AcmeProtocolError =>
  protocolFault(url, message, { body, ...defined({ cause }) });
