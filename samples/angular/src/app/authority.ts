import { InjectionToken } from '@angular/core';

/** A certification authority to choose, as the application's own server lists it. */
export interface Authority {
  readonly id: string;
  readonly name: string;
  readonly note: string;
  readonly directoryUrl: string;
  /** Who has challenges answered: the application's server, or the person at the page. */
  readonly proof: 'back-end' | 'by-hand';
  /** Whether accounts are bound to one outside of ACME. */
  readonly externalAccount?: boolean;
}

/** All that can be chosen. */
export const AUTHORITIES = new InjectionToken<readonly Authority[]>('authorities');

/** The one of this route. */
export const AUTHORITY = new InjectionToken<Authority>('authority');
