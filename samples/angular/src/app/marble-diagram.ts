import { ChangeDetectionStrategy, Component, computed, input } from '@angular/core';
import type { Entry } from './view';

/** The stream as RxJS draws streams: a line for the order and one for each name, a marble for each event. */
@Component({
  selector: 'app-marble-diagram',
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <div class="diagram" aria-hidden="true" [style.--columns]="columns()">
      @for (lane of lanes(); track lane.name) {
        <span class="label" [class.order]="lane.name === ''">{{ lane.name || 'order' }}</span>
        <span class="lane">
          @for (marble of lane.marbles; track marble.column) {
            <i [class]="marble.tone" [style.--column]="marble.column" [title]="marble.title">{{ marble.sign }}</i>
          }
          @if (lane.end; as end) {
            <i class="end" [class]="end" [style.--column]="entries().length">{{ end === 'failed' ? '×' : '' }}</i>
          }
        </span>
      }
    </div>
  `,
  styleUrl: './marble-diagram.css',
  host: { role: 'img', 'aria-label': 'Diagram of the stream; what happened is written below' },
})
export class MarbleDiagram {
  readonly names = input.required<readonly string[]>();
  readonly entries = input.required<readonly Entry[]>();
  readonly end = input<'issued' | 'failed'>();

  protected readonly columns = computed(() => Math.max(16, this.entries().length + 1));
  protected readonly lanes = computed(() =>
    ['', ...this.names()].map((name) => ({
      name,
      end: name === '' ? this.end() : undefined,
      marbles: this.entries().flatMap((entry, column) =>
        (entry.name ?? '') === name && entry.type !== 'failed'
          ? [
              {
                column,
                tone: entry.tone,
                title: `${entry.type}: ${entry.text}`,
                sign: entry.type === 'retrying' ? '↻' : entry.tone === 'bad' ? '×' : signs[entry.type],
              },
            ]
          : [],
      ),
    })),
  );
}

const signs: Readonly<Partial<Record<Entry['type'], string>>> = {
  'order-created': 'o',
  'authorization-pending': '?',
  'challenge-presented': '↑',
  'challenge-answered': '→',
  'authorization-settled': '✓',
  'order-ready': '✓',
  'key-stored': 'k',
  'order-finalized': 'f',
  'certificate-issued': 'c',
  polled: '·',
  held: '‖',
};
