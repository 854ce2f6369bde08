import { createHash } from 'node:crypto';
import { connect } from 'node:tls';
import { concatMap, map, Observable } from 'rxjs';
import { encodeBase64url } from '../../codec/base64url.js';
import type { Identifier } from '../../model/identifier.js';
import { tlsAlpnProtocol, tlsAlpnServerName, verifyTlsAlpnCertificate } from '../../x509/tls-alpn-certificate.js';
import { failure } from './failure.js';
import type { Network } from './network.js';
import type { Proof } from './proof.js';

/**
 * Connects with the protocol of `tls-alpn-01` and looks at the certificate that is shown. Completes where it is right.
 *
 * @see RFC 8737 §3, RFC 8738 §6
 */
export const provenByTls = (network: Network, { identifier, keyAuthorization }: Proof): Observable<unknown> =>
  network.addressOf(identifier.value).pipe(
    concatMap((address) => shownCertificate(identifier, address, network.tlsPort)),
    concatMap((der) =>
      verifyTlsAlpnCertificate(der, { identifier, keyAuthorizationDigest: digestOf(keyAuthorization) }),
    ),
    map((fault) => {
      if (fault !== undefined) throw failure('unauthorized', `the certificate shown for ${identifier.value} ${fault}`);
    }),
  );

/** Emits the certificate that a server shows when it is asked for the protocol, DER, and closes the connection. */
const shownCertificate = (identifier: Identifier, host: string, port: number): Observable<Uint8Array> =>
  new Observable((subscriber) => {
    const where = `${identifier.value} at ${host} port ${port}`;
    const socket = connect({
      host,
      port,
      servername: tlsAlpnServerName(identifier),
      ALPNProtocols: [tlsAlpnProtocol],
      minVersion: 'TLSv1.2',
      rejectUnauthorized: false,
      checkServerIdentity: () => undefined,
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      const type = error.syscall === undefined && error.code !== 'ECONNRESET' ? 'tls' : 'connection';
      subscriber.error(failure(type, `${where}: ${error.message}`));
    });
    socket.on('secureConnect', () => {
      const { alpnProtocol } = socket;
      const { raw } = socket.getPeerCertificate();
      if (alpnProtocol === tlsAlpnProtocol) {
        subscriber.next(raw);
        subscriber.complete();
      } else {
        subscriber.error(failure('unauthorized', `${where}: the server does not speak ${tlsAlpnProtocol}`));
      }
    });
    return () => {
      socket.destroy();
    };
  });

const digestOf = (text: string): string => encodeBase64url(createHash('sha256').update(text).digest());
