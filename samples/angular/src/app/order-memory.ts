import { inject, Injectable, InjectionToken } from '@angular/core';
import { type CertificateKey, importCertificateKey, type KeyStore } from 'rxacme';
import { EMPTY, type Observable, tap } from 'rxjs';

/** Where orders and their keys are kept. */
export const STORAGE = new InjectionToken<Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>>('storage', {
  providedIn: 'root',
  factory: () => sessionStorage,
});

/**
 * Remembers which order is under way, and keeps the key of its certificate, in the session storage: it survives a
 * reload, and is gone with the tab. The key is there as PEM because it is for a server elsewhere and has to be
 * downloaded; the account's key never leaves the browser and cannot (`indexedDbSigners`).
 */
@Injectable({ providedIn: 'root' })
export class OrderMemory implements KeyStore {
  private readonly storage = inject(STORAGE);

  find(what: string): string | undefined {
    return this.storage.getItem(`order of ${what}`) ?? undefined;
  }

  keep(what: string, orderUrl: string): void {
    this.storage.setItem(`order of ${what}`, orderUrl);
  }

  forget(what: string): void {
    this.storage.removeItem(`key of ${this.find(what)}`);
    this.storage.removeItem(`order of ${what}`);
  }

  save(orderUrl: string, key: CertificateKey): Observable<string> {
    return key.exportPem().pipe(tap((pem) => this.storage.setItem(`key of ${orderUrl}`, pem)));
  }

  load(orderUrl: string): Observable<CertificateKey> {
    const pem = this.storage.getItem(`key of ${orderUrl}`);
    return pem === null ? EMPTY : importCertificateKey(pem);
  }
}
