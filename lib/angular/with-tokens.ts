import type { AcmeFeature } from './feature.js';
import type { AcmeTokens } from './tokens.js';

/**
 * Provides all that this call of `provideAcme` makes under tokens of its own, so that one injector knows several
 * certification authorities.
 */
export const withTokens = (tokens: AcmeTokens): AcmeFeature<'tokens'> => ({
  kind: 'tokens',
  tokens,
  providers: () => [],
});
