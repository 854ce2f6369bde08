import { ChangeDetectionStrategy, Component, inject } from '@angular/core';
import { toSignal } from '@angular/core/rxjs-interop';
import { CopyButton } from './copy-button';
import { BY_HAND } from './solver-by-hand';

/** What a person has to enter in the DNS, and how far it has come. */
@Component({
  selector: 'app-by-hand',
  imports: [CopyButton],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    @if (entries().length > 0) {
      <section class="card" aria-labelledby="to-do">
        <h2 id="to-do">Enter in your DNS</h2>
        <p class="hint">
          One TXT record each, beside any others of that name. It goes on by itself once they are seen.
        </p>
        <ul>
          @for (entry of entries(); track entry.record.name + entry.record.value) {
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
                @case ('to-remove') {
                  <span class="state">
                    No longer needed: remove it.
                    <button type="button" (click)="solver.dismiss(entry)">Done</button>
                  </span>
                }
              }
            </li>
          }
        </ul>
      </section>
    }
  `,
  styles: `
    section {
      border-color: var(--accent);
    }
    ul {
      display: grid;
      gap: 0.75rem;
      margin: 1rem 0 0;
      padding: 0;
      list-style: none;
    }
    li {
      display: grid;
      grid-template-columns: max-content 1fr max-content;
      gap: 0.4rem 0.9rem;
      align-items: center;
      padding: 0.85rem 1rem;
      border-radius: 0.75rem;
      background: var(--sunken);
    }
    .kind {
      color: var(--quiet);
      font-size: 0.85rem;
    }
    .state {
      grid-column: 2 / -1;
      color: var(--quiet);
      font-size: 0.9rem;
    }
    .state.good {
      color: var(--good);
      font-weight: 650;
    }
    small {
      display: block;
    }
    progress {
      width: 6rem;
      margin-right: 0.5rem;
      accent-color: var(--good);
    }
    button {
      padding: 0.1rem 0.7rem;
      font-size: 0.85rem;
    }
  `,
})
export class ByHand {
  protected readonly solver = inject(BY_HAND);
  protected readonly entries = toSignal(this.solver.entries$, { initialValue: [] });
}
