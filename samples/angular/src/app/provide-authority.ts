import { HttpClient } from '@angular/common/http';
import { type EnvironmentProviders, inject, type Provider } from '@angular/core';
import { newAccount } from 'rxacme';
import { httpClientTransport, provideAcme, withAccount, withSolvers } from 'rxacme/angular';
import { backEndSolver, indexedDbSigners, relayTransport } from 'rxacme/browser';
import { concatMap } from 'rxjs';
import { type Authority, AUTHORITY } from './authority';
import { Certificates } from './certificates';
import { BINDING, BY_HAND } from './solver-by-hand';
import { Waits } from './waits';

/** All that a route with one authority needs. Its session, account and nonces live as long as the application. */
export const provideAuthority = (authority: Authority): (Provider | EnvironmentProviders)[] => [
  { provide: AUTHORITY, useValue: authority },
  Certificates,
  Waits,
  provideAcme(
    () => ({
      directoryUrl: authority.directoryUrl,
      retry: inject(Waits).policy,
      // The application's own server passes requests on: most authorities do not let pages read their answers.
      transport: relayTransport({
        url: '/acme-relay',
        transport: httpClientTransport(inject(HttpClient), { credentials: 'same-origin' }),
      }),
    }),
    withAccount((session) => {
      const externalAccount = inject(BINDING, { optional: true })?.();
      return indexedDbSigners()
        .findOrGenerate(authority.id)
        .pipe(concatMap((signer) => newAccount(session, { signer, termsOfServiceAgreed: true, externalAccount })));
    }),
    withSolvers(() => [inject(BY_HAND, { optional: true }) ?? backEndSolver({ url: '/solver', types: ['http-01'] })]),
  ),
];
