import { Injectable, signal } from '@angular/core';
import type { DnsRecord } from 'rxacme';

/** Records that a person was asked to enter for an order whose page was left: only that person can remove them. */
@Injectable({ providedIn: 'root' })
export class Leftovers {
  private readonly all = signal<readonly DnsRecord[]>([]);
  readonly records = this.all.asReadonly();

  add(records: readonly DnsRecord[]): void {
    this.all.update((all) => [...all, ...records]);
  }

  /** It is removed, or was never entered. */
  dismiss(record: DnsRecord): void {
    this.all.update((all) => all.filter((each) => each !== record));
  }
}
