import { concatMap, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  ancestorDomain,
  type Challenge,
  getAuthorization,
  getOrder,
  newOrder,
  obtainCertificate,
  respondToChallenge,
} from '../../lib/index.js';
import { newAuthorization } from '../../lib/resources/new-authorization.js';
import { fakeCa, recordingSolver, testAccount } from '../../lib/testing/index.js';
import { covers } from '../support/covers.js';
import { now } from '../testing/support/raw-client.js';
import { told } from './told.js';

covers('subdomains');

const identifiers = ['a.bar.example.org', 'b.example.org', 'elsewhere.test'];

describe('subdomains by authorization of their ancestor', () => {
  it('prove the ancestor once, and get a certificate for the names below it', () => {
    const solver = recordingSolver();
    const ca = fakeCa({ subdomains: true, solver });
    const account = testAccount(ca);
    const events = now(
      obtainCertificate(account, {
        identifiers,
        solvers: [solver],
        extensions: [ancestorDomain('example.org')],
      }).pipe(toArray()),
    );
    expect(events.map(told).filter((event) => event.startsWith('authorization-settled'))).toEqual([
      'authorization-settled example.org valid',
      'authorization-settled elsewhere.test valid',
    ]);
    const issued = events.at(-1);
    expect(issued).toMatchObject({
      type: 'certificate-issued',
      certificate: { leaf: { identifiers: identifiers.map((value) => ({ type: 'dns', value })) } },
    });
    const order = now(getOrder(account, issued?.orderUrl ?? ''));
    const [ancestor, other] = order.authorizations.map((url) => now(getAuthorization(account, url)));
    expect(ancestor).toMatchObject({ identifier: { value: 'example.org' }, subdomainAuthAllowed: true });
    expect(other).not.toHaveProperty('subdomainAuthAllowed');

    // What is proven is proven for every other name below it.
    expect(now(newOrder(account, { identifiers: ['c.d.example.org'] })).status).toBe('ready');
    expect(now(newOrder(account, { identifiers: ['example.org'] })).status).toBe('pending');
  });

  it('are good for the names below, where that was asked for ahead of any order', () => {
    const ca = fakeCa({ subdomains: true, preAuthorization: true });
    const account = testAccount(ca);
    const authorization = now(newAuthorization(account, 'example.org', { subdomainAuthAllowed: true }));
    expect(authorization).toMatchObject({ status: 'pending', subdomainAuthAllowed: true });
    now(respondToChallenge(account, authorization.challenges[0] as Challenge));
    expect(ca.history.requests.find(({ operation }) => operation === 'newAuthz')?.payload).toEqual({
      identifier: { type: 'dns', value: 'example.org', subdomainAuthAllowed: true },
    });
    expect(now(newOrder(account, { identifiers: ['a.example.org'] })).status).toBe('ready');
    const errors: unknown[] = [];
    newAuthorization(testAccount(fakeCa({ preAuthorization: true })), 'example.org', {
      subdomainAuthAllowed: true,
    }).subscribe({
      error: (error: unknown) => errors.push(error),
    });
    expect(errors).toMatchObject([{ code: 'unsupported' }]);
  });

  it('sends the ancestor with the names that are below it, and with no others', () => {
    const ca = fakeCa({ subdomains: true });
    const extensions = [ancestorDomain('bar.Example.org'), ancestorDomain('test')];
    now(newOrder(testAccount(ca), { identifiers, extensions }));
    expect(ca.history.requests.at(-1)?.payload).toEqual({
      identifiers: [
        { type: 'dns', value: 'a.bar.example.org', ancestorDomain: 'bar.example.org' },
        { type: 'dns', value: 'b.example.org' },
        { type: 'dns', value: 'elsewhere.test', ancestorDomain: 'test' },
      ],
    });
  });

  it('are not asked for where the server does not know of them', () => {
    const ca = fakeCa();
    const errors: unknown[] = [];
    obtainCertificate(testAccount(ca), {
      identifiers,
      solvers: [],
      extensions: [ancestorDomain('example.org')],
    }).subscribe({ error: (error: unknown) => errors.push(error) });
    expect(errors).toMatchObject([
      { code: 'unsupported', message: expect.stringContaining('subdomainAuthAllowed') as unknown },
    ]);
    expect(ca.history.count('newOrder')).toBe(0);
  });

  it('fail as a whole where the ancestor is not proven', () => {
    const ca = fakeCa({ subdomains: true, validation: { outcome: () => ({ type: 'unauthorized' }) } });
    const errors: unknown[] = [];
    testAccountOrder(ca).subscribe({ error: (error: unknown) => errors.push(error) });
    expect(errors).toMatchObject([{ code: 'authorization', failures: [{ identifier: { value: 'example.org' } }] }]);
  });

  it.each(['*.example.org', '', '192.0.2.1', 'exa mple'])('throws TypeError on the domain %j', (domain) => {
    expect(() => ancestorDomain(domain)).toThrow(TypeError);
  });
});

const testAccountOrder = (ca: ReturnType<typeof fakeCa>) =>
  obtainCertificate(testAccount(ca), {
    identifiers: ['a.example.org', 'b.example.org'],
    solvers: [recordingSolver()],
    extensions: [ancestorDomain('example.org')],
  }).pipe(concatMap(() => []));
