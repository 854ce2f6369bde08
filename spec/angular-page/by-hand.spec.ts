import type { Page } from 'playwright';
import { expect, it } from 'vitest';
import { describeWith } from '../support/peer.js';
import { byHand, failed, issued, order, quick } from './support/person.js';
import { browserForSuite, peer, type Visit } from './support/visit.js';

const record = '_acme-challenge.shop.test';
const authorities = ({ directoryUrl }: { readonly directoryUrl: string }) => [{ ...byHand, directoryUrl }];
const toEnter = (page: Page) => page.getByRole('region', { name: 'Enter in your DNS' });
const toRemove = (page: Page) => page.getByRole('region', { name: 'Remove from your DNS' });

/** A DNS that shows the value once it is entered, in one place later than in the other. */
async function dns(page: Page): Promise<{ value: string; readonly looks: string[] }> {
  const state = { value: '', looks: [] as string[] };
  await page.route(/^https:\/\/(cloudflare-dns\.com|dns\.google)\//, (route) => {
    const asked = new URL(route.request().url());
    state.looks.push(asked.host);
    const isSeen = asked.host !== 'dns.google' || state.looks.length > 2;
    const Answer = isSeen ? [{ name: 'x', type: 16, data: `"${state.value}"` }] : [];
    const headers = { 'access-control-allow-origin': '*', 'content-type': 'application/dns-json' };
    return route.fulfill({ headers, body: JSON.stringify({ Status: 0, Answer }) });
  });
  await page.clock.install();
  return state;
}

/** Lets the page's time pass until it shows that. */
async function pass(page: Page, locator: string): Promise<void> {
  for (let waits = 0; waits < 40 && (await page.locator(locator).count()) === 0; waits++) {
    await page.clock.fastForward(2_000);
    await page.waitForTimeout(100);
  }
  await page.locator(locator).waitFor();
}

/** An order whose record is asked for, with its value. */
async function begun({ page, sample }: Visit): Promise<string> {
  await page.goto(`${sample.url}by-hand?names=*.shop.test`);
  await page.getByText(record, { exact: true }).waitFor();
  return toEnter(page).locator('code').nth(1).innerText();
}

describeWith('a person who proves names at the Angular sample', peer, () => {
  const visit = browserForSuite();

  it('is told what to enter in the DNS, and what to remove after it was seen, but not in the next order', async () => {
    const at = await visit({ ca: { ...quick, alwaysValid: true }, authorities }, true);
    const { page } = at;
    const seen = await dns(page);
    seen.value = await begun(at);
    await page.clock.fastForward(21_000);
    await page.getByText('1 of 2 servers show it').waitFor();
    await at.shot('by-hand-dark');
    await page.clock.fastForward(30_000);
    await pass(page, '.seal');
    await issued(page);
    expect(new Set(seen.looks)).toEqual(new Set(['cloudflare-dns.com', 'dns.google']));

    await toRemove(page).getByText(seen.value).waitFor();
    expect(await toEnter(page).count()).toBe(0);
    await at.shot('by-hand-issued-dark');
    await page.getByRole('link', { name: 'New certificate' }).click();
    await toRemove(page).getByText(seen.value).waitFor();
    await page.getByLabel('A public authority').check();
    await order(page, 'www.shop.test');
    await toEnter(page).getByText('_acme-challenge.www.shop.test', { exact: true }).waitFor();
    expect(await page.getByText(seen.value).count()).toBe(0);
  });

  it('is told what to remove after a cancellation, until it is done', async () => {
    const at = await visit({ ca: quick, authorities });
    const { page } = at;
    await dns(page);
    const value = await begun(at);
    await page.getByRole('link', { name: 'Cancel' }).click();
    await toRemove(page).getByText(value).waitFor();
    await at.shot('by-hand-cancelled-light');
    await page.getByRole('button', { name: `Done, ${record}` }).click();
    await toRemove(page).waitFor({ state: 'detached' });
  });

  it('is told what to remove after a failure, until it is done', async () => {
    const at = await visit({ ca: quick, authorities });
    const { page } = at;
    const seen = await dns(page);
    seen.value = await begun(at);
    await pass(page, '.outcome.bad');
    await failed(page);
    await toRemove(page).getByText(seen.value).waitFor();
    await page.getByRole('button', { name: `Done, ${record}` }).click();
    await toRemove(page).waitFor({ state: 'detached' });
    await page.getByRole('link', { name: 'New certificate' }).click();
    await page.getByRole('heading', { name: 'New certificate' }).waitFor();
    expect(await toRemove(page).count()).toBe(0);
  });
});
