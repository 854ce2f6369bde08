import { DatePipe } from '@angular/common';
import { ChangeDetectionStrategy, Component, computed, DestroyRef, inject, input, signal } from '@angular/core';
import { takeUntilDestroyed } from '@angular/core/rxjs-interop';
import type { CertificateIssued } from 'rxacme';
import { CopyButton } from './copy-button';
import { describeError } from './describe-error';

/** What was issued, and what to take away. */
@Component({
  selector: 'app-certificate-panel',
  imports: [CopyButton, DatePipe],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './certificate-panel.html',
  styleUrl: './certificate-panel.css',
})
export class CertificatePanel {
  readonly issued = input.required<CertificateIssued>();
  /** What the files are called by. */
  readonly name = input.required<string>();

  private readonly destroyed = inject(DestroyRef);
  protected readonly leaf = computed(() => this.issued().certificate.leaf);
  protected readonly days = computed(() => {
    const { notBeforeAt, notAfterAt } = this.leaf();
    return Math.round((notAfterAt.getTime() - notBeforeAt.getTime()) / 86_400_000);
  });
  protected readonly problem = signal('');
  private readonly file = computed(() => this.name().replace('*.', 'wildcard.'));

  protected saveChain(): void {
    save(`${this.file()}.chain.pem`, this.issued().certificate.chainPem);
  }

  protected saveKey(): void {
    this.problem.set('');
    this.issued()
      .key?.exportPem()
      .pipe(takeUntilDestroyed(this.destroyed))
      .subscribe({
        next: (pem) => save(`${this.file()}.key.pem`, pem),
        error: (error: unknown) => this.problem.set(`The key could not be handed out: ${describeError(error)}`),
      });
  }
}

function save(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'application/x-pem-file' }));
  const link = Object.assign(document.createElement('a'), { href: url, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
