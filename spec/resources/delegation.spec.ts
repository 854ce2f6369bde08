import { describe, expect, it } from 'vitest';
import { allowCertificateGet, decodeDirectory, delegation, getDelegation, listDelegations } from '../../lib/index.js';
import { bend } from '../request/scripts.js';
import type { Operation } from '../support/scripted-ca.js';
import { syncBench } from '../support/sync-ports.js';
import { completed, errorOf, virtualTime } from '../support/virtual-time.js';
import { delegationExample } from '../vectors/delegations.js';
import { covers } from '../support/covers.js';

covers('delegation');

const url = 'https://ca.test/delegation/1';
const list = 'https://ca.test/delegations/1';
const urls = Object.fromEntries(
  ['newNonce', 'newAccount', 'newOrder'].map((name) => [name, `https://ca.test/${name}`]),
);
const directoryWith = (meta: object) =>
  decodeDirectory({ raw: { ...urls, meta }, url: 'https://ca.test/directory', links: [] });
const payload = { identifiers: [] };

describe('listDelegations', () => {
  it('emits the delegations of page after page, in both forms, then completes', () =>
    virtualTime((time) => {
      const { ca, account } = syncBench(time.scheduler);
      ca.script(
        'account',
        bend((body: object) => ({ ...body, delegations: list })),
        'every',
      );
      const pages = 'delegations' as Operation;
      ca.script(pages, () => ({ body: { delegations: [url] }, headers: { link: `<${list}?page=2>;rel="next"` } }), 1);
      ca.script(pages, () => ({ body: [`${url}0`] }), 2);
      expect(completed(time, listDelegations(account))).toMatchObject({ values: [url, `${url}0`], isComplete: true });
    }));

  it('errors where the account has none, and where a page is something else', () =>
    virtualTime((time) => {
      const { ca, account } = syncBench(time.scheduler);
      expect(errorOf(time, listDelegations(account))).toMatchObject({ code: 'unsupported' });
      ca.script(
        'account',
        bend((body: object) => ({ ...body, delegations: list })),
        'every',
      );
      ca.script('delegations' as Operation, () => ({ body: { orders: [url] } }));
      expect(errorOf(time, listDelegations(account))).toMatchObject({
        code: 'protocol',
        message: expect.stringContaining('list of delegations') as unknown,
      });
    }));
});

describe('getDelegation', () => {
  it('reads it once for each subscription, and errors on what is none', () =>
    virtualTime((time) => {
      const { ca, account } = syncBench(time.scheduler);
      ca.script('delegation' as Operation, () => ({ body: delegationExample }));
      const delegation$ = getDelegation(account, url);
      expect(completed(time, delegation$).values).toMatchObject([
        { url, csrTemplate: { dnsNames: ['abc.ido.example'] } },
      ]);
      ca.script('delegation' as Operation, () => ({ body: {} }));
      expect(errorOf(time, delegation$)).toMatchObject({ code: 'protocol', url });
      expect(() => getDelegation(account, '/1')).toThrow(TypeError);
    }));
});

describe('delegation', () => {
  const enabled = directoryWith({ 'delegation-enabled': true, 'allow-certificate-get': true });

  it('adds its URL, as it is, and the wish for GET', () => {
    const odd = 'https://ca.test/a/../delegation/%31';
    expect(delegation(odd)(enabled, payload)).toEqual({ delegation: odd });
    expect(delegation(url, { allowCertificateGet: true })(enabled, payload)).toEqual({
      delegation: url,
      'allow-certificate-get': true,
    });
  });

  it.each([{}, { 'delegation-enabled': false }])('errors where meta is %j', (meta) => {
    expect(() => delegation(url)(directoryWith(meta), payload)).toThrow('delegation-enabled');
  });

  it('errors where there is no GET to be had', () => {
    const members = delegation(url, { allowCertificateGet: true });
    expect(() => members(directoryWith({ 'delegation-enabled': true }), payload)).toThrow('allow-certificate-get');
  });

  it.each(['', '/1', 5])('throws TypeError on the URL %j', (wrong) => {
    expect(() => delegation(wrong as string)).toThrow(TypeError);
  });
});

describe('allowCertificateGet', () => {
  it('adds its member where the server offers it', () => {
    const offering = directoryWith({ 'allow-certificate-get': true });
    expect(allowCertificateGet()(offering, payload)).toEqual({ 'allow-certificate-get': true });
    expect(() => allowCertificateGet()(directoryWith({}), payload)).toThrow('allow-certificate-get');
  });
});
