import { describe, expect, it } from 'vitest';
import { fakeCa } from '../../../lib/testing/index.js';
import { accountClient, now, outcome } from '../support/raw-client.js';

const dns = (value: unknown) => ({ identifier: { type: 'dns', value } });

describe('newAuthz', () => {
  it('is in the directory only where it is offered', () => {
    const plain = accountClient(fakeCa());
    expect(now(plain.get(plain.at('directory'))).json).not.toHaveProperty('newAuthz');
    const { get, at } = accountClient(fakeCa({ preAuthorization: true }));
    expect(now(get(at('directory'))).json.newAuthz).toBe(at('new-authz'));
  });

  it('makes an authorization that orders use once it is valid, and not before', () => {
    const { post, at, order, prove } = accountClient(fakeCa({ preAuthorization: true }));
    const { status, headers, json } = now(post(at('new-authz'), dns('a.test')));
    expect([status, json.status]).toEqual([201, 'pending']);
    const url = headers['location'] ?? '';
    expect(order('a.test').authorizations).not.toContain(url);
    prove({ authorizations: [url] } as never, 'http-01');
    expect(order('a.test')).toMatchObject({ status: 'ready', authorizations: [url] });
    expect(order('*.a.test').authorizations).not.toContain(url);
    expect(order('b.a.test').authorizations).not.toContain(url);
  });

  it.each<[string, object, string]>([
    ['a wildcard', dns('*.a.test'), 'malformed'],
    ['no identifier', {}, 'malformed'],
    ['a name that is none', dns('a..test'), 'malformed'],
    ['another type', { identifier: { type: 'email', value: 'a@b.test' } }, 'unsupportedIdentifier'],
    ['a refused name', dns('no.test'), 'rejectedIdentifier'],
    ['an odd wish', { identifier: { type: 'dns', value: 'a.test', subdomainAuthAllowed: 'yes' } }, 'malformed'],
  ])('is refused for %s', (_what, payload, problem) => {
    const ca = fakeCa({
      preAuthorization: true,
      refuseIdentifier: ({ value }) => (value === 'no.test' ? { type: 'rejectedIdentifier' } : undefined),
    });
    const { post, at } = accountClient(ca);
    expect(outcome(now(post(at('new-authz'), payload)))[1]).toBe(problem);
  });

  it('is good for subdomains where both sides want that', () => {
    const { post, at, order, prove } = accountClient(fakeCa({ preAuthorization: true, subdomains: true }));
    const wish = { identifier: { type: 'dns', value: 'a.test', subdomainAuthAllowed: true } };
    const { headers, json } = now(post(at('new-authz'), wish));
    expect(json.subdomainAuthAllowed).toBe(true);
    const url = headers['location'] ?? '';
    prove({ authorizations: [url] } as never, 'http-01');
    expect(order('b.a.test')).toMatchObject({ status: 'ready', authorizations: [url] });
  });
});

describe('a failed challenge of a CA that would try again', () => {
  it('stays pending with the error until it succeeds', () => {
    let failures = 0;
    const outcomeOnce = () => (failures++ === 0 ? { type: 'dns', detail: 'not yet' } : undefined);
    const ca = fakeCa({ failedChallenges: 'pending', validation: { outcome: outcomeOnce } });
    const { order, prove, post } = accountClient(ca);
    const made = order('a.test');
    expect(prove(made, 'http-01')[0]?.json).toMatchObject({ status: 'pending', error: { detail: 'not yet' } });
    expect(now(post(made.url)).json.status).toBe('pending');
    const [second] = prove(made, 'http-01');
    expect(second?.json.status).toBe('valid');
    expect(second?.json).not.toHaveProperty('error');
    expect(now(post(made.url)).json.status).toBe('ready');
  });
});

describe('profiles', () => {
  const ca = () => fakeCa({ profiles: { long: 'ninety days', short: 'six days' } });
  const identifiers = [{ type: 'dns', value: 'a.test' }];

  it('are in the directory, and the first is taken where none is asked for', () => {
    const { get, post, at } = accountClient(ca());
    expect(now(get(at('directory'))).json.meta.profiles).toEqual({ long: 'ninety days', short: 'six days' });
    expect(now(post(at('new-order'), { identifiers })).json.profile).toBe('long');
    expect(now(post(at('new-order'), { identifiers, profile: 'short' })).json.profile).toBe('short');
  });

  it.each(['medium', 7, null, 'toString'])('refuse %j', (profile) => {
    const { post, at } = accountClient(ca());
    expect(outcome(now(post(at('new-order'), { identifiers, profile })))).toEqual([400, 'invalidProfile']);
  });
});
