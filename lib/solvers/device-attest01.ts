import { defer, EMPTY, from, map, type ObservableInput, take, throwIfEmpty } from 'rxjs';
import { encodeBase64url } from '../codec/base64url.js';
import { AcmeInputError } from '../model/errors/input-error.js';
import { AcmeProtocolError } from '../model/errors/protocol-error.js';
import type { ChallengeSolver, ChallengeTask } from '../model/ports.js';

/** A task whose challenge has a token. */
export type AttestationTask = ChallengeTask & Required<Pick<ChallengeTask, 'token' | 'keyAuthorization'>>;

/** Options of {@link deviceAttest01}. */
export interface DeviceAttest01Options {
  /**
   * Emits the WebAuthn attestation object, CBOR, over the task's `keyAuthorization`; some formats are over its `token`
   * alone.
   */
  readonly attest: (task: AttestationTask) => ObservableInput<Uint8Array>;
}

/**
 * A solver for `device-attest-01`: answers with what the device says of itself. Its identifiers are of type
 * `permanent-identifier` or `hardware-module`: give the session `permanentIdentifier` or `hardwareModuleIdentifier`.
 *
 * Emits nothing itself: the value is the solver. What `attest` errors with ends the order, as the `cause` of a failure in
 * an {@link AcmeAuthorizationError}. It also ends with {@link AcmeInputError} where it emits no bytes, and {@link AcmeProtocolError}
 * where the challenge has no token. A server that is not convinced says `badAttestationStatement`. Cost: no request to
 * the certification authority.
 *
 * @example
 * ```ts
 * declare const attest: (what: string) => Promise<Uint8Array>;
 * const mine = acmeSession({ directoryUrl: 'https://ca.example/directory', identifierTypes: [permanentIdentifier] });
 * const issued$ = obtainCertificate(acmeAccount(mine, { signer, url: 'https://ca.example/account/1' }), {
 *   identifiers: [{ type: 'permanent-identifier', value: 'C02XY1234' }],
 *   solvers: [deviceAttest01({ attest: ({ keyAuthorization }) => attest(keyAuthorization) })],
 * });
 * ```
 *
 * @experimental Of a draft.
 * @see draft-ietf-acme-device-attest-09 §5
 */
export const deviceAttest01 = ({ attest }: DeviceAttest01Options): ChallengeSolver => ({
  types: ['device-attest-01'],
  present: (task) =>
    defer(() => {
      checked(task);
      return EMPTY;
    }),
  response: (task) =>
    defer(() => from(attest(checked(task)))).pipe(
      take(1),
      throwIfEmpty(() => new AcmeInputError('device-attest-01: attest completed without an attestation object')),
      map((attestation) => {
        if (attestation instanceof Uint8Array && attestation.length > 0)
          return { attObj: encodeBase64url(attestation) };
        throw new AcmeInputError('device-attest-01: the attestation object must be bytes, CBOR');
      }),
    ),
  cleanUp: () => EMPTY,
});

function checked(task: ChallengeTask): AttestationTask {
  const { token, keyAuthorization, challenge } = task;
  if (token !== undefined && keyAuthorization !== undefined) return task as AttestationTask;
  throw new AcmeProtocolError('device-attest-01: the challenge has no token', { url: challenge.url });
}
