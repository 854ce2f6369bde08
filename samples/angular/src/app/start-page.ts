import {
  afterNextRender,
  ChangeDetectionStrategy,
  Component,
  computed,
  type ElementRef,
  inject,
  signal,
  viewChild,
} from '@angular/core';
import { ActivatedRoute, Router } from '@angular/router';
import { AUTHORITIES } from './authority';
import { ExternalAccounts } from './external-accounts';
import { Leftovers } from './leftovers';
import { RecordsToRemove } from './records-to-remove';

/** Which authority, and for which names. */
@Component({
  selector: 'app-start-page',
  imports: [RecordsToRemove],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './start-page.html',
  styleUrl: './start-page.css',
})
export class StartPage {
  private readonly router = inject(Router);
  private readonly externalAccounts = inject(ExternalAccounts);
  private readonly heading = viewChild.required<ElementRef<HTMLElement>>('heading');
  /** With what a page of an order sent back. */
  private readonly query = inject(ActivatedRoute).snapshot.queryParamMap;
  protected readonly leftovers = inject(Leftovers);
  protected readonly authorities = inject(AUTHORITIES);
  protected readonly chosenId = signal(this.query.get('authority') ?? '');
  protected readonly chosen = computed(
    () => this.authorities.find(({ id }) => id === this.chosenId()) ?? this.authorities[0],
  );
  protected readonly text = signal(this.query.get('names')?.replaceAll(',', '\n') ?? '');
  protected readonly problem = signal('');
  private readonly names = computed(() =>
    this.text()
      .split(/[\s,;]+/)
      .filter((name) => name !== ''),
  );

  constructor() {
    if (this.query.has('names')) void this.check();
    // Who came from another page of the application is told where they are, not left on a button that is gone.
    if (this.router.currentNavigation()?.previousNavigation) {
      afterNextRender(() => this.heading().nativeElement.focus());
    }
  }

  protected add(example: string): void {
    this.text.set([...new Set([...this.names(), example])].join('\n'));
    this.problem.set('');
  }

  protected choose(id: string): void {
    this.chosenId.set(id);
    this.problem.set('');
  }

  protected async begin(event: Event, form: HTMLFormElement): Promise<void> {
    event.preventDefault();
    const authority = this.chosen();
    const names = await this.check();
    if (authority === undefined || this.problem() !== '') return;
    const fields = new FormData(form);
    const field = (name: string) => String(fields.get(name) ?? '').trim();
    if (authority.externalAccount) {
      this.externalAccounts.keys.set(authority.id, { keyId: field('keyId'), macKey: field('macKey') });
    }
    await this.router.navigate([authority.id], { queryParams: { names: names.join(',') } });
  }

  /** The names as the authority will call them, if there is no problem. */
  private async check(): Promise<readonly string[]> {
    const authority = this.chosen();
    if (authority === undefined) return [];
    const { checkNames } = await import('./check-names');
    const { names, problem } = checkNames(this.names(), authority);
    this.problem.set(problem);
    return names;
  }
}
