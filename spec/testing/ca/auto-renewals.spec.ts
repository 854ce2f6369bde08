import { describe, expect, it } from 'vitest';
import { fakeCa } from '../../../lib/testing/index.js';
import { renewedValidity } from '../../../lib/testing/ca/auto-renewals.js';
import { accountClient, csrFor, now, outcome } from '../support/raw-client.js';

const dayMs = 86_400_000;
const day = (number: number) => new Date(Date.UTC(2016, 0, number));
const identifiers = [{ type: 'dns', value: 'a.test' }];
const future = (ms: number) => new Date(Date.now() + ms).toISOString();
const asked = { 'end-date': future(20 * dayMs), lifetime: 345_600 };

function client(autoRenewal: NonNullable<Parameters<typeof fakeCa>[0]>['autoRenewal'] = {}) {
  const world = accountClient(fakeCa({ autoRenewal }));
  const order = (members: object) => world.post(world.at('new-order'), { identifiers, ...members });
  return { ...world, order };
}

describe('the certificates of an order with automatic renewal', () => {
  it('RFC 8739 §3.5.1', () => {
    const renewal = {
      startAt: day(10),
      endAt: day(20),
      lifetimeMs: 4 * dayMs,
      adjustMs: 3 * dayMs,
      firstAt: day(10),
      index: 0,
    };
    expect([0, 1, 2].map((index) => renewedValidity(renewal, index))).toEqual([
      { notBeforeAt: day(10), notAfterAt: day(14) },
      { notBeforeAt: day(11), notAfterAt: day(18) },
      { notBeforeAt: day(15), notAfterAt: day(20) },
    ]);
  });

  it('say in the headers what is in them, in quotes', () => {
    const { order, post, prove } = client();
    const created = now(order({ 'auto-renewal': asked }));
    expect(created.json).toMatchObject({ status: 'pending', 'auto-renewal': asked });
    prove(created.json);
    const { json } = now(post(created.json.finalize, csrFor(['a.test'])));
    expect(json).not.toHaveProperty('certificate');
    const { headers, status } = now(post(json['star-certificate']));
    expect(status).toBe(200);
    for (const name of ['cert-not-before', 'cert-not-after']) {
      expect(headers[name]).toMatch(/^"[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT"$/);
    }
  });

  it('are not shown to other accounts, nor without a signature', () => {
    const { order, post, prove, get } = client();
    const created = now(order({ 'auto-renewal': asked }));
    prove(created.json);
    const url = now(post(created.json.finalize, csrFor(['a.test']))).json['star-certificate'] as string;
    expect(outcome(now(get(url)))).toEqual([403, 'unauthorized']);
    expect(outcome(now(get(`${url}0`)))).toEqual([404, 'malformed']);
  });

  it.each<[string, object]>([
    ['is no object', { 'auto-renewal': true }],
    ['is null', { 'auto-renewal': null }],
    ['has no end', { 'auto-renewal': { lifetime: 345_600 } }],
    ['has no lifetime', { 'auto-renewal': { 'end-date': asked['end-date'] } }],
    ['has a date that is none', { 'auto-renewal': { ...asked, 'end-date': 'soon' } }],
    ['has part of a second', { 'auto-renewal': { ...asked, lifetime: 345_600.5 } }],
    ['has too short a lifetime', { 'auto-renewal': { ...asked, lifetime: 86_399 } }],
    ['has no lifetime to speak of', { 'auto-renewal': { ...asked, lifetime: 0 } }],
    ['ends before it begins', { 'auto-renewal': { ...asked, 'start-date': future(21 * dayMs) } }],
    ['goes on for too long', { 'auto-renewal': { ...asked, 'end-date': future(400 * dayMs) } }],
    ['allows GET', { 'auto-renewal': { ...asked, 'allow-certificate-get': true } }],
    ['comes with notAfter', { 'auto-renewal': asked, notAfter: future(dayMs) }],
  ])('are refused where auto-renewal %s', (_what, members) => {
    expect(outcome(now(client().order(members)))).toEqual([400, 'malformed']);
  });

  it('are refused where nothing is renewed', () => {
    const { post, at } = accountClient(fakeCa());
    const refused = now(post(at('new-order'), { identifiers, 'auto-renewal': asked }));
    expect(outcome(refused)).toEqual([400, 'malformed']);
  });

  it('are ended only where there are some, and by nothing but status canceled', () => {
    const { order, post } = client();
    const { headers } = now(order({ 'auto-renewal': asked }));
    const url = headers['location'] ?? '';
    expect(outcome(now(post(url, { status: 'canceled' })))).toEqual([400, 'autoRenewalCancellationInvalid']);
    expect(outcome(now(post(url, { status: 'valid' })))).toEqual([400, 'malformed']);
    const plain = now(order({})).headers['location'] ?? '';
    expect(outcome(now(post(plain, { status: 'canceled' })))).toEqual([400, 'malformed']);
  });
});

describe('a list', () => {
  it.each(['?cursor=x', '?cursor=-1', '?page=2'])('has no page %s', (query) => {
    const { post, kid } = accountClient(fakeCa());
    const { orders } = now(post(kid)).json;
    expect(now(post(`${orders}${query}`)).status).toBeGreaterThanOrEqual(400);
  });

  it('leads on to its end, three at a time', () => {
    const { post, kid, order } = accountClient(fakeCa());
    const { orders } = now(post(kid)).json;
    for (const name of ['a.test', 'b.test', 'c.test', 'd.test']) order(name);
    const first = now(post(orders));
    expect(first.json.orders).toHaveLength(3);
    expect(first.headers['link']).toContain(`<${orders}?cursor=3>;rel="next"`);
    const second = now(post(`${orders}?cursor=3`));
    expect(second.json.orders).toHaveLength(1);
    expect(second.headers['link']).not.toContain('next');
  });
});
