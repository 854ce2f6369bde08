import { Socket } from 'node:net';
import type { Server } from 'node:tls';
import { defer, EMPTY } from 'rxjs';
import type { ChallengeSolver } from '../model/ports.js';
import type { TlsAlpnCertificateOptions } from '../x509/tls-alpn-certificate.js';
import { responderSolver, TlsAlpnResponder } from './tls-alpn01-responder.js';

/** Whatever looks at new connections of a server, and how the server itself would go on. */
interface Hooked {
  readonly responders: Set<TlsAlpnResponder>;
  readonly undo: () => void;
}

const hooked = new WeakMap<Server, Hooked>();

/**
 * A solver for `tls-alpn-01` within a server of this process that has port 443: of `node:tls`, `node:https` or
 * `node:http2`. While there is something to show, each new connection's first message is looked at before the server sees
 * it. Those that ask for `acme-tls/1` and a name that is presented are answered; all others go on to the server as they
 * came, with its certificates, its protocols and its own callbacks. After the last clean-up nothing is looked at any more.
 *
 * Emits nothing itself: the value is the solver. The server need not listen yet, but must when the authority asks. Cost: a
 * key and a signature for each name; pkijs is loaded. Throws `TypeError` where it is no server.
 *
 * @example
 * ```ts
 * import type { Server } from 'node:tls';
 *
 * const renewed$ = (server: Server) =>
 *   obtainCertificate(account, { identifiers: ['example.org'], solvers: [tlsAlpn01Hook(server)] });
 * ```
 *
 * @see RFC 8737 §3, RFC 8738 §6
 */
export function tlsAlpn01Hook(server: Server, options: TlsAlpnCertificateOptions = {}): ChallengeSolver {
  if (typeof (server as Partial<Server> | undefined)?.addContext !== 'function')
    throw new TypeError('tlsAlpn01Hook: server must be a server of node:tls, node:https or node:http2 (secure)');
  const responder = new TlsAlpnResponder();
  const solver = responderSolver(responder, options, {
    opened: () =>
      defer(() => {
        // It may have been cleaned up while the certificate was made.
        if (!responder.isIdle) hook(server).add(responder);
        return EMPTY;
      }),
    closed: () =>
      defer(() => {
        unhook(server, responder);
        return EMPTY;
      }),
  });
  return solver;
}

/** The responders that see a server's new connections; the server is hooked where it is not yet. */
function hook(server: Server): Set<TlsAlpnResponder> {
  const known = hooked.get(server);
  if (known !== undefined) return known.responders;
  const responders = new Set<TlsAlpnResponder>();
  const before = Object.getOwnPropertyDescriptor(server, 'emit');
  const emit = server.emit.bind(server) as (event: string | symbol, ...values: unknown[]) => boolean;
  const looking = (event: string | symbol, ...values: unknown[]): boolean => {
    const [socket] = values;
    if (event !== 'connection' || !(socket instanceof Socket) || responders.size === 0) return emit(event, ...values);
    offer(socket, [...responders], (other) => emit('connection', other, ...values.slice(1)));
    return true;
  };
  server.emit = looking;
  const undo = () => {
    // Whoever has replaced it since goes on through it, which then changes nothing.
    if (server.emit !== looking) return;
    if (before === undefined) Reflect.deleteProperty(server, 'emit');
    else Object.defineProperty(server, 'emit', before);
  };
  hooked.set(server, { responders, undo });
  return responders;
}

function unhook(server: Server, responder: TlsAlpnResponder): void {
  const known = hooked.get(server);
  known?.responders.delete(responder);
  responder.close();
  if (known?.responders.size !== 0) return;
  hooked.delete(server);
  known.undo();
}

/** One after another may have it, then the server. */
function offer(
  socket: Socket,
  [first, ...rest]: readonly TlsAlpnResponder[],
  otherwise: (socket: Socket) => void,
): void {
  if (first === undefined) otherwise(socket);
  else
    first.serve(socket, (other) => {
      offer(other, rest, otherwise);
    });
}
