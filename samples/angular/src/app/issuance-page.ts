import {
  afterNextRender,
  ChangeDetectionStrategy,
  Component,
  computed,
  DestroyRef,
  type ElementRef,
  inject,
  input,
  viewChild,
} from '@angular/core';
import { toObservable, toSignal } from '@angular/core/rxjs-interop';
import { RouterLink } from '@angular/router';
import { catchError, map, merge, of, scan, startWith, Subject, switchMap } from 'rxjs';
import { AUTHORITY } from './authority';
import { ByHand } from './by-hand';
import { CertificatePanel } from './certificate-panel';
import { Certificates } from './certificates';
import { Countdown } from './countdown';
import { MarbleDiagram } from './marble-diagram';
import { next, started, type View } from './view';

const stages = [
  { phase: 'account', title: 'Account' },
  { phase: 'order', title: 'Order' },
  { phase: 'proof', title: 'Proof' },
  { phase: 'finalize', title: 'Finalize' },
  { phase: 'issued', title: 'Certificate' },
] as const;

/** One issuance. Leaving the page unsubscribes from it, which cancels it. */
@Component({
  selector: 'app-issuance-page',
  imports: [ByHand, CertificatePanel, Countdown, MarbleDiagram, RouterLink],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './issuance-page.html',
  styleUrl: './issuance-page.css',
})
export class IssuancePage {
  /** From the query of the URL, with commas between. */
  readonly names = input('', { transform: (names: unknown) => String(names ?? '') });

  private readonly certificates = inject(Certificates);
  private readonly heading = viewChild.required<ElementRef<HTMLElement>>('heading');
  private readonly again$ = new Subject<void>();
  protected readonly authority = inject(AUTHORITY);
  protected readonly list = computed(() =>
    this.names()
      .split(',')
      .filter((name) => name !== ''),
  );

  protected readonly view = toSignal(
    merge(toObservable(this.list), this.again$.pipe(map(() => this.list()))).pipe(
      switchMap((names) =>
        this.certificates.obtain(names).pipe(
          catchError((error: unknown) => of({ type: 'failed', at: new Date(), error } as const)),
          scan(next, started(names)),
          startWith(started(names)),
        ),
      ),
    ),
    { initialValue: started([]) },
  );

  protected readonly isByHand = this.authority.proof === 'by-hand';
  protected readonly failedNames = computed(() => this.view().names.filter(({ state }) => state === 'failed'));
  protected readonly end = computed(() => (this.isOver() ? (this.view().phase as 'issued' | 'failed') : undefined));
  protected readonly isOver = computed(() => ['issued', 'failed'].includes(this.view().phase));
  protected readonly title = computed(() => {
    const [first = '', ...others] = this.list();
    return others.length === 0 ? first : `${first} and ${others.length} more`;
  });
  /** What a screen reader says: what happened last, not each second of a wait. */
  protected readonly announcement = computed(() => {
    const last = this.view().entries.findLast(({ type }) => type !== 'polled' && type !== 'proof-progress');
    return last === undefined ? '' : `${last.name ?? ''} ${last.text}`;
  });
  protected readonly stages = computed(() => {
    const view = this.view();
    const reached = stages.findIndex(({ phase }) => phase === lastPhase(view));
    return stages.map(({ title }, index) => ({
      title,
      state: index < reached || view.phase === 'issued' ? 'done' : index > reached ? 'ahead' : markOf(view),
    }));
  });

  constructor() {
    afterNextRender(() => this.heading().nativeElement.focus());
    // A reload destroys nothing, so it still finds the order; the next visit begins another one.
    inject(DestroyRef).onDestroy(() => this.certificates.forget(this.list()));
  }

  /** Since the first event. */
  protected seconds(at: Date): string {
    const begunAt = this.view().entries[0]?.at ?? at;
    return `${((at.getTime() - begunAt.getTime()) / 1000).toFixed(1)} s`;
  }

  /** With the same order where that can go on, else with a new one. */
  protected retry(): void {
    this.again$.next();
  }
}

/** Where it failed, for one that did. */
const lastPhase = ({ phase, names, entries }: View): View['phase'] => {
  if (phase !== 'failed') return phase;
  if (names.some(({ state }) => state === 'failed')) return 'proof';
  if (entries.some(({ type }) => type === 'order-ready')) return 'finalize';
  return entries.some(({ type }) => type === 'order-created') ? 'proof' : 'account';
};

const markOf = ({ phase }: View) => (phase === 'failed' ? 'failed' : 'now');
