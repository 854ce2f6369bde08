import type { AcmeSessionOptions } from '../../request/session-options.js';
import { synchronousDigest } from './keys.js';
import { synchronousCertificateReader, synchronousKeyGenerator, synchronousRequestBuilder } from './x509.js';

/** What {@link synchronousPorts} are: options of a session, all of them there. */
export type SynchronousPorts = {
  readonly [
    Port in 'digest' | 'keyGenerator' | 'certificateRequestBuilder' | 'certificateReader' | 'random'
  ]-?: NonNullable<AcmeSessionOptions[Port]>;
};

/**
 * Everything that a session needs in order to do nothing asynchronous but wait: for tests in virtual time, with a fake
 * CA. Chance is the middle, so that backoff is exact.
 */
export const synchronousPorts = (): SynchronousPorts => ({
  digest: synchronousDigest,
  keyGenerator: synchronousKeyGenerator(),
  certificateRequestBuilder: synchronousRequestBuilder,
  certificateReader: synchronousCertificateReader,
  random: () => 0.5,
});
