import { createHash, X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { connect } from 'node:tls';
import { concatMap, map, Observable } from 'rxjs';
import { encodeHex } from '../../codec/hex.js';
import { identifierKey } from '../../codec/identifier.js';
import type { Identifier } from '../../model/identifier.js';
import type { ProofCertificate } from '../../testing/issuing/proof-certificate.js';
import { ipOctets } from '../../x509/ip-octets.js';
import { failure } from './failure.js';
import type { Network } from './network.js';
import type { Proof } from './proof.js';

const protocol = 'acme-tls/1';

/**
 * Connects with the protocol of `tls-alpn-01` and looks at the certificate that is shown. Completes where it is right.
 *
 * @see RFC 8737 §3, RFC 8738 §6
 */
export const provenByTls = (
  network: Network,
  read: (der: Uint8Array) => ProofCertificate,
  { identifier, keyAuthorization }: Proof,
): Observable<unknown> =>
  network.addressOf(identifier.value).pipe(
    concatMap((address) => shownCertificate(identifier, address, network.tlsPort)),
    map((der) => {
      const fault = faultOf(der, readOne(read, der), identifier, keyAuthorization);
      if (fault !== undefined) throw failure('unauthorized', `the certificate shown for ${identifier.value} ${fault}`);
    }),
  );

/** Emits the certificate that a server shows when it is asked for the protocol, DER, and closes the connection. */
const shownCertificate = ({ value }: Identifier, host: string, port: number): Observable<Uint8Array> =>
  new Observable((subscriber) => {
    const servername = isIP(value) === 0 ? value : reverseName(value);
    const where = `${value} at ${host} port ${port}`;
    const socket = connect({
      host,
      port,
      servername,
      ALPNProtocols: [protocol],
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
      if (alpnProtocol === protocol) {
        subscriber.next(raw);
        subscriber.complete();
      } else {
        subscriber.error(failure('unauthorized', `${where}: the server does not speak ${protocol}`));
      }
    });
    return () => {
      socket.destroy();
    };
  });

function readOne(read: (der: Uint8Array) => ProofCertificate, der: Uint8Array): ProofCertificate | undefined {
  try {
    return read(der);
  } catch {
    return undefined;
  }
}

function faultOf(
  der: Uint8Array,
  certificate: ProofCertificate | undefined,
  identifier: Identifier,
  keyAuthorization: string,
): string | undefined {
  if (certificate === undefined) return 'cannot be read';
  const { identifiers, names, digest } = certificate;
  const [own] = identifiers;
  if (names !== 1 || own === undefined || identifierKey(own) !== identifierKey(identifier)) {
    return `must have it as its only alternative name, and has ${identifiers.map(({ value }) => value).join(', ') || 'none'}`;
  }
  if (digest === undefined) return 'has no critical acmeIdentifier extension';
  const expected = createHash('sha256').update(keyAuthorization).digest();
  if (!expected.equals(digest))
    return `has the digest ${encodeHex(digest.subarray(0, 64))} of another key authorization`;
  return isSelfSigned(new X509Certificate(der)) ? undefined : 'is not signed with its own key';
}

function isSelfSigned(certificate: X509Certificate): boolean {
  try {
    return certificate.verify(certificate.publicKey);
  } catch {
    return false;
  }
}

/** The name under which the reverse DNS has an address: servers are asked for names, never for addresses. */
function reverseName(address: string): string {
  const octets = [...ipOctets(address)].reverse();
  if (octets.length === 4) return `${octets.join('.')}.in-addr.arpa`;
  return `${octets.flatMap((octet) => [octet & 15, octet >> 4].map((half) => half.toString(16))).join('.')}.ip6.arpa`;
}
