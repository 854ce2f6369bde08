import { concat, concatMap, defer, type ObservableInput, type SchedulerLike } from 'rxjs';
import { AcmeInputError } from '../model/errors/input-error.js';
import type { Identifier } from '../model/identifier.js';
import type { ChallengeSolver, ChallengeTask } from '../model/ports.js';
import { whenOver } from '../rx/when-over.js';
import {
  buildTlsAlpnCertificate,
  type TlsAlpnCertificate,
  type TlsAlpnCertificateOptions,
  tlsAlpnServerName,
} from '../x509/tls-alpn-certificate.js';

/** Where a certificate for `tls-alpn-01` is to be shown. */
export interface TlsAlpnName {
  /** The name or address that is to be proven. */
  readonly identifier: Identifier;
  /** What the server will be asked for: of an IP address its name in the reverse DNS. */
  readonly serverName: string;
}

/** What a server has to show, to whoever asks for `acme-tls/1` and for the server name. */
export interface TlsAlpnDeployment extends TlsAlpnCertificate, TlsAlpnName {}

/** Options of {@link tlsAlpn01}: functions of whatever ends the TLS of the names, and how the certificates are made. */
export interface TlsAlpn01Options extends TlsAlpnCertificateOptions {
  /** Makes a server show the certificate. Done when it completes or resolves. */
  readonly deploy: (deployment: TlsAlpnDeployment) => ObservableInput<unknown>;
  /** Withdraws it. Also called where `deploy` failed, was cut short, or happened in a process that is gone. */
  readonly remove: (name: TlsAlpnName) => ObservableInput<unknown>;
  /** Completes when the authority will see it. Default: as soon as `deploy` is done. */
  readonly ready?: ((name: TlsAlpnName) => ObservableInput<unknown>) | undefined;
  /** Default: `asyncScheduler`. */
  readonly scheduler?: SchedulerLike | undefined;
}

/**
 * A solver for `tls-alpn-01` over two functions: those of a load balancer, say, that takes certificates by name.
 *
 * Emits nothing itself: the value is the solver. What the functions emit is ignored; what `deploy` and `ready` error with
 * ends the order, as the `cause` of a failure in an {@link AcmeAuthorizationError}. Cost: a key and a signature for each
 * name, no request to the certification authority; pkijs is loaded.
 *
 * @see RFC 8737 §3, RFC 8738 §6
 */
export function tlsAlpn01({ deploy, remove, ready, scheduler, ...options }: TlsAlpn01Options): ChallengeSolver {
  const deploying = new WeakMap<ChallengeTask, ObservableInput<unknown>>();
  const solver = {
    types: ['tls-alpn-01'],
    present: (task: ChallengeTask) =>
      defer(() => {
        const { identifier } = tlsAlpnName(task);
        return buildTlsAlpnCertificate(task, options).pipe(
          concatMap((certificate) => {
            const work = deploy({ ...certificate, identifier });
            deploying.set(task, work);
            return work;
          }),
        );
      }),
    cleanUp: (task: ChallengeTask) =>
      concat(
        // What is removed must not be deployed again by what is still under way.
        defer(() => whenOver(deploying.get(task), scheduler)),
        defer(() => remove(tlsAlpnName(task))),
      ),
  };
  return ready === undefined ? solver : { ...solver, ready: (task) => defer(() => ready(tlsAlpnName(task))) };
}

/**
 * Whom a `tls-alpn-01` task is about. Throws {@link AcmeInputError} where the challenge has no token, and where it is
 * about something that this challenge cannot prove.
 */
export function tlsAlpnName({ identifier, wildcard, keyAuthorizationDigest }: ChallengeTask): TlsAlpnName {
  if (keyAuthorizationDigest === undefined)
    throw new AcmeInputError('tls-alpn-01: the challenge has no token, so there is nothing to show');
  if (wildcard || identifier.value.startsWith('*.') || !['dns', 'ip'].includes(identifier.type))
    throw new AcmeInputError('tls-alpn-01 proves single host names and IP addresses only');
  return { identifier, serverName: tlsAlpnServerName(identifier) };
}
