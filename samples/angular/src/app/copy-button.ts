import { ChangeDetectionStrategy, Component, input, signal } from '@angular/core';

/** Puts a text on the clipboard, and says so. */
@Component({
  selector: 'app-copy-button',
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <button type="button" [attr.aria-label]="'Copy ' + what()" (click)="copy()">{{ label() }}</button>
    <span class="visually-hidden" role="status">{{ said() }}</span>
  `,
  styles: `
    button {
      padding: 0.15rem 0.7rem;
      font-size: 0.85rem;
    }
  `,
})
export class CopyButton {
  readonly text = input.required<string>();
  readonly what = input.required<string>();
  protected readonly label = signal('Copy');
  protected readonly said = signal('');

  protected copy(): void {
    navigator.clipboard.writeText(this.text()).then(
      () => this.tell('Copied'),
      () => this.tell('Not allowed'),
    );
  }

  private tell(label: string): void {
    this.label.set(label);
    this.said.set(`${this.what()}: ${label}`);
  }
}
