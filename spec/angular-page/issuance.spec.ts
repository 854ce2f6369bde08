import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright';
import { expect, it, vi } from 'vitest';
import { describeWith } from '../support/peer.js';
import { byHand, issued, order, quick } from './support/person.js';
import { browserForSuite, peer, type Visit } from './support/visit.js';

/** Chunks that hold pkijs, as Angular's statistics tell. */
function pkiChunks(folder: string): readonly string[] {
  const text = readFileSync(join(folder, '..', 'stats.json'), 'utf8');
  const { outputs } = JSON.parse(text) as { outputs: Record<string, { inputs: Record<string, unknown> }> };
  return Object.entries(outputs).flatMap(([name, { inputs }]) =>
    Object.keys(inputs).some((input) => input.includes('node_modules/pkijs/')) ? [name] : [],
  );
}

async function saved(page: Page, button: string): Promise<string> {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: button }).click(),
  ]);
  return readFile(await download.path(), 'utf8');
}

describeWith('the Angular sample', peer, (folder) => {
  const visit = browserForSuite();
  const scripts = ({ asked }: Visit) => asked.map(({ url }) => url).filter((url) => url.endsWith('.js'));
  const holdsPki = (urls: readonly string[]) =>
    urls.some((url) => pkiChunks(folder()).some((name) => url.endsWith(name)));

  it('obtains a certificate, by keyboard alone, and hands out its chain and its key', async () => {
    const at = await visit({ ca: quick });
    const { page, sample } = at;
    await at.shot('start-light');
    await page.getByLabel('Names', { exact: true }).focus();
    await page.keyboard.type('shop.test, www.shop.test mail.shop.test');
    const submit = page.getByRole('button', { name: 'Obtain certificate' });
    for (let tabs = 0; tabs < 9 && !(await submit.evaluate((each) => each === document.activeElement)); tabs++) {
      await page.keyboard.press('Tab');
    }
    expect(holdsPki(scripts(at))).toBe(false);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'shop.test and 2 more' }).waitFor();
    expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('H1');
    await issued(page);
    expect(holdsPki(scripts(at))).toBe(true);
    await at.shot('issued-light');
    const chain = await saved(page, 'Download chain');
    const leaf = new X509Certificate(chain);
    expect(leaf.subjectAltName).toBe('DNS:shop.test, DNS:www.shop.test, DNS:mail.shop.test');
    expect(leaf.checkPrivateKey(createPrivateKey(await saved(page, 'Download key')))).toBe(true);
    const above = new X509Certificate(chain.slice(chain.indexOf('-----BEGIN', 1)));
    expect([leaf.verify(above.publicKey), above.verify(new X509Certificate(sample.ca.rootPem).publicKey)]).toEqual([
      true,
      true,
    ]);
    expect(sample.answersUp()).toBe(0);
    expect(await page.evaluate(() => sessionStorage.length)).toBe(2);
    await page.getByRole('link', { name: 'New certificate' }).click();
    await page.getByRole('heading', { name: 'New certificate' }).waitFor();
    expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('H1');
    expect(await page.evaluate(() => sessionStorage.length)).toBe(0);
  });

  it('says so when the key cannot be handed out', async () => {
    const at = await visit({ ca: quick });
    await order(at.page, 'shop.test');
    await issued(at.page);
    await at.page.evaluate(() => {
      const locked = () => Promise.reject<never>(new DOMException('The key is locked.', 'OperationError'));
      crypto.subtle.exportKey = locked;
    });
    await at.page.getByRole('button', { name: 'Download key' }).click();
    await at.page.getByRole('alert').filter({ hasText: 'could not be handed out' }).waitFor();
  });

  it('says of each name why it failed, and tries again', async () => {
    const at = await visit({ ca: quick }, true);
    const { page } = at;
    await order(page, 'shop.test', 'unproven.test', 'mail.unproven.test');
    const failure = page.getByRole('region', { name: 'Failure' });
    await failure.waitFor();
    expect(await failure.innerText()).toContain('2 names could not be proven.');
    const reasons = await failure.getByRole('listitem').allInnerTexts();
    expect(reasons).toEqual([
      expect.stringMatching(/^unproven\.test .*404/),
      expect.stringMatching(/^mail\.unproven\.test .*404/),
    ]);
    expect(await page.locator('.name.failed p').allInnerTexts()).toHaveLength(2);
    expect(await page.locator('.buttons .primary').allInnerTexts()).toEqual(['Try again']);
    await at.shot('failed-dark');
    await page.getByRole('button', { name: 'Try again' }).click();
    await failure.waitFor({ state: 'detached' });
    await failure.waitFor();
    expect(at.sample.answersUp()).toBe(0);
  });

  it('cancels when its page is left: the request under way is aborted, the answers are withdrawn', async () => {
    const at = await visit({ ca: { validationDelayMs: 60_000, validationTimeoutMs: 120_000, outcomeInAnswer: true } });
    const { page, sample } = at;
    await order(page, 'shop.test', 'www.shop.test');
    await vi.waitFor(() => expect(sample.answersUp()).toBe(2), { timeout: 15_000 });
    await page.getByText('Answer is up').first().waitFor();
    await vi.waitFor(() => expect(at.asked.filter(({ url }) => /chall/.test(url))).not.toEqual([]));
    expect(sample.aborted()).toBe(0);
    await page.getByRole('link', { name: 'Cancel' }).click();
    await page.getByRole('heading', { name: 'New certificate' }).waitFor();
    await vi.waitFor(() => expect([sample.aborted() > 0, sample.answersUp()]).toEqual([true, 0]), { timeout: 15_000 });
  });

  it('goes on after a reload, with the same order and the same account key, which cannot be exported', async () => {
    const at = await visit({ ca: { validationDelayMs: 4_000, retryAfterMs: 1_000 } });
    const { page, sample, asked } = at;
    await order(page, 'shop.test');
    await vi.waitFor(() => expect(sample.answersUp()).toBe(1), { timeout: 15_000 });
    await page.getByText('The authority is looking', { exact: true }).waitFor();
    await at.shot('on-its-way-light');
    const before = await storedKey(page);
    await page.reload();
    await page.getByText('taken up again', { exact: true }).waitFor();
    await issued(page);
    const after = await storedKey(page);
    expect(after).toEqual(before);
    expect(after).toMatchObject({ extractable: false, exported: 'InvalidAccessError' });
    const { newOrder, newAccount } = (await page.evaluate(
      async (url) => (await fetch(`/acme-relay?url=${encodeURIComponent(url)}`)).json(),
      sample.ca.directoryUrl,
    )) as Record<string, string>;
    const statuses = (of?: string) => asked.filter(({ url }) => url === of).map(({ status }) => status());
    expect([statuses(newOrder), statuses(newAccount)]).toEqual([[201], [201, 200]]);
    expect(sample.answersUp()).toBe(0);
    await page.reload();
    await issued(page);
    expect(statuses(newOrder)).toEqual([201]);
  });

  it('refuses names that are none before anything is asked', async () => {
    const at = await visit({ ca: quick });
    await order(at.page, 'shop.test', 'two words?');
    await at.page.getByRole('alert').filter({ hasText: 'words?' }).waitFor();
    expect(await at.page.getByLabel('Names', { exact: true }).getAttribute('aria-invalid')).toBe('true');
    expect(at.asked.filter(({ url }) => url.startsWith(at.sample.ca.origin))).toEqual([]);
  });

  it('shows what is tried again, also on a small screen', async () => {
    const at = await visit({ ca: quick }, true);
    let failures = 0;
    await at.page.route('**/acme-relay?url=*order*', (route) =>
      failures++ < 2 ? route.fulfill({ status: 503, body: '' }) : route.continue(),
    );
    await order(at.page, 'shop.test');
    await issued(at.page);
    await at.page.getByText('Everything that happened').click();
    const told = await at.page.locator('.log li', { hasText: 'retrying' }).allInnerTexts();
    expect(told).toEqual(Array(2).fill(expect.stringContaining('Tried in vain')));
    await at.page.setViewportSize({ width: 390, height: 844 });
    expect(await at.page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
    await at.shot('narrow-dark');
  });

  it('binds the account to one outside of ACME where the authority wants that', async () => {
    const macKey = 'c2l4dGVlbiBieXRlcyBhbmQgbW9yZQ';
    const at = await visit({
      ca: { ...quick, externalAccounts: { 'key-1': macKey } },
      authorities: ({ directoryUrl }) => [{ ...byHand, directoryUrl, externalAccount: true }],
    });
    const { page } = at;
    const begin = async (key: string) => {
      await page.getByLabel('A public authority').check();
      await page.getByLabel('Key identifier').fill('key-1');
      await page.getByLabel('MAC key').fill(key);
      await order(page, 'shop.test');
    };
    await begin('YW5vdGhlciBrZXkgYWx0b2dldGhlcg');
    await page.getByRole('region', { name: 'Failure' }).waitFor();
    const primary = () => page.locator('.buttons .primary').allInnerTexts();
    expect(await primary()).toEqual(['New certificate']);
    await page.getByRole('link', { name: 'New certificate' }).click();
    await begin(macKey);
    await page.getByText('_acme-challenge.shop.test', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Copy name _acme-challenge.shop.test' }).waitFor();
  });
});

/** What a script of the page gets to know of the account's key. */
const storedKey = (page: Page) =>
  page.evaluate(
    () =>
      new Promise((resolve) => {
        const opening = indexedDB.open('rxacme', 1);
        opening.onsuccess = () => {
          const asked = opening.result.transaction('signers').objectStore('signers').getAll();
          asked.onsuccess = () => {
            const [{ name, publicJwk, privateKey }] = asked.result as [
              { name: string; publicJwk: JsonWebKey; privateKey: CryptoKey },
            ];
            const tell = (exported: string) =>
              resolve({ name, publicJwk, extractable: privateKey.extractable, exported, keys: asked.result.length });
            crypto.subtle.exportKey('jwk', privateKey).then(
              () => tell('yes'),
              (error: Error) => tell(error.name),
            );
          };
        };
      }),
  );
