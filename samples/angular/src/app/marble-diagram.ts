import {
  afterRenderEffect,
  ChangeDetectionStrategy,
  Component,
  computed,
  type ElementRef,
  input,
  signal,
  viewChild,
} from '@angular/core';
import type { Entry } from './view';

/** The stream as RxJS draws streams: a line for the order and one for each name, a marble for each event. */
@Component({
  selector: 'app-marble-diagram',
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <div
      #scroller
      class="scroller"
      role="img"
      aria-label="Diagram of the stream; what happened is written below"
      [attr.tabindex]="isMoreBefore() || isMoreAfter() ? 0 : null"
      (scroll)="look()"
    >
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
    </div>
  `,
  styleUrl: './marble-diagram.css',
  host: {
    '[class.more-before]': 'isMoreBefore()',
    '[class.more-after]': 'isMoreAfter()',
    '(window:resize)': 'follow()',
  },
})
export class MarbleDiagram {
  readonly names = input.required<readonly string[]>();
  readonly entries = input.required<readonly Entry[]>();
  readonly end = input<'issued' | 'failed'>();

  private readonly scroller = viewChild.required<ElementRef<HTMLElement>>('scroller');
  private isFollowing = true;
  private seenLeft = 0;
  protected readonly isMoreBefore = signal(false);
  protected readonly isMoreAfter = signal(false);
  /** As many as fit on the smallest screen at first. Behind the end there is room for the arrow. */
  protected readonly columns = computed(() => Math.max(12, this.entries().length + 2));
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

  constructor() {
    afterRenderEffect(() => {
      this.lanes();
      this.follow();
    });
  }

  /** Keeps what happened last in view, unless somebody looks at what was before. */
  protected follow(): void {
    const { nativeElement: scroller } = this.scroller();
    const { scrollLeft, scrollWidth, clientWidth } = scroller;
    // Somebody may have scrolled back, and no event has told yet.
    if (scrollLeft < Math.min(this.seenLeft, scrollWidth - clientWidth) - 8) this.isFollowing = false;
    if (this.isFollowing) scroller.scrollLeft = scroller.scrollWidth;
    this.look();
  }

  protected look(): void {
    const { scrollLeft, scrollWidth, clientWidth } = this.scroller().nativeElement;
    this.seenLeft = scrollLeft;
    const after = scrollWidth - clientWidth - scrollLeft;
    this.isMoreBefore.set(scrollLeft > 1);
    this.isMoreAfter.set(after > 1);
    this.isFollowing = after < 8;
  }
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
