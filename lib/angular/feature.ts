import type { Provider } from '@angular/core';
import type { AcmeInterceptor } from '../model/ports.js';
import type { AcmeTokens } from './tokens.js';

/** Makes what a feature adds for the certification authority of these tokens. */
export type FeatureProviders = (tokens: AcmeTokens) => readonly Provider[];

/** What a feature of `provideAcme` is about. */
export type AcmeFeatureKind = 'account' | 'http-client' | 'solvers' | 'interceptors' | 'tokens';

/** One feature of `provideAcme`, made by a function whose name begins with `with`. */
export interface AcmeFeature<Kind extends AcmeFeatureKind = AcmeFeatureKind> {
  /** No kind stands twice in one call. */
  readonly kind: Kind;
  /** @internal */
  readonly providers: FeatureProviders;
  /** What stands between the session and its transport. @internal */
  readonly interceptors?: readonly AcmeInterceptor[];
  /** The tokens of the whole call. @internal */
  readonly tokens?: AcmeTokens;
}

/** Throws `TypeError` with this message where something does not hold. */
export function checkThat(holds: boolean, message: string): void {
  if (!holds) throw new TypeError(message);
}

/** A feature that adds providers. */
export const feature = <Kind extends AcmeFeatureKind>(kind: Kind, providers: FeatureProviders): AcmeFeature<Kind> => ({
  kind,
  providers,
});

/** Throws `TypeError` on what is no feature, or stands there twice. */
export function checkFeatures(features: readonly AcmeFeature[]): void {
  const kinds = new Set<AcmeFeatureKind>();
  for (const each of features as readonly (Partial<AcmeFeature> | undefined)[]) {
    if (each?.kind === undefined || typeof each.providers !== 'function') {
      throw new TypeError(
        'provideAcme: a feature is what withAccount, withHttpClient, withSolvers, withInterceptors and withTokens of rxacme/angular return; those of Angular of the same name go to provideHttpClient',
      );
    }
    if (kinds.has(each.kind)) {
      throw new TypeError(
        `provideAcme: the feature "${each.kind}" stands there twice; another certification authority takes a call of its own, withTokens`,
      );
    }
    kinds.add(each.kind);
  }
}
