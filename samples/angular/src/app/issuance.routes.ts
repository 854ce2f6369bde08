import { inject, type Provider } from '@angular/core';
import { type CanActivateFn, Router, type Routes } from '@angular/router';
import type { Authority } from './authority';
import { checkNames } from './check-names';
import { IssuancePage } from './issuance-page';
import { provideAuthority } from './provide-authority';

/** Loaded with the first order: the page before it needs little of rxacme. */
export const issuanceRoutes = (authority: Authority, others: readonly Provider[] = []): Routes => [
  {
    path: '',
    component: IssuancePage,
    providers: [provideAuthority(authority), ...others],
    canActivate: [hasNames(authority)],
    runGuardsAndResolvers: 'paramsOrQueryParamsChange',
  },
];

/** A URL may be typed or shared: names that cannot be had lead to the form, others are written as the authority does. */
const hasNames =
  (authority: Authority): CanActivateFn =>
  ({ queryParamMap }) => {
    const router = inject(Router);
    const given = queryParamMap.getAll('names').flatMap((each) => each.split(',').filter((name) => name !== ''));
    const { names, problem } = checkNames(given, authority);
    const queryParams = { names: names.join(',') };
    if (problem === '' && queryParams.names === queryParamMap.get('names')) return true;
    if (problem === '') return router.createUrlTree([authority.id], { queryParams });
    return router.createUrlTree(['/'], { queryParams: { authority: authority.id, ...queryParams } });
  };
