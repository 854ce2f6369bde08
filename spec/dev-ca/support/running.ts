import { firstValueFrom, Observable, type Subscription, switchMap } from 'rxjs';
import { onTestFinished } from 'vitest';
import { type DevCa, type DevCaOptions, startDevCa } from '../../../lib/dev-ca/index.js';
import {
  type AcmeSession,
  acmeSession,
  type AcmeSessionOptions,
  closeSession,
  generateSigner,
  newAccount,
  type RegisteredAccount,
} from '../../../lib/index.js';
import { nodeTransport } from '../../../lib/node/index.js';

/** A development CA that runs until the spec is over, or the subscription is ended. */
export function running(options: DevCaOptions = {}): Promise<DevCa & { readonly subscription: Subscription }> {
  return new Promise((resolve, reject) => {
    const subscription = startDevCa(options).subscribe({
      next: (devCa) => resolve({ ...devCa, subscription }),
      error: reject,
    });
    onTestFinished(() => subscription.unsubscribe());
  });
}

/** A session with a development CA, closed when the spec is over. */
export function sessionWith({ directoryUrl, rootPem }: DevCa, options: Partial<AcmeSessionOptions> = {}): AcmeSession {
  const session = acmeSession({ directoryUrl, transport: nodeTransport({ ca: rootPem }), ...options });
  onTestFinished(() => closeSession(session));
  return session;
}

/** A new account, by default in a session of its own. */
export const accountAt = (devCa: DevCa, session = sessionWith(devCa)): Promise<RegisteredAccount> =>
  firstValueFrom(
    generateSigner().pipe(switchMap((signer) => newAccount(session, { signer, termsOfServiceAgreed: true }))),
  );

/** What a stream of which nobody knows the end errors with. */
export const errorOf = (stream: Observable<unknown>): Promise<unknown> =>
  new Promise((resolve, reject) => {
    stream.subscribe({ error: resolve, complete: () => reject(new Error('it completed')) });
  });
