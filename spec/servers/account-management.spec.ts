import { firstValueFrom, lastValueFrom, take, toArray } from 'rxjs';
import { expect, it } from 'vitest';
import {
  changeAccountKey,
  deactivateAccount,
  deactivateAuthorization,
  externalAccountBinding,
  findAccount,
  generateSigner,
  getAccount,
  getDirectory,
  getOrder,
  listOrders,
  mailto,
  newAccount,
  newOrder,
  postAsGet,
  requiresExternalAccount,
  updateAccount,
} from '../../lib/index.js';
import { describeWithPebble } from '../support/with-pebble.js';
import { openAccount, openSession, outcomeOf, problemType } from './support/client.js';

const macKey = 'zWNDZM6eQGHWpSRTPal5eIUYFTu7EajVIoguysqZ9wG44nMEtx3MUAsUDkMTQ12W';
const otherKey = 'b10lLJs8l1GPIzsLP0s6pMt8O0XVGnfTaCeROxQM0BIt2XrJMDHJZBM5NuQmQJQH';

describeWithPebble(
  'an external account at Pebble',
  { externalAccountBinding: { macKeys: { 'kid-1': macKey } } },
  (get) => {
    const tried = async (options?: Parameters<typeof externalAccountBinding>[0]) => {
      const externalAccount = options && externalAccountBinding(options);
      const signer = await firstValueFrom(generateSigner());
      return outcomeOf(newAccount(openSession(get()), { signer, termsOfServiceAgreed: true, externalAccount }));
    };

    it('that is required is said so in the directory, and binds', async () => {
      expect(requiresExternalAccount(await firstValueFrom(getDirectory(openSession(get()))))).toBe(true);
      const { events, error } = await tried({ keyId: 'kid-1', macKey });
      expect(error).toBeUndefined();
      expect(events).toMatchObject([{ created: true, resource: { status: 'valid' } }]);
      const { protected: header = '' } = events[0]?.resource.externalAccountBinding ?? {};
      expect(JSON.parse(Buffer.from(header, 'base64url').toString())).toMatchObject({ alg: 'HS256', kid: 'kid-1' });
    });

    it('that is missing, unknown or wrong is refused', async () => {
      const refused = (name: string) => ({ events: [], error: { status: 403, problem: { type: problemType(name) } } });
      expect(await tried()).toMatchObject(refused('externalAccountRequired'));
      expect(await tried({ keyId: 'kid-1', macKey: otherKey })).toMatchObject(refused('unauthorized'));
      expect(await tried({ keyId: 'kid-9', macKey })).toMatchObject(refused('unauthorized'));
    });
  },
);

describeWithPebble('managing an account at Pebble', {}, (get) => {
  it('key change: from ES256 over RS256 to ES384 and back, the URL stays, the old key is gone', async () => {
    const first = await openAccount(get());
    const rsa = await firstValueFrom(generateSigner('RS256'));
    const p384 = await firstValueFrom(generateSigner('ES384'));
    const second = await firstValueFrom(changeAccountKey(first, rsa));
    expect(second).toMatchObject({ url: first.url });
    expect(await firstValueFrom(getAccount(second))).toMatchObject({ status: 'valid' });
    expect(await firstValueFrom(findAccount(first.session, { signer: rsa }))).toMatchObject({ url: first.url });
    expect((await outcomeOf(getAccount(first))).error).toMatchObject({ code: 'problem' });
    const third = await firstValueFrom(changeAccountKey(second, p384));
    expect(await firstValueFrom(getAccount(third))).toMatchObject({ status: 'valid', url: first.url });
    expect((await outcomeOf(getAccount(second))).error).toMatchObject({ code: 'problem' });
    const fourth = await firstValueFrom(changeAccountKey(third, first.signer));
    expect(await firstValueFrom(getAccount(fourth))).toMatchObject({ status: 'valid', url: first.url });
  });

  it('key change: to a key that another account has is an error, though Pebble says 200', async () => {
    const [mine, other] = [await openAccount(get()), await openAccount(get())];
    const { error } = await outcomeOf(changeAccountKey(mine, other.signer));
    expect(error).toMatchObject({ code: 'protocol', message: expect.stringContaining(mine.url) as unknown });
    expect(await firstValueFrom(getAccount(mine))).toMatchObject({ status: 'valid' });
  });

  it('contacts: replaced and cleared', async () => {
    const account = await openAccount(get());
    const contacts = [mailto('first.last@example.org')];
    expect(await firstValueFrom(updateAccount(account, { contacts }))).toMatchObject({ contacts, url: account.url });
    expect(await firstValueFrom(getAccount(account))).toMatchObject({ contacts });
    expect(await firstValueFrom(updateAccount(account, { contacts: [] }))).toMatchObject({ contacts: [] });
    expect(await firstValueFrom(getAccount(account))).toMatchObject({ contacts: [] });
  });

  it('deactivation: final, and refused from then on', async () => {
    const account = await openAccount(get());
    expect(await firstValueFrom(deactivateAccount(account))).toMatchObject({ status: 'deactivated', url: account.url });
    const refused = { code: 'problem', status: 403, problem: { type: problemType('unauthorized') } };
    expect((await outcomeOf(newOrder(account, { identifiers: ['late.test'] }))).error).toMatchObject(refused);
    expect((await outcomeOf(deactivateAccount(account))).error).toMatchObject(refused);
    expect((await outcomeOf(findAccount(account.session, account))).error).toMatchObject(refused);
  });

  it('orders: every one of them, over several pages', async () => {
    const account = await openAccount(get());
    const urls: string[] = [];
    for (let i = 0; i < 7; i++) {
      urls.push((await firstValueFrom(newOrder(account, { identifiers: [`order-${i}.test`] }))).url);
    }
    expect((await lastValueFrom(listOrders(account).pipe(toArray()))).sort()).toEqual(urls.sort());
    expect(await lastValueFrom(listOrders(account).pipe(take(4), toArray()))).toHaveLength(4);
    // Three of them are on a page, and the pages follow one another.
    const { orders = '' } = await firstValueFrom(getAccount(account));
    const { links, body } = await firstValueFrom(postAsGet(account, orders));
    expect((JSON.parse(new TextDecoder().decode(body)) as { orders: unknown[] }).orders).toHaveLength(3);
    expect(links.filter(({ relations }) => relations.includes('next'))).toHaveLength(1);
    expect(await lastValueFrom(listOrders(await openAccount(get())).pipe(toArray()))).toEqual([]);
  });

  it('authorization: given up, its order with it', async () => {
    const account = await openAccount(get());
    const order = await firstValueFrom(newOrder(account, { identifiers: ['given-up.test'] }));
    const [url = ''] = order.authorizations;
    expect(await firstValueFrom(deactivateAuthorization(account, url))).toMatchObject({ url, status: 'deactivated' });
    expect(await firstValueFrom(getOrder(account, order.url))).toMatchObject({ status: 'invalid' });
  });
});
