import { ChangeDetectionStrategy, Component, input } from '@angular/core';
import { toObservable, toSignal } from '@angular/core/rxjs-interop';
import { map, switchMap, takeWhile, timer } from 'rxjs';

/** How long something still takes. It is no live region: nobody wants to hear it ten times a second. */
@Component({
  selector: 'app-countdown',
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `{{ text() }} in <b>{{ seconds() }} s</b>`,
  styles: `
    :host {
      padding: 0.15rem 0.75rem;
      border-radius: 1rem;
      background: var(--wait-ground);
      color: var(--wait);
      font-size: 0.85rem;
      font-variant-numeric: tabular-nums;
    }
    b {
      display: inline-block;
      min-width: 2.4em;
    }
  `,
})
export class Countdown {
  readonly text = input.required<string>();
  readonly until = input.required<Date>();

  protected readonly seconds = toSignal(
    toObservable(this.until).pipe(
      switchMap((until) =>
        timer(0, 100).pipe(
          map(() => Math.max(0, until.getTime() - Date.now()) / 1000),
          takeWhile((left) => left > 0, true),
        ),
      ),
      map((left) => left.toFixed(left < 60 ? 1 : 0)),
    ),
    { initialValue: '' },
  );
}
