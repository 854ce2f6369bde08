import type { Socket } from 'node:net';
import { createSecureContext, createServer, type SecureContext, type Server, type TLSSocket } from 'node:tls';
import { concatMap, defer, ignoreElements, map, type Observable } from 'rxjs';
import type { ChallengeSolver, ChallengeTask } from '../model/ports.js';
import { tlsAlpnName } from '../solvers/tls-alpn01.js';
import {
  buildTlsAlpnCertificate,
  type TlsAlpnCertificateOptions,
  tlsAlpnProtocol,
} from '../x509/tls-alpn-certificate.js';
import { readClientHello } from './tls-alpn01-client-hello.js';
import { lookFirst } from './tls-alpn01-look-first.js';

/** What is presented for one name: orders may share an authorization, and several may be about one name. */
interface Entry {
  readonly digest: string | undefined;
  users: number;
  /** Until the certificate is made there is none. */
  context?: SecureContext;
}

/** How long a client may take to say what it wants, or to leave when it has seen the certificate, in milliseconds. */
const patienceMs = 10_000;

/** Shows certificates for `tls-alpn-01` on connections that ask for them, and looks at what a connection asks for. */
export class TlsAlpnResponder {
  readonly #entries = new Map<string, Entry[]>();
  readonly #connections = new Set<() => void>();
  readonly #undecided = new Set<() => void>();
  #server: Server | undefined;

  get isIdle(): boolean {
    return this.#entries.size === 0;
  }

  /** Counts a task as presented. Its certificate follows. */
  add(task: ChallengeTask): Entry {
    const { serverName } = tlsAlpnName(task);
    const entries = this.#entries.get(serverName) ?? [];
    const known = entries.find(({ digest }) => digest === task.keyAuthorizationDigest);
    const entry = known ?? { digest: task.keyAuthorizationDigest, users: 0 };
    entry.users++;
    this.#entries.set(serverName, known === undefined ? [...entries, entry] : entries);
    return entry;
  }

  /** Of a task that is not presented, nothing happens: another process may have presented it. */
  remove(task: ChallengeTask): void {
    const { serverName } = tlsAlpnName(task);
    const entries = this.#entries.get(serverName) ?? [];
    const entry = entries.find(({ digest }) => digest === task.keyAuthorizationDigest);
    if (entry === undefined || --entry.users > 0) return;
    const rest = entries.filter((each) => each !== entry);
    if (rest.length > 0) this.#entries.set(serverName, rest);
    else this.#entries.delete(serverName);
  }

  /** Answers a connection that asks for the protocol and for a name that is presented; any other goes on as it came. */
  serve(socket: Socket, otherwise: (socket: Socket) => void): void {
    const cut = () => socket.destroy();
    this.#connections.add(cut);
    const forget = () => this.#connections.delete(cut);
    socket.once('close', forget);
    const decide = (isOurs: boolean) => {
      if (isOurs) {
        this.#server ??= this.#answering();
        this.#server.emit('connection', socket);
      } else {
        forget();
        socket.off('close', forget);
        otherwise(socket);
      }
    };
    lookFirst(socket, (bytes) => this.#isOurs(bytes), decide, { undecided: this.#undecided, patienceMs });
  }

  /** Cuts the connections that are answered, and lets those go on that have not said what they want. */
  close(): void {
    for (const goOn of this.#undecided) goOn();
    for (const cut of this.#connections) cut();
  }

  /** A server that listens nowhere: connections are handed to it. */
  #answering(): Server {
    const server = createServer({
      ALPNProtocols: [tlsAlpnProtocol],
      minVersion: 'TLSv1.2',
      handshakeTimeout: patienceMs,
      ca: [],
      SNICallback: (serverName, done) => {
        done(null, this.#contextOf(serverName));
      },
    });
    server.on('tlsClientError', (_, socket) => socket.destroy());
    return server.on('secureConnection', (socket: TLSSocket) => {
      // There is nothing more to say; whoever does not leave is left.
      socket.on('error', () => undefined).setTimeout(patienceMs, () => socket.destroy());
      socket.resume().end();
    });
  }

  #isOurs(bytes: Buffer): boolean | 'partial' {
    const hello = readClientHello(bytes);
    if (hello === 'partial') return 'partial';
    return hello?.protocols.includes(tlsAlpnProtocol) === true && this.#contextOf(hello.serverName ?? '') !== undefined;
  }

  /** Of several for one name, the one that came last. */
  #contextOf(serverName: string): SecureContext | undefined {
    return this.#entries.get(serverName.toLowerCase().replace(/\.$/, ''))?.findLast(({ context }) => context)?.context;
  }
}

/** Clients are not asked for certificates: without `ca`, all of Node's roots would be loaded. */
const contextOf = (cert: string, key: string): SecureContext => createSecureContext({ cert, key, ca: [] });

/** A solver over a responder. `opened` and `closed` complete when it is reached, and when it is not any more. */
export const responderSolver = (
  responder: TlsAlpnResponder,
  options: TlsAlpnCertificateOptions,
  { opened, closed }: { opened: () => Observable<never>; closed: () => Observable<never> },
): ChallengeSolver => ({
  types: ['tls-alpn-01'],
  present: (task) =>
    defer(() => {
      const entry = responder.add(task);
      return buildTlsAlpnCertificate(task, options).pipe(
        concatMap(({ certificatePem, key }) =>
          key.exportPem().pipe(map((keyPem) => contextOf(certificatePem, keyPem))),
        ),
        concatMap((context) => {
          entry.context = context;
          return opened();
        }),
        ignoreElements(),
      );
    }),
  cleanUp: (task) =>
    defer(() => {
      responder.remove(task);
      return responder.isIdle ? closed() : [];
    }),
});
