import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright';
import { afterAll, afterEach, beforeAll, inject, onTestFinished } from 'vitest';
import { type Sample, type SampleOptions, serveSample } from '../../../samples/angular/server/serve.js';
import { obtainChromium } from '../../support/chromium.js';
import type { Peer } from '../../support/peer.js';
import { repoRoot } from '../../support/repo-root.js';

const folder = join(repoRoot, 'samples', 'angular', 'dist', 'browser');
const screenshots = join(repoRoot, 'out', 'screenshots');
const found = await obtainChromium();
const missing = inject('sampleMissing') || ('missing' in found ? found.missing : '');

/** What the specs need, or why it cannot be had. */
export const peer: Peer<string> = missing === '' ? { peer: folder, version: 'production build' } : { missing };

/** A person with a browser at a server of the sample's. */
export interface Visit {
  readonly sample: Sample;
  readonly page: Page;
  /** The URLs that the page asked for, those of authorities as they are behind the relay. */
  readonly asked: readonly { readonly url: string; readonly status: () => number | undefined }[];
  /** Writes the page down as a picture, for a person to look at. */
  shot(name: string): Promise<void>;
}

/** A browser for the suite, and `visit`, which starts a server of its own. */
export function browserForSuite(): (options?: Partial<SampleOptions>, dark?: boolean) => Promise<Visit> {
  let browser: Browser;
  beforeAll(async () => {
    if ('missing' in found) throw new Error(found.missing);
    browser = await chromium.launch({
      executablePath: found.program,
      env: { ...process.env, ...found.env } as Record<string, string>,
      args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
    });
  });
  afterAll(() => browser.close());
  return async (options = {}, dark = false) => {
    const sample = await started({ folder, ...options });
    const context = await browser.newContext({
      viewport: { width: 1100, height: 860 },
      colorScheme: dark ? 'dark' : 'light',
      locale: 'en-GB',
      timezoneId: 'UTC',
    });
    onTestFinished(() => context.close());
    return { sample, ...(await pageOf(context, sample)) };
  };
}

/** What a page complains of fails its spec. */
const complaints: string[] = [];
afterEach(() => {
  const found = complaints.splice(0);
  if (found.length > 0) throw new Error(`the page complained: ${found.join('\n')}`);
});

async function pageOf(context: BrowserContext, { url }: Sample): Promise<Omit<Visit, 'sample'>> {
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  const asked: { url: string; status: () => number | undefined }[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (/Content Security Policy/.test(message.text())) complaints.push(message.text());
  });
  page.on('request', (request) => {
    let status: number | undefined;
    void request.response().then(
      (response) => (status = response?.status()),
      () => undefined,
    );
    asked.push({ url: new URL(request.url()).searchParams.get('url') ?? request.url(), status: () => status });
  });
  await page.goto(url);
  const shot = async (name: string) => {
    mkdirSync(screenshots, { recursive: true });
    await page.evaluate(() =>
      Promise.all(
        document
          .getAnimations()
          .map((each) =>
            each.playState === 'running' && each.effect?.getComputedTiming().iterations === 1
              ? each.finished
              : undefined,
          ),
      ),
    );
    await page.screenshot({ path: join(screenshots, `${name}.png`), fullPage: true });
  };
  return { page, asked, shot };
}

const started = (options: SampleOptions): Promise<Sample> =>
  new Promise((resolve, reject) => {
    const running = serveSample(options).subscribe({ next: resolve, error: reject });
    onTestFinished(() => running.unsubscribe());
  });
