import { ChangeDetectionStrategy, Component, computed, DestroyRef, inject } from '@angular/core';
import { toSignal } from '@angular/core/rxjs-interop';
import type { DnsRecord } from 'rxacme';
import { CopyButton } from './copy-button';
import { Leftovers } from './leftovers';
import { RecordsToRemove } from './records-to-remove';
import { BY_HAND } from './solver-by-hand';

/** What a person has to enter in the DNS, and how far it has come. */
@Component({
  selector: 'app-by-hand',
  imports: [CopyButton, RecordsToRemove],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    @if (toEnter().length > 0) {
      <section class="card" aria-labelledby="to-do">
        <h2 id="to-do">Enter in your DNS</h2>
        <p class="hint">
          One TXT record each, beside any others of that name. It goes on by itself once they are seen.
        </p>
        <ul>
          @for (entry of toEnter(); track entry.record.name + entry.record.value) {
            <li [class]="entry.state">
              <span class="kind">TXT</span>
              <code>{{ entry.record.name }}</code>
              <app-copy-button [text]="entry.record.name" [what]="'name ' + entry.record.name" />
              <span class="kind">value</span>
              <code>{{ entry.record.value }}</code>
              <app-copy-button [text]="entry.record.value" [what]="'value for ' + entry.record.name" />
              @switch (entry.state) {
                @case ('to-add') {
                  @if (entry.propagation; as seen) {
                    <span class="state">
                      <progress
                        [value]="seen.seen"
                        [max]="seen.of"
                        [attr.aria-label]="'Seen, ' + entry.record.name"
                      ></progress>
                      {{ seen.seen }} of {{ seen.of }} servers show it
                      @for (lag of seen.waitingFor; track lag.server) {
                        <small>{{ lag.server }}: {{ lag.reason }}</small>
                      }
                    </span>
                  } @else {
                    <span class="state">Not looked for yet; the first look comes after 20 s.</span>
                  }
                }
                @case ('seen') {
                  <span class="state good">Seen everywhere</span>
                }
              }
            </li>
          }
        </ul>
      </section>
    }
    @if (toRemove().length > 0) {
      <app-records-to-remove [records]="toRemove()" (removed)="dismiss($event)">
        These are no longer needed. Leave any others of that name.
      </app-records-to-remove>
    }
  `,
  styleUrl: './records.css',
})
export class ByHand {
  private readonly solver = inject(BY_HAND);
  private readonly entries = toSignal(this.solver.entries$, { initialValue: [] });
  protected readonly toEnter = computed(() => this.entries().filter(({ state }) => state !== 'to-remove'));
  protected readonly toRemove = computed(() =>
    this.entries().flatMap(({ state, record }) => (state === 'to-remove' ? [record] : [])),
  );

  constructor() {
    const leftovers = inject(Leftovers);
    // The next order has a page of its own, which is not about these.
    inject(DestroyRef).onDestroy(() => {
      leftovers.add(this.entries().map(({ record }) => record));
      for (const entry of this.entries()) this.solver.dismiss(entry);
    });
  }

  protected dismiss(record: DnsRecord): void {
    this.solver.dismiss({ record, state: 'to-remove' });
  }
}
