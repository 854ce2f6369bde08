import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo } from 'node:net';
import { createSecureContext, createServer, type SecureContext, type TLSSocket } from 'node:tls';
import { onTestFinished } from 'vitest';
import type { ChallengeSolver, ChallengeTask } from '../../../lib/index.js';
import { openssl } from '../../x509/openssl.js';

export interface ProofOptions {
  /** Default: the digest of the key authorization. */
  readonly digest?: Uint8Array;
  /** Default: true. */
  readonly critical?: boolean;
  /** Default: the name itself, such as `DNS:example.org`. */
  readonly names?: string;
}

/** A certificate for `tls-alpn-01`, made by openssl. */
export async function proofCertificate(
  name: string,
  keyAuthorization: string,
  { digest = createHash('sha256').update(keyAuthorization).digest(), critical = true, names = name }: ProofOptions = {},
): Promise<{ cert: string; key: string; context: SecureContext }> {
  const hex = Buffer.from(digest).toString('hex');
  const key = await openssl(['genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256']);
  const extensions = [
    ...(names === '' ? [] : ['-addext', `subjectAltName=${names}`]),
    ...(hex === '' ? [] : ['-addext', `1.3.6.1.5.5.7.1.31=${critical ? 'critical,' : ''}DER:0420${hex}`]),
  ];
  const cert = await openssl(['req', '-x509', '-key', '@key', '-subj', '/CN=proof', '-days', '2', ...extensions], {
    key,
  });
  return { cert, key, context: createSecureContext({ cert, key }) };
}

/** A server on loopback that speaks `acme-tls/1`, or other protocols. Closed when the spec is over. */
export async function tlsResponder(protocols: readonly string[] = ['acme-tls/1']) {
  const contexts = new Map<string, SecureContext>();
  const asked: string[] = [];
  const sockets = new Set<TLSSocket>();
  const server = createServer({
    ALPNProtocols: [...protocols],
    SNICallback: (name, done) => {
      asked.push(name);
      done(null, contexts.get(name));
    },
  });
  server.on('secureConnection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return { port: (server.address() as AddressInfo).port, contexts, asked };
}

/** A solver for `tls-alpn-01` on such a server. */
export const tlsSolver = ({ contexts }: Awaited<ReturnType<typeof tlsResponder>>): ChallengeSolver => ({
  types: ['tls-alpn-01'],
  present: async ({ identifier, keyAuthorization = '' }: ChallengeTask) => {
    const isName = identifier.type === 'dns';
    const names = `${isName ? 'DNS' : 'IP'}:${identifier.value}`;
    const { context } = await proofCertificate(names, keyAuthorization);
    const reverse = `${identifier.value.split('.').reverse().join('.')}.in-addr.arpa`;
    contexts.set(isName ? identifier.value : reverse, context);
  },
  cleanUp: async ({ identifier }) => {
    contexts.delete(identifier.value);
  },
});
