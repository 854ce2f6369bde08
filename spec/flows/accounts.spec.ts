import { createHmac } from 'node:crypto';
import { concatMap, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  AcmeUserActionRequiredError,
  type AnyAcmeError,
  deactivateAccount,
  externalAccountBinding,
  findAccount,
  getAccount,
  listOrders,
  newAccount,
  newOrder,
  updateAccount,
} from '../../lib/index.js';
import { encodeBase64url } from '../../lib/codec/base64url.js';
import { fakeCa, synchronousSigner, testAccount, testSession } from '../../lib/testing/index.js';
import { covers } from '../support/covers.js';
import { now } from '../testing/support/raw-client.js';

covers(
  'newAccount',
  'findAccount',
  'updateAccount',
  'termsOfService',
  'externalAccount',
  'deactivateAccount',
  'orderList',
);

const signer = synchronousSigner();
const problem = (type: string, status: number) => ({ status, problem: { type: `urn:ietf:params:acme:error:${type}` } });

function caught() {
  const errors: AnyAcmeError[] = [];
  return { errors, error: (error: AnyAcmeError) => errors.push(error) };
}

describe('an account at the fake CA', () => {
  it('has its contacts replaced, cleared by an empty list, and left alone where they are refused', () => {
    const account = testAccount(fakeCa());
    const contacts = ['mailto:a@example.org', 'mailto:b@example.org'];
    expect(now(updateAccount(account, { contacts })).contacts).toEqual(contacts);
    const { errors, error } = caught();
    updateAccount(account, { contacts: ['tel:+3150'] }).subscribe({ error });
    expect(errors).toMatchObject([problem('unsupportedContact', 400)]);
    expect(now(getAccount(account)).contacts).toEqual(contacts);
    expect(now(updateAccount(account, { contacts: [] })).contacts).toEqual([]);
    expect(now(getAccount(account)).contacts).toEqual([]);
  });

  it('is ended once and for all', () => {
    const ca = fakeCa();
    const account = testAccount(ca);
    expect(now(deactivateAccount(account))).toMatchObject({ status: 'deactivated', url: account.url });
    const { errors, error } = caught();
    getAccount(account).subscribe({ error });
    findAccount(testSession(ca), { signer }).subscribe({ error });
    newAccount(testSession(ca), { signer }).subscribe({ error });
    expect(errors).toMatchObject(Array(3).fill(problem('unauthorized', 401)));
  });

  it('shows the binding to an external account that was checked, and none that was not asked for', () => {
    const macKey = encodeBase64url(new Uint8Array(32).fill(7));
    const session = testSession(fakeCa({ externalAccounts: { 'kid-1': macKey } }));
    const bound = (key: string) =>
      externalAccountBinding({
        keyId: 'kid-1',
        sign: (input) => [new Uint8Array(createHmac('sha256', Buffer.from(key, 'base64url')).update(input).digest())],
      });
    const { errors, error } = caught();
    newAccount(session, { signer, externalAccount: bound('AAAA') }).subscribe({ error });
    expect(errors).toMatchObject([problem('unauthorized', 403)]);
    const other = synchronousSigner('other');
    const { resource } = now(newAccount(session, { signer: other, externalAccount: bound(macKey) }));
    const header = Buffer.from(resource.externalAccountBinding?.protected ?? '', 'base64url').toString();
    expect(JSON.parse(header)).toMatchObject({ kid: 'kid-1', alg: 'HS256' });
    expect(now(newAccount(session, { signer })).resource).not.toHaveProperty('externalAccountBinding');
  });

  it('tells where to agree to terms that have changed', () => {
    const ca = fakeCa();
    ca.failNext('newOrder', {
      type: 'userActionRequired',
      detail: 'the terms have changed',
      instance: 'https://ca.test/agree/1',
      headers: { link: '<https://ca.test/terms/2>;rel="terms-of-service"' },
    });
    const { errors, error } = caught();
    newOrder(testAccount(ca), { identifiers: ['example.org'] }).subscribe({ error });
    expect(errors[0]).toBeInstanceOf(AcmeUserActionRequiredError);
    expect(errors).toMatchObject([
      {
        status: 403,
        problem: { instance: 'https://ca.test/agree/1', detail: 'the terms have changed' },
        links: expect.arrayContaining([{ url: 'https://ca.test/terms/2', relations: ['terms-of-service'] }]) as unknown,
      },
    ]);
  });
});

describe('the orders of an account at the fake CA', () => {
  const names = Array.from({ length: 7 }, (_, index) => `n${index}.test`);

  it.each([
    [{}, 3],
    [{ pageLength: 7 }, 1],
    [{ bareLists: true, pageLength: 2 }, 4],
  ])('are listed, with %j, on so many pages: %i', (options, pages) => {
    const ca = fakeCa(options);
    const account = testAccount(ca);
    const urls = names.map((name) => now(newOrder(account, { identifiers: [name] })).url);
    expect(now(listOrders(account).pipe(toArray()))).toEqual(urls);
    expect(ca.history.count('orders')).toBe(pages);
  });

  it('are none at first, and are not shown to others', () => {
    const ca = fakeCa();
    const account = testAccount(ca);
    expect(now(listOrders(account).pipe(toArray()))).toEqual([]);
    const other = testAccount(ca, { signer: synchronousSigner('other') });
    ca.script('account', { edit: (json) => ({ ...json, orders: `${account.url.replace('account', 'orders')}` }) });
    const { errors, error } = caught();
    listOrders(other)
      .pipe(concatMap((url) => url))
      .subscribe({ error });
    expect(errors).toMatchObject([problem('unauthorized', 403)]);
  });

  it('are not listed where there is no list', () => {
    const ca = fakeCa();
    ca.script('account', { edit: ({ orders: _, ...json }) => json });
    const { errors, error } = caught();
    listOrders(testAccount(ca)).subscribe({ error });
    expect(errors).toMatchObject([{ code: 'unsupported' }]);
  });
});
