import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { firstValueFrom } from 'rxjs';
import type { ChallengeTask } from '../../lib/model/ports.js';
import { verifyTlsAlpnCertificate } from '../../lib/x509/tls-alpn-certificate.js';
import { taskOf } from '../solvers/tasks.js';

/** A task of `tls-alpn-01` with the right digest. */
export function alpnTask(value = 'example.org', token = 'token', type = 'dns'): ChallengeTask {
  const keyAuthorization = `${token}.thumbprint`;
  const keyAuthorizationDigest = createHash('sha256').update(keyAuthorization).digest('base64url');
  return taskOf({ type: 'tls-alpn-01', identifier: { type, value }, token, keyAuthorization, keyAuthorizationDigest });
}

/** What a client sees: the certificate and the protocol, or why there is none. */
export interface Shown {
  readonly der?: Buffer;
  readonly protocol?: string | false | null;
  readonly error?: string;
}

/** Connects as an authority does, or otherwise. */
export async function shown(port: number, servername: string, options: ConnectionOptions = {}): Promise<Shown> {
  const socket: TLSSocket = connect({
    host: '127.0.0.1',
    port,
    servername,
    ALPNProtocols: ['acme-tls/1'],
    rejectUnauthorized: false,
    checkServerIdentity: () => undefined,
    ...options,
  });
  try {
    await once(socket, 'secureConnect');
    return { der: socket.getPeerCertificate().raw, protocol: socket.alpnProtocol };
  } catch (error) {
    return { error: (error as Error).message };
  } finally {
    socket.on('error', () => undefined).destroy();
  }
}

/** What is wrong with what is shown for a task; undefined where nothing is. */
export async function faultOf(port: number, servername: string, task: ChallengeTask): Promise<string | undefined> {
  const { der, protocol, error } = await shown(port, servername);
  if (der === undefined || protocol !== 'acme-tls/1') return error ?? 'another protocol';
  return firstValueFrom(verifyTlsAlpnCertificate(der, task));
}
