import { ChangeDetectionStrategy, Component, input, output } from '@angular/core';
import type { DnsRecord } from 'rxacme';

/** What a person has to take out of the DNS again. Its content says why. */
@Component({
  selector: 'app-records-to-remove',
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <section class="card" aria-labelledby="to-remove">
      <h2 id="to-remove">Remove from your DNS</h2>
      <p class="hint"><ng-content /></p>
      <ul>
        @for (record of records(); track record.name + record.value) {
          <li>
            <span class="kind">TXT</span>
            <code>{{ record.name }}</code>
            <button type="button" [attr.aria-label]="'Done, ' + record.name" (click)="removed.emit(record)">
              Done
            </button>
            <span class="kind">value</span>
            <code class="value">{{ record.value }}</code>
          </li>
        }
      </ul>
    </section>
  `,
  styleUrl: './records.css',
})
export class RecordsToRemove {
  readonly records = input.required<readonly DnsRecord[]>();
  readonly removed = output<DnsRecord>();
}
