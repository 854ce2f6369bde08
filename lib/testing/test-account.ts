import type { AcmeSigner } from '../model/ports.js';
import { type AcmeAccount, acmeAccount } from '../request/account.js';
import { type AcmeSession, acmeSession } from '../request/session.js';
import type { AcmeSessionOptions } from '../request/session-options.js';
import type { FakeCa } from './fake-ca.js';
import { synchronousSigner } from './synchronous/keys.js';
import { synchronousPorts } from './synchronous/ports.js';

/** Options of {@link testSession} and {@link testAccount}: those of a session, and whose key. */
export interface TestAccountOptions extends Partial<AcmeSessionOptions> {
  /** Default: `synchronousSigner()`. */
  readonly signer?: AcmeSigner | undefined;
}

/**
 * A session with a fake CA in which nothing is asynchronous but waiting.
 *
 * Emits nothing and does no I/O: the value is the session. Cost: none.
 */
export function testSession(ca: FakeCa, { signer: _, ...options }: TestAccountOptions = {}): AcmeSession {
  return acmeSession({ directoryUrl: ca.directoryUrl, transport: ca.transport, ...synchronousPorts(), ...options });
}

/**
 * An account that a fake CA has already, in a session in which nothing is asynchronous but waiting.
 *
 * Emits nothing and does no I/O: the value is the account. Cost: none.
 */
export function testAccount(ca: FakeCa, options: TestAccountOptions = {}): AcmeAccount {
  const { signer = synchronousSigner() } = options;
  return acmeAccount(testSession(ca, options), { signer, url: ca.openAccount(signer) });
}
