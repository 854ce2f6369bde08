import { Injectable } from '@angular/core';

/** A key that an authority gave out before an account could be made. */
export interface ExternalAccountKey {
  readonly keyId: string;
  readonly macKey: string;
}

/** Those keys, by authority: in memory only, for as long as the page is open. */
@Injectable({ providedIn: 'root' })
export class ExternalAccounts {
  readonly keys = new Map<string, ExternalAccountKey>();
}
