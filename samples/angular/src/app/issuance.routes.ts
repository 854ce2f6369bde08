import type { Provider } from '@angular/core';
import type { Routes } from '@angular/router';
import type { Authority } from './authority';
import { IssuancePage } from './issuance-page';
import { provideAuthority } from './provide-authority';

/** Loaded with the first order: the page before it needs little of rxacme. */
export const issuanceRoutes = (authority: Authority, others: readonly Provider[] = []): Routes => [
  { path: '', component: IssuancePage, providers: [provideAuthority(authority), ...others] },
];
