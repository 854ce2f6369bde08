import type { Page } from 'playwright';
import { expect, it } from 'vitest';
import { describeWith } from '../support/peer.js';
import { failed, issued, order, quick } from './support/person.js';
import { browserForSuite, peer } from './support/visit.js';

/** How far parts of the diagram lie outside of what is seen of it, at most and in pixels; 0 for inside. */
const outside = (page: Page, part: string) =>
  page.evaluate((selector) => {
    const scroller = document.querySelector('app-marble-diagram .scroller')?.getBoundingClientRect();
    const boxes = [...document.querySelectorAll(`app-marble-diagram ${selector}`)].map((each) =>
      each.getBoundingClientRect(),
    );
    if (scroller === undefined || boxes.length === 0) return Infinity;
    return Math.max(0, ...boxes.flatMap((box) => [scroller.left - box.left, box.right - scroller.right]));
  }, part);

/** The contrast of two custom properties, as WCAG 2 counts it. */
const contrast = (page: Page, one: string, other: string) =>
  page.evaluate(
    (properties) => {
      const light = (property: string) => {
        const hex = getComputedStyle(document.documentElement).getPropertyValue(property).trim().slice(1);
        const [red = 0, green = 0, blue = 0] = [0, 2, 4].map((at) => {
          const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
          return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
        });
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05;
      };
      const [darker = 1, lighter = 1] = properties.map(light).sort((a, b) => a - b);
      return lighter / darker;
    },
    [one, other],
  );

describeWith('the looks of the Angular sample', peer, () => {
  const visit = browserForSuite();
  const names = ['shop.test', 'shop-of-a-long-name.test', 'shop-of-a-long-name-too.test', 'mail.shop.test'];
  const narrow = { width: 400, height: 800 };

  it.each([
    ['success', 'issued'],
    ['failure', 'failed'],
  ] as const)('on a small screen the end of the diagram is seen after a %s', async (_, end) => {
    const at = await visit({ ca: quick }, end === 'failed');
    await at.page.setViewportSize(narrow);
    await order(at.page, ...names, ...(end === 'failed' ? ['unproven.test', 'mail.unproven.test'] : []));
    await (end === 'failed' ? failed : issued)(at.page);
    await at.page.locator(`.more-before i.end.${end}`).waitFor();
    await at.shot(`narrow-${end}`);
    expect(await outside(at.page, 'i.end')).toBe(0);
    expect(await outside(at.page, '.label')).toBeLessThan(1);
    const labels = await at.page
      .locator('app-marble-diagram .label')
      .evaluateAll((all) => all.filter((each) => each.scrollWidth > each.clientWidth).map((each) => each.textContent));
    expect(labels).toEqual([]);
    expect(await at.page.evaluate(() => document.documentElement.scrollWidth)).toBe(400);
  });

  it('the diagram stays where somebody scrolled to', async () => {
    const at = await visit({ ca: { validationDelayMs: 3_000, retryAfterMs: 1_000 } });
    await at.page.setViewportSize({ width: 320, height: 800 });
    await order(at.page, ...names);
    await at.page.locator('.more-before').waitFor();
    const scroller = at.page.locator('app-marble-diagram .scroller');
    await scroller.evaluate((each) => each.scrollTo({ left: 0 }));
    await at.page.locator('.more-after').waitFor();
    await issued(at.page);
    expect(await scroller.evaluate((each) => each.scrollLeft)).toBe(0);
  });

  it.each([
    ['light', false],
    ['dark', true],
  ])('what has the focus is told apart from all grounds, %s', async (_, isDark) => {
    const { page } = await visit({ ca: quick }, isDark);
    for (const ground of ['--ground', '--card', '--sunken']) {
      expect([ground, (await contrast(page, '--focus', ground)) > 3.5]).toEqual([ground, true]);
    }
  });

  it('examples stand in one line where there is room', async () => {
    const at = await visit({ ca: quick });
    await at.page.setViewportSize({ width: 1280, height: 860 });
    await at.page.locator('.chip').last().waitFor();
    const tops = await at.page
      .locator('.chip')
      .evaluateAll((all) => all.map((each) => each.getBoundingClientRect().top));
    expect(tops).toHaveLength(4);
    expect(new Set(tops).size).toBe(1);
  });
});
