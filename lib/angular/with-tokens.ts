import { type AcmeFeature, checkThat } from './feature.js';
import type { AcmeTokens } from './tokens.js';

/**
 * Provides all that this call of `provideAcme` makes under tokens of its own, so that one injector knows several
 * certification authorities. Throws `TypeError` on what {@link acmeTokens} did not return.
 *
 * @see RFC 8555 §7.1.1
 */
export const withTokens = (tokens: AcmeTokens): AcmeFeature<'tokens'> => {
  checkThat('session' in Object(tokens), 'withTokens: tokens must be what acmeTokens returned');
  return { kind: 'tokens', tokens, providers: () => [] };
};
