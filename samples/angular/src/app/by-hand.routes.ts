import { inject } from '@angular/core';
import type { Routes } from '@angular/router';
import { externalAccountBinding } from 'rxacme';
import { manualDns01 } from 'rxacme/browser';
import type { Authority } from './authority';
import { ExternalAccounts } from './external-accounts';
import { issuanceRoutes } from './issuance.routes';
import { BINDING, BY_HAND } from './solver-by-hand';

/** For public authorities, to which the person at the page proves the names. */
export const byHandRoutes = (authority: Authority): Routes =>
  issuanceRoutes(authority, [
    { provide: BY_HAND, useFactory: () => manualDns01() },
    { provide: BINDING, useFactory: () => bindingOf(inject(ExternalAccounts), authority) },
  ]);

const bindingOf =
  ({ keys }: ExternalAccounts, { id }: Authority) =>
  () => {
    const key = keys.get(id);
    return key && externalAccountBinding(key);
  };
