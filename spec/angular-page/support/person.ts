import type { Page } from 'playwright';

/** An authority to which the person at the page proves names. */
export const byHand = { id: 'by-hand', name: 'A public authority', note: 'In a way.', proof: 'by-hand' } as const;

/** A development CA that keeps nobody waiting. */
export const quick = { validationDelayMs: 0, retryAfterMs: 1_000 };

/** Fills in the form and sends it off. */
export async function order(page: Page, ...names: string[]): Promise<void> {
  await page.getByLabel('Names', { exact: true }).fill(names.join('\n'));
  await page.getByRole('button', { name: 'Obtain certificate' }).click();
}

/** Until the certificate is there. */
export const issued = (page: Page): Promise<void> => page.locator('.seal').waitFor();

/** Until the order has failed. */
export const failed = (page: Page): Promise<void> => page.getByRole('region', { name: 'Failure' }).waitFor();
