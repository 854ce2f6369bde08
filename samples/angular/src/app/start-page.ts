import { ChangeDetectionStrategy, Component, computed, inject, signal } from '@angular/core';
import { Router } from '@angular/router';
import { AUTHORITIES } from './authority';
import { ExternalAccounts } from './external-accounts';

/** Which authority, and for which names. */
@Component({
  selector: 'app-start-page',
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './start-page.html',
  styleUrl: './start-page.css',
})
export class StartPage {
  private readonly router = inject(Router);
  private readonly externalAccounts = inject(ExternalAccounts);
  protected readonly authorities = inject(AUTHORITIES);
  protected readonly chosenId = signal(this.authorities[0]?.id ?? '');
  protected readonly chosen = computed(() => this.authorities.find(({ id }) => id === this.chosenId()));
  protected readonly text = signal('');
  protected readonly problem = signal('');
  protected readonly names = computed(() => [
    ...new Set(
      this.text()
        .split(/[\s,;]+/)
        .filter((name) => name !== ''),
    ),
  ]);

  protected add(example: string): void {
    this.text.set([...this.names(), example].join('\n'));
  }

  protected async begin(event: Event, form: HTMLFormElement): Promise<void> {
    event.preventDefault();
    const { problemOf } = await import('./check-names');
    const authority = this.chosen();
    this.problem.set(problemOf(this.names()));
    if (authority === undefined || this.problem() !== '') return;
    const fields = new FormData(form);
    const field = (name: string) => String(fields.get(name) ?? '').trim();
    if (authority.externalAccount) {
      this.externalAccounts.keys.set(authority.id, { keyId: field('keyId'), macKey: field('macKey') });
    }
    await this.router.navigate([authority.id], { queryParams: { names: this.names().join(',') } });
  }
}
