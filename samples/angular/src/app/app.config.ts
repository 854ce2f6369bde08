import { provideHttpClient, withFetch } from '@angular/common/http';
import type { ApplicationConfig } from '@angular/core';
import { PreloadAllModules, provideRouter, withComponentInputBinding, withPreloading } from '@angular/router';
import { AUTHORITIES, type Authority } from './authority';
import { StartPage } from './start-page';

/** Each authority is a route with providers of its own: its session is made when it is first visited. */
export const appConfig = (authorities: readonly Authority[]): ApplicationConfig => ({
  providers: [
    provideHttpClient(withFetch()),
    { provide: AUTHORITIES, useValue: authorities },
    provideRouter(
      [
        { path: '', pathMatch: 'full', component: StartPage, title: 'New certificate' },
        ...authorities.map((authority) => ({
          path: authority.id,
          title: `Certificate from ${authority.name}`,
          loadChildren: () =>
            authority.proof === 'by-hand'
              ? import('./by-hand.routes').then(({ byHandRoutes }) => byHandRoutes(authority))
              : import('./issuance.routes').then(({ issuanceRoutes }) => issuanceRoutes(authority)),
        })),
        { path: '**', redirectTo: '' },
      ],
      withComponentInputBinding(),
      withPreloading(PreloadAllModules),
    ),
  ],
});
