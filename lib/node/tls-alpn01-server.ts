import { createServer } from 'node:net';
import { concat, defer, EMPTY } from 'rxjs';
import type { ChallengeSolver } from '../model/ports.js';
import type { TlsAlpnCertificateOptions } from '../x509/tls-alpn-certificate.js';
import { checkListenerOptions, SharedListener } from './shared-listener.js';
import { responderSolver, TlsAlpnResponder } from './tls-alpn01-responder.js';

/** Options of {@link tlsAlpn01Server}. */
export interface TlsAlpn01ServerOptions extends TlsAlpnCertificateOptions {
  /** Where the server looks is always port 443; another one is for whom a proxy or a port mapping stands there. Default: 443. */
  readonly port?: number | undefined;
  /** The address to listen on. Default: every address, IPv6 and IPv4. */
  readonly host?: string | undefined;
}

/**
 * A solver for `tls-alpn-01` that listens itself: while there is something to show, and for all names and orders that
 * use this solver together. Talks to nobody but those who ask for `acme-tls/1` and a name that is presented, by TLS 1.2
 * at least, and to these no longer than the handshake takes.
 *
 * Emits nothing itself: the value is the solver. Where it cannot listen, `present` errors with a message that says
 * what to do. Throws `TypeError` on a port that is none. Cost: one listener; a key and a signature for each name; pkijs is loaded. Where a server of this process has
 * the port, `tlsAlpn01Hook` is for that. Two authorizations of one name at the same time have one place for two
 * certificates: the later one is shown until it is withdrawn.
 *
 * @see RFC 8737 §3, RFC 8738 §6
 */
export function tlsAlpn01Server(given: TlsAlpn01ServerOptions = {}): ChallengeSolver {
  checkListenerOptions('tlsAlpn01Server', given);
  const { port = 443, host, ...options } = given;
  const responder = new TlsAlpnResponder();
  const listener = new SharedListener(port, host, () =>
    createServer((socket) => {
      responder.serve(socket, (other) => other.destroy());
    }),
  );
  return responderSolver(responder, options, {
    opened: () => listener.opened(),
    closed: () =>
      concat(
        listener.closed(),
        defer(() => {
          responder.close();
          return EMPTY;
        }),
      ),
  });
}
