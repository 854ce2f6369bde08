import { InjectionToken } from '@angular/core';
import type { ExternalAccountBinding } from 'rxacme';
import type { ManualDns01 } from 'rxacme/browser';

/** The solver whose work the person at the page does; none where a server does it. */
export const BY_HAND = new InjectionToken<ManualDns01>('manual dns-01');

/** Makes what binds a new account to one outside of ACME; none where that is not asked for. */
export const BINDING = new InjectionToken<() => ExternalAccountBinding | undefined>('external account');
