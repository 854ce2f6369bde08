import { from, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  AcmeProblemError,
  getAuthorization,
  newOrder,
  obtainCertificate,
  respondToChallenge,
} from '../../../lib/index.js';
import { encodeBase64url } from '../../../lib/codec/base64url.js';
import {
  fakeCa,
  recordingSolver,
  synchronousCertificateKey,
  synchronousDigest,
  testAccount,
} from '../../../lib/testing/index.js';
import { completed, errorOf, virtualTime } from '../../support/virtual-time.js';
import { accountClient, csrFor, now, outcome } from '../support/raw-client.js';

const sorted = (value: object) => Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
const types = ({ challenges }: { challenges: readonly { type: string }[] }) => challenges.map(({ type }) => type);

describe('an order', () => {
  it('has one authorization for each name, in the order of the names, and none twice', () => {
    const { order, post } = accountClient(fakeCa());
    const made = order('b.test', 'a.test', 'B.test');
    expect(made).toMatchObject({
      status: 'pending',
      identifiers: [
        { type: 'dns', value: 'b.test' },
        { type: 'dns', value: 'a.test' },
      ],
      finalize: expect.stringContaining('https://ca.test/finalize/'),
    });
    expect(made.authorizations.map((url) => now(post(url)).json.identifier.value)).toEqual(['b.test', 'a.test']);
  });

  it.each<[string, unknown, string]>([
    ['no identifiers', undefined, 'malformed'],
    ['an empty list', [], 'malformed'],
    ['null', [null], 'malformed'],
    ['text', ['example.org'], 'malformed'],
    ['a value that is a number', [{ type: 'dns', value: 7 }], 'malformed'],
    ['a name that is none', [{ type: 'dns', value: 'a..b' }], 'malformed'],
    ['a name that is no A-label', [{ type: 'dns', value: 'ä.test' }], 'malformed'],
    ['an address that is none', [{ type: 'ip', value: '1.2.3' }], 'malformed'],
    ['a name that ends in a dot', [{ type: 'dns', value: 'a.test.' }], 'malformed'],
    ['an address as a name', [{ type: 'dns', value: '192.0.2.1' }], 'malformed'],
    ['an address in another form', [{ type: 'ip', value: '2001:DB8:0::1' }], 'malformed'],
    ['a wildcard of an address', [{ type: 'ip', value: '*.192.0.2.1' }], 'malformed'],
    ['another type', [{ type: 'email', value: 'a@example.org' }], 'unsupportedIdentifier'],
  ])('is refused for %s', (_, identifiers, problem) => {
    const { post, at } = accountClient(fakeCa());
    expect(outcome(now(post(at('new-order'), { identifiers })))).toEqual([400, problem]);
  });

  it('says what was asked for beyond names', () => {
    const { post, at } = accountClient(fakeCa());
    const asked = { notAfter: '2027-01-01T00:00:00Z', profile: 'short' };
    const { json } = now(post(at('new-order'), { identifiers: [{ type: 'dns', value: 'a.test' }], ...asked, odd: 1 }));
    expect(json).toMatchObject(asked);
    expect(json).not.toHaveProperty('odd');
  });

  it('is invalid once one of its authorizations is', () => {
    const { order, post, prove } = accountClient(fakeCa());
    const made = order('a.test', 'b.test');
    expect(now(post(made.authorizations[0] ?? '', { status: 'deactivated' })).json.status).toBe('deactivated');
    expect(now(post(made.url)).json.status).toBe('invalid');
    expect(outcome(prove(made)[0] as never)).toEqual([400, 'malformed']);
    expect(outcome(now(post(made.authorizations[1] ?? '', { status: 'valid' })))).toEqual([400, 'malformed']);
  });

  it('is refused for a validity that no certificate has', () => {
    const { post, at } = accountClient(fakeCa({ clock: { now: () => Date.UTC(2026, 0, 1) } }));
    const identifiers = [{ type: 'dns', value: 'a.test' }];
    const asked = (validity: object) => outcome(now(post(at('new-order'), { identifiers, ...validity })));
    for (const validity of [
      { notBefore: 'tomorrow' },
      { notAfter: '2026-02-30T00:00:00Z' },
      { notAfter: '2025-12-31T23:59:59Z' },
      { notBefore: '2026-02-01T00:00:00Z', notAfter: '2026-02-01T01:00:00+01:00' },
    ])
      expect([validity, ...asked(validity)]).toEqual([validity, 400, 'malformed']);
    expect(asked({ notAfter: '2026-02-01T00:00:00.5+01:00' })).toEqual([201, undefined]);
  });

  it('and its authorizations are over when their time is', () => {
    let at = 0;
    const ca = fakeCa({ clock: { now: () => at }, pendingMs: 1_000, reuseAuthorizations: true, reuseOrders: true });
    const { order, post, prove } = accountClient(ca);
    const [open, ready] = [order('a.test'), order('b.test')];
    prove(ready);
    const [challenge] = now(post(open.authorizations[0] ?? '')).json.challenges;
    at = 999;
    expect([open, ready].map(({ url }) => now(post(url)).json.status)).toEqual(['pending', 'ready']);
    expect(order('b.test', 'c.test').expires).toBe(new Date(1_000).toISOString());
    at = 1_000;
    expect([open, ready].map(({ url }) => now(post(url)).json.status)).toEqual(['invalid', 'invalid']);
    expect([open, ready].map(({ authorizations: [url = ''] }) => now(post(url)).json.status)).toEqual([
      'expired',
      'expired',
    ]);
    expect(outcome(now(post(challenge.url, {})))).toEqual([400, 'malformed']);
    expect(outcome(now(post(open.authorizations[0] ?? '', { status: 'deactivated' })))).toEqual([400, 'malformed']);
    expect(outcome(now(post(ready.finalize, csrFor(['b.test']))))).toEqual([403, 'orderNotReady']);
    expect(order('b.test')).toMatchObject({ status: 'pending', expires: new Date(2_000).toISOString() });
  });

  it('has authorizations that can be deactivated twice, but not when they are invalid', () => {
    const { order, post, prove } = accountClient(fakeCa({ validation: { outcome: () => ({ type: 'caa' }) } }));
    const made = order('a.test', 'b.test');
    const [failed = '', open = ''] = made.authorizations;
    prove({ ...made, authorizations: [failed] });
    const status = 'deactivated';
    expect(outcome(now(post(failed, { status })))).toEqual([400, 'malformed']);
    expect(now(post(failed)).json.status).toBe('invalid');
    expect([post(open, { status }), post(open, { status })].map((each) => now(each).json.status)).toEqual([
      status,
      status,
    ]);
  });

  describe('for names that are not issued for', () => {
    const ca = () =>
      fakeCa({
        refuseIdentifier: ({ value }) =>
          value.endsWith('.bad') ? { type: 'rejectedIdentifier', detail: `not ${value}`, retryAfter: '7' } : undefined,
      });

    it('is refused with a subproblem for each of them', () => {
      const account = testAccount(ca());
      const error = errorOf2(newOrder(account, { identifiers: ['a.bad', 'fine.test', 'b.bad'] }));
      expect(error.problem.type).toBe('urn:ietf:params:acme:error:compound');
      expect(error.problem.subproblems.map(({ type, detail, identifier }) => [type, detail, identifier])).toEqual([
        ['urn:ietf:params:acme:error:rejectedIdentifier', 'not a.bad', { type: 'dns', value: 'a.bad' }],
        ['urn:ietf:params:acme:error:rejectedIdentifier', 'not b.bad', { type: 'dns', value: 'b.bad' }],
      ]);
    });

    it('is refused with the problem itself where it is one', () => {
      const { post, at } = accountClient(ca());
      const answer = now(post(at('new-order'), { identifiers: [{ type: 'dns', value: 'a.bad' }] }));
      expect(outcome(answer)).toEqual([403, 'rejectedIdentifier']);
      expect(answer.json.subproblems).toEqual([
        {
          type: 'urn:ietf:params:acme:error:rejectedIdentifier',
          detail: 'not a.bad',
          identifier: { type: 'dns', value: 'a.bad' },
        },
      ]);
    });

    const errorOf2 = (source: ReturnType<typeof newOrder>) =>
      virtualTime((time) => {
        const error = errorOf(time, source);
        expect(error).toBeInstanceOf(AcmeProblemError);
        return error as AcmeProblemError;
      });
  });
});

describe('what is offered', () => {
  it.each([
    ['example.org', false, ['http-01', 'dns-01', 'tls-alpn-01', 'dns-persist-01', 'unknown-01']],
    ['*.example.org', true, ['dns-01', 'dns-persist-01', 'unknown-01']],
    ['192.0.2.1', false, ['http-01', 'tls-alpn-01', 'unknown-01']],
    ['2001:db8::1', false, ['http-01', 'tls-alpn-01', 'unknown-01']],
  ])('for %s fits it', (name, wildcard, expected) => {
    const { order, post } = accountClient(fakeCa());
    const { json } = now(post(order(name).authorizations[0] ?? ''));
    expect(types(json)).toEqual(expected);
    expect(json.identifier.value).toBe(name.replace('*.', ''));
    expect(json.wildcard ?? false).toBe(wildcard);
  });

  it('is what the options say', () => {
    const { order, post } = accountClient(
      fakeCa({ challengeTypes: ({ value }, wildcard) => [wildcard ? 'wild-01' : `${value}-01`] }),
    );
    const seen = order('a.test', '*.a.test').authorizations.map((url) => types(now(post(url)).json));
    expect(seen).toEqual([['a.test-01'], ['wild-01']]);
  });

  it('has a token of its own in each challenge, but for the type that has none', () => {
    const { order, post } = accountClient(fakeCa());
    const challenges: { type: string; token?: string }[] = order('a.test', 'b.test').authorizations.flatMap(
      (url) => now(post(url)).json.challenges,
    );
    const tokens = challenges.flatMap(({ token }) => token ?? []);
    expect(new Set(tokens).size).toBe(8);
    expect(challenges.filter(({ token }) => token === undefined)).toEqual(
      Array(2).fill({
        type: 'dns-persist-01',
        url: expect.any(String),
        status: 'pending',
        'issuer-domain-names': ['ca.test'],
      }),
    );
  });

  it.each(['http-01', 'dns-01', 'tls-alpn-01', 'unknown-01', 'dns-persist-01'])('can be proven by %s', (type) => {
    const { order, post, prove } = accountClient(fakeCa());
    const made = order('example.org');
    const [answer] = prove(made, type);
    expect(answer).toMatchObject({ status: 200, json: { type, status: 'valid', validated: expect.any(String) } });
    expect(answer?.headers['link']).toContain(`<${made.authorizations[0]}>;rel="up"`);
    expect(now(post(made.authorizations[0] ?? '')).json.status).toBe('valid');
    expect(now(post(made.url)).json.status).toBe('ready');
  });
});

describe('validation', () => {
  it('asks a solver whether it presents the answer, where there is one', () =>
    virtualTime((time) => {
      const solver = recordingSolver();
      const ca = fakeCa({ scheduler: time.scheduler, solver });
      const account = testAccount(ca, { scheduler: time.scheduler });
      const request = { identifiers: ['example.org', '192.0.2.1'], solvers: [solver] };
      expect(completed(time, obtainCertificate(account, request))).toMatchObject({ isComplete: true });
      expect(errorOf(time, obtainCertificate(account, { ...request, solvers: [recordingSolver()] }))).toMatchObject({
        code: 'authorization',
        failures: [{ problem: { type: 'urn:ietf:params:acme:error:connection' } }, {}],
      });
      const byDns = { identifiers: ['*.example.org'], solvers: [recordingSolver({ types: ['dns-01'] })] };
      expect(errorOf(time, obtainCertificate(account, byDns))).toMatchObject({
        failures: [{ problem: { type: 'urn:ietf:params:acme:error:dns' } }],
      });
    }));

  it('looks again when it ends: what was withdrawn meanwhile proves nothing', () =>
    virtualTime((time) => {
      const solver = recordingSolver();
      const ca = fakeCa({ scheduler: time.scheduler, solver, validation: { delayMs: 1_000 } });
      const account = testAccount(ca, { scheduler: time.scheduler });
      const order = now(newOrder(account, { identifiers: ['a.test'] }));
      const { challenges } = now(getAuthorization(account, order.authorizations[0] ?? ''));
      const [challenge] = challenges;
      if (challenge === undefined) throw new Error('no challenge');
      const thumbprint = encodeBase64url(
        now(synchronousDigest(new TextEncoder().encode(JSON.stringify(sorted(account.signer.publicJwk)))) as never),
      );
      const task = { type: challenge.type, challenge, keyAuthorization: `${challenge.token}.${thumbprint}` } as never;
      now(from(solver.present(task)).pipe(toArray()));
      expect(now(respondToChallenge(account, challenge)).status).toBe('processing');
      now(from(solver.cleanUp(task)).pipe(toArray()));
      time.flush();
      expect(now(getAuthorization(account, order.authorizations[0] ?? '')).status).toBe('invalid');
    }));

  it.each([
    ['http-01', 'a.test', 'connection', 'unauthorized'],
    ['tls-alpn-01', 'a.test', 'connection', 'unauthorized'],
    ['dns-01', 'a.test', 'dns', 'unauthorized'],
  ])('by %s tells nothing from something else', (type, name, nothing, somethingElse) => {
    const solver = recordingSolver();
    const { order, prove } = accountClient(fakeCa({ solver }));
    const problemOf = () => prove(order(name), type)[0]?.json.error.type.split(':').at(-1);
    expect(problemOf()).toBe(nothing);
    const identifier = { type: 'dns', value: name };
    now(
      from(solver.present({ type, identifier, challenge: { url: 'x' }, keyAuthorization: 'x' } as never)).pipe(
        toArray(),
      ),
    );
    expect(problemOf()).toBe(somethingElse);
  });

  it('refuses a solver that presents the answer of another account', () => {
    const solver = recordingSolver();
    const ca = fakeCa({ solver });
    const account = testAccount(ca);
    const order = now(newOrder(account, { identifiers: ['a.test'] }));
    const { challenges } = now(getAuthorization(account, order.authorizations[0] ?? ''));
    const [challenge] = challenges;
    if (challenge === undefined) throw new Error('no challenge');
    solver.present({ type: challenge.type, challenge, keyAuthorization: `${challenge.token}.another` } as never);
    expect(now(respondToChallenge(account, challenge)).status).toBe('invalid');
  });

  it('knows what it is about, and what it says is in the challenge', () => {
    const seen: unknown[] = [];
    const outcomeOf = (about: unknown) => {
      seen.push(about);
      return { type: 'caa', detail: 'CAA forbids it' };
    };
    const { order, prove, post } = accountClient(fakeCa({ validation: { outcome: outcomeOf } }));
    const made = order('*.example.org');
    expect(prove(made, 'dns-01').map(({ json }) => [json.status, json.error])).toEqual([
      ['invalid', { type: 'urn:ietf:params:acme:error:caa', detail: 'CAA forbids it' }],
    ]);
    expect(seen).toEqual([
      {
        identifier: { type: 'dns', value: 'example.org' },
        wildcard: true,
        type: 'dns-01',
        token: 'token-1-for-dns-01',
        keyAuthorization: expect.stringMatching(/^token-1-for-dns-01\.[\w-]{43}$/),
        thumbprint: expect.stringMatching(/^[\w-]{43}$/),
        response: {},
      },
    ]);
    expect(now(post(made.url)).json.status).toBe('invalid');
  });

  it('has other types of identifier, and members of challenges, where it is told to', () => {
    const challengeMembers = (type: string, { value }: { value: string }) => ({ from: `${type}@${value}` });
    const options = {
      identifierTypes: ['custom'],
      challengeTypes: () => ['onion-csr-01', 'custom-01'],
      challengeMembers,
    };
    const { post } = accountClient(fakeCa(options));
    const identifiers = [{ type: 'custom', value: 'a value' }];
    const { authorizations } = now(post('https://ca.test/new-order', { identifiers })).json;
    const { challenges, identifier } = now(post(authorizations[0])).json;
    expect(identifier).toEqual({ type: 'custom', value: 'a value' });
    expect(challenges).toMatchObject([{ from: 'onion-csr-01@a value' }, { from: 'custom-01@a value' }]);
    expect(challenges.map((each: object) => 'token' in each)).toEqual([false, true]);
  });

  it.each([undefined, 0])('fails where what decides it breaks (delayMs: %s)', (delayMs) =>
    virtualTime((time) => {
      const ca = fakeCa({
        scheduler: time.scheduler,
        validation: {
          delayMs,
          outcome: () => {
            throw new Error('a slip in the test');
          },
        },
      });
      const { order, prove, post } = accountClient(ca);
      const made = order('example.org');
      prove(made);
      time.flush();
      const { challenges, status } = now(post(made.authorizations[0] ?? '')).json;
      expect([status, challenges[0].error]).toEqual([
        'invalid',
        { type: 'urn:ietf:params:acme:error:serverInternal', detail: 'a slip in the test' },
      ]);
    }),
  );
});

describe('what was proven', () => {
  it('is used again where the options say so, by the same account, for the same name and kind of name', () => {
    const ca = fakeCa({ reuseAuthorizations: true });
    const { order, prove, post, kid } = accountClient(ca);
    const first = order('a.test');
    expect(order('a.test').status).toBe('pending');
    prove(first);
    const second = order('a.test', 'b.test', '*.a.test');
    expect(second.authorizations[0]).toBe(first.authorizations[0]);
    expect(second.authorizations.map((url) => now(post(url)).json.status)).toEqual(['valid', 'pending', 'pending']);
    expect(order('a.test').status).toBe('ready');
    now(post(first.authorizations[0] ?? '', { status: 'deactivated' }));
    expect(order('a.test').status).toBe('pending');
    expect(kid).not.toBe('');
  });

  it('is proven anew otherwise', () => {
    const { order, prove } = accountClient(fakeCa());
    prove(order('a.test'));
    expect(order('a.test').status).toBe('pending');
  });

  it('saves the requests for it', () =>
    virtualTime((time) => {
      const ca = fakeCa({ scheduler: time.scheduler, reuseAuthorizations: true });
      const account = testAccount(ca, { scheduler: time.scheduler });
      const request = { identifiers: ['a.test'], solvers: [recordingSolver()] };
      for (const challenges of [1, 1]) {
        expect(completed(time, obtainCertificate(account, request)).isComplete).toBe(true);
        expect(ca.history.count('challenge')).toBe(challenges);
      }
    }));

  it('stays while an order that uses it is remembered', () => {
    const ca = fakeCa({ reuseAuthorizations: true });
    const { order, prove, post } = accountClient(ca);
    const first = order('a.test');
    prove(first);
    const csr = csrFor(['a.test']);
    now(post(first.finalize, csr));
    for (let index = 0; index < 1_000; index++) now(post(order('a.test').finalize, csr));
    expect(outcome(now(post(first.url)))).toEqual([404, 'malformed']);
    expect(now(post(first.authorizations[0] ?? '')).json.status).toBe('valid');
    expect(order('a.test').status).toBe('ready');
  });
});

describe('an order that is there already', () => {
  it('is the answer to newOrder where the options say so, unless it is invalid', () => {
    const { order, prove, post } = accountClient(fakeCa({ reuseOrders: true }));
    const first = order('a.test', 'b.test');
    expect(order('b.test', 'a.test').url).toBe(first.url);
    expect(order('a.test').url).not.toBe(first.url);
    prove(first);
    now(post(first.finalize, csrFor(['a.test', 'b.test'])));
    expect(order('a.test', 'b.test')).toMatchObject({
      url: first.url,
      status: 'valid',
      certificate: expect.any(String),
    });
    const failed = order('c.test');
    now(post(failed.authorizations[0] ?? '', { status: 'deactivated' }));
    expect(order('c.test').url).not.toBe(failed.url);
  });

  it('and valid gives its certificate at once', () =>
    virtualTime((time) => {
      const ca = fakeCa({ scheduler: time.scheduler, reuseOrders: true });
      const account = testAccount(ca, { scheduler: time.scheduler });
      const key = synchronousCertificateKey();
      const request = { identifiers: ['a.test'], solvers: [recordingSolver()], key };
      const issue = () => completed(time, obtainCertificate(account, request));
      expect(issue().isComplete).toBe(true);
      const { values } = issue();
      expect(values.map(({ type }) => type)).toEqual(['order-created', 'certificate-issued']);
      expect(ca.history.counts).toMatchObject({ newOrder: 2, finalize: 1, certificate: 2 });
    }));
});
