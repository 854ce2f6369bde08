import { ChangeDetectionStrategy, Component } from '@angular/core';
import { RouterLink, RouterOutlet } from '@angular/router';

@Component({
  selector: 'app-root',
  imports: [RouterLink, RouterOutlet],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <header>
      <a routerLink="/" class="brand">
        <svg viewBox="0 0 44 20" width="44" height="20" aria-hidden="true">
          <path d="M1 10h42" class="line" />
          <circle cx="10" cy="10" r="6" class="one" />
          <circle cx="25" cy="10" r="6" class="two" />
          <path d="M37 3v14" class="end" />
        </svg>
        rxacme
      </a>
      <span>Certificates, as a stream</span>
    </header>
    <main><router-outlet /></main>
    <footer>Your account keys stay in this browser and cannot be exported.</footer>
  `,
  styles: `
    :host {
      display: grid;
      grid-template-rows: auto 1fr auto;
      min-height: 100vh;
    }
    header,
    main,
    footer {
      width: min(100% - 2.5rem, 64rem);
      margin-inline: auto;
    }
    header {
      display: flex;
      flex-wrap: wrap;
      align-items: center;
      gap: 0.25rem 1rem;
      padding-block: 1.5rem 1rem;
      color: var(--quiet);
      font-size: 0.9rem;
    }
    .brand {
      display: inline-flex;
      align-items: center;
      gap: 0.6rem;
      color: var(--ink);
      font-size: 1.2rem;
      font-weight: 700;
      letter-spacing: -0.02em;
      text-decoration: none;
    }
    .line,
    .end {
      stroke: var(--ink);
      stroke-width: 2;
    }
    .one {
      fill: var(--work);
    }
    .two {
      fill: var(--good);
    }
    main {
      padding-block: 1rem 4rem;
    }
    footer {
      padding-block: 1.25rem;
      border-top: 1px solid var(--edge);
      color: var(--quiet);
      font-size: 0.85rem;
    }
  `,
})
export class App {}
