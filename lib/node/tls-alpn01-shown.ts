import { connect } from 'node:tls';
import { Observable } from 'rxjs';
import { tlsAlpnProtocol } from '../x509/tls-alpn-certificate.js';
import { connectionError } from './self-check-network.js';

/** A server that answers, but not by the protocol of `tls-alpn-01`. */
export class OtherProtocol extends Error {}

/** Where a server is, and what it is asked for. */
export interface TlsAlpnServerOptions {
  readonly address: string;
  readonly port: number;
  readonly serverName: string;
  /** What errors call the server. */
  readonly label: string;
}

/**
 * Emits the certificate that a server shows when it is asked for the protocol, DER, and closes the connection. Errors:
 * {@link OtherProtocol}, {@link connectionError}.
 */
export const shownCertificate = ({ address, port, serverName, label }: TlsAlpnServerOptions): Observable<Uint8Array> =>
  new Observable((subscriber) => {
    const where = `${label} at ${address} port ${port}`;
    const socket = connect({
      host: address,
      port,
      servername: serverName,
      ALPNProtocols: [tlsAlpnProtocol],
      minVersion: 'TLSv1.2',
      rejectUnauthorized: false,
      checkServerIdentity: () => undefined,
    });
    let isConnected = false;
    socket.once('connect', () => (isConnected = true));
    socket.on('error', (error: Error) => {
      subscriber.error(connectionError(where, error, isConnected));
    });
    socket.on('secureConnect', () => {
      if (socket.alpnProtocol === tlsAlpnProtocol) {
        subscriber.next(socket.getPeerCertificate().raw);
        subscriber.complete();
      } else subscriber.error(new OtherProtocol(`${where}: the server does not speak ${tlsAlpnProtocol}`));
    });
    return () => {
      socket.destroy();
    };
  });
