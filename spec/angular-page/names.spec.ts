import { expect, it } from 'vitest';
import { describeWith } from '../support/peer.js';
import { byHand, failed, order, quick } from './support/person.js';
import { browserForSuite, peer, type Visit } from './support/visit.js';

describeWith('names in the Angular sample', peer, () => {
  const visit = browserForSuite();
  const names = ({ page }: Visit) => page.getByLabel('Names', { exact: true });
  const problem = ({ page }: Visit) => page.locator('#names-problem:not(:empty)');
  const ofAuthority = ({ asked, sample }: Visit) => asked.filter(({ url }) => url.startsWith(sample.ca.origin));

  it('are written as the authority does, so that what happens to them is told of them', async () => {
    const at = await visit({ ca: quick });
    await order(at.page, 'Shop.Unproven.Test', 'shop.unproven.test', 'Bücher.Unproven.Test');
    await failed(at.page);
    const written = ['shop.unproven.test', 'xn--bcher-kva.unproven.test'];
    expect(new URL(at.page.url()).searchParams.get('names')).toBe(written.join(','));
    expect(await at.page.getByRole('region', { name: 'Failure' }).getByRole('listitem').allInnerTexts()).toEqual(
      written.map((name) => expect.stringMatching(new RegExp(`^${name} .*404`))),
    );
    expect(await at.page.locator('.name.failed h3').allInnerTexts()).toEqual(written);
  });

  it('that this authority cannot look up are refused in the form, and say what to do', async () => {
    const at = await visit({
      ca: quick,
      authorities: ({ directoryUrl }) => [{ ...byHand, directoryUrl }],
    });
    await order(at.page, 'shop.test', '*.shop.test');
    await problem(at).waitFor();
    expect(await problem(at).innerText()).toMatch(/^\*\.shop\.test is a wildcard.* choose another authority\.$/);
    await at.page.getByLabel('A public authority').check();
    await problem(at).waitFor({ state: 'detached' });
    await order(at.page, '192.0.2.7');
    await problem(at).filter({ hasText: '192.0.2.7 is an address' }).waitFor();
    expect(ofAuthority(at)).toEqual([]);
  });

  it.each(['development', 'development?names=', 'development?names=,', 'development?name=shop.test'])(
    'that are missing in a URL, /%s, lead to the form',
    async (path) => {
      const at = await visit({ ca: quick });
      await at.page.goto(`${at.sample.url}${path}`);
      await at.page.getByRole('heading', { name: 'New certificate' }).waitFor();
      expect(ofAuthority(at)).toEqual([]);
    },
  );

  it('that cannot be had in a URL stand in the form, with what is wrong', async () => {
    const at = await visit({ ca: quick, authorities: ({ directoryUrl }) => [{ ...byHand, directoryUrl }] });
    await at.page.goto(`${at.sample.url}by-hand?names=shop.test,192.0.2.7`);
    await problem(at).filter({ hasText: '192.0.2.7 is an address' }).waitFor();
    expect(await names(at).inputValue()).toBe('shop.test\n192.0.2.7');
    expect(await at.page.getByLabel('A public authority').isChecked()).toBe(true);
    expect(ofAuthority(at)).toEqual([]);
  });

  it('may be in a URL each by itself, and in any case', async () => {
    const at = await visit({ ca: quick });
    await at.page.goto(`${at.sample.url}development?names=Shop.Test&names=www.shop.test`);
    await at.page.getByRole('heading', { level: 1, name: 'shop.test and 1 more' }).waitFor();
    expect(new URL(at.page.url()).search).toBe('?names=shop.test,www.shop.test');
  });
});
