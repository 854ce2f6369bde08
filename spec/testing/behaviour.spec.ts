import { concatMap, defer, map, repeat } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  AcmeBadNonceError,
  AcmeProblemError,
  AcmeProtocolError,
  AcmeRateLimitedError,
  AcmeTransportError,
  getAccount,
  getDirectory,
  getOrder,
  newOrder,
  obtainCertificate,
  type RetryPolicy,
  retryWhenAllowed,
  toCertificate,
} from '../../lib/index.js';
import {
  type Behaviour,
  fakeCa,
  type FakeCaOptions,
  offsetClock,
  recordingSolver,
  testAccount,
  testSession,
  virtualTime as testing,
} from '../../lib/testing/index.js';
import { completed, errorOf, virtualTime, type VirtualTime } from '../support/virtual-time.js';
import { accountClient, now } from './support/raw-client.js';

/** Nothing is sent again, so that each answer is seen. */
const once: RetryPolicy = () => undefined;
const request = { identifiers: ['example.org'], solvers: [recordingSolver()] };

/** An account of a CA in virtual time. */
function bench({ scheduler }: VirtualTime, { retry, ...options }: FakeCaOptions & { retry?: RetryPolicy } = {}) {
  const ca = fakeCa({ scheduler, ...options });
  const account = testAccount(ca, { scheduler, clock: options.clock, retry });
  return { ca, account, certificate$: obtainCertificate(account, request).pipe(toCertificate()) };
}

/** What a CA did with requests of an operation. */
const outcomes = ({ history }: ReturnType<typeof fakeCa>, operation: string) =>
  history.requests
    .filter((each) => each.operation === operation)
    .map(({ outcome, status, problemType }) => problemType?.split(':').at(-1) ?? status ?? outcome);

describe('bad nonces', () => {
  it.each([1, 2, 3, 7])('every %i. signed request: as many are refused, and the order still comes through', (every) =>
    virtualTime((time) => {
      const { ca, certificate$ } = bench(time, { badNonceEvery: every });
      const { error, isComplete } = completed(time, certificate$);
      const posts = ca.history.requests.filter(({ method }) => method === 'POST');
      const refused = posts.filter(({ problemType }) => problemType?.endsWith('badNonce'));
      expect(refused).toHaveLength(Math.floor(posts.length / every));
      expect(every === 1 ? error : isComplete).toEqual(every === 1 ? expect.any(AcmeBadNonceError) : true);
    }),
  );

  it('a burst', () =>
    virtualTime((time) => {
      const { ca, certificate$ } = bench(time);
      for (let index = 0; index < 4; index++) ca.failNext('newOrder', { type: 'badNonce' });
      expect(completed(time, certificate$).isComplete).toBe(true);
      expect(outcomes(ca, 'newOrder')).toEqual(['badNonce', 'badNonce', 'badNonce', 'badNonce', 201]);
    }));

  it('all, until the script ends', () =>
    virtualTime((time) => {
      const { ca, certificate$ } = bench(time);
      const end = ca.script('newOrder', { problem: { type: 'badNonce' } }, 'always');
      time.scheduler.schedule(end, 500);
      expect(completed(time, certificate$).isComplete).toBe(true);
      const seen = outcomes(ca, 'newOrder');
      expect(seen.length).toBeGreaterThan(2);
      expect(seen.indexOf(201)).toBe(seen.length - 1);
      end();
      ca.verify();
    }));

  it('of a server that was started again', () =>
    virtualTime((time) => {
      const { ca, account } = bench(time);
      completed(time, getAccount(account));
      ca.forgetNonces();
      expect(completed(time, getAccount(account)).isComplete).toBe(true);
      expect(outcomes(ca, 'account')).toEqual([200, 'badNonce', 200]);
    }));

  it('in a row bring a new nonce each, and none of them is taken twice', () =>
    virtualTime((time) => {
      const { ca, certificate$ } = bench(time, { badNonceEvery: 2 });
      completed(time, certificate$);
      const nonces = ca.history.requests.flatMap(({ nonce }) => nonce ?? []);
      expect(new Set(nonces).size).toBe(nonces.length);
    }));
});

describe('refusals', () => {
  it('come in the order in which they were asked for, one for each request, and do nothing', () =>
    virtualTime((time) => {
      const { ca, account } = bench(time);
      ca.failNext('newOrder', { type: 'malformed', detail: 'first' });
      ca.failNext('newOrder', { type: 'rateLimited', detail: 'second' });
      const order$ = defer(() => newOrder(account, request));
      expect([errorOf(time, order$), errorOf(time, order$)]).toMatchObject([
        { status: 400, problem: { detail: 'first' } },
        { status: 429, problem: { detail: 'second' } },
      ]);
      const { post, kid } = accountClient(ca);
      expect(now(post(kid.replace('account', 'orders'))).json.orders).toEqual([]);
      expect(completed(time, order$).values).toHaveLength(1);
      ca.verify();
    }));

  it.each<[string, number]>([
    ['accountDoesNotExist', 400],
    ['alreadyReplaced', 409],
    ['badCSR', 400],
    ['externalAccountRequired', 403],
    ['orderNotReady', 403],
    ['rateLimited', 429],
    ['rejectedIdentifier', 403],
    ['serverInternal', 500],
    ['unauthorized', 403],
    ['userActionRequired', 403],
    ['invented', 400],
    ['https://example.org/problem', 400],
    ['about:blank', 400],
  ])('of type %s have status %i unless they say another', (type, status) =>
    virtualTime((time) => {
      const { ca, account } = bench(time, { retry: once });
      ca.failNext('account', { type, title: 'T', instance: 'https://ca.test/docs', more: { odd: [1] } });
      ca.failNext('account', { type, status: 418, detail: 'D', headers: { 'x-more': 'yes' } });
      const [first, second] = [
        errorOf(time, getAccount(account)),
        errorOf(time, getAccount(account)),
      ] as AcmeProblemError[];
      const full = type.includes(':') ? type : `urn:ietf:params:acme:error:${type}`;
      expect(first).toMatchObject({
        status,
        problem: { type: full, title: 'T', instance: 'https://ca.test/docs', raw: { odd: [1] } },
      });
      expect(second).toMatchObject({ status: 418, problem: { type: full, detail: 'D' }, headers: { 'x-more': 'yes' } });
    }),
  );

  /** The last column: when a certificate is there, for who waits. After a closed gate, requests are 100 ms apart at first. */
  it.each<[string, object, number?, number?]>([
    ['429 in seconds', { type: 'rateLimited', retryAfter: '3600' }, 3_600_000, 3_600_000],
    ['429 as a date', { type: 'rateLimited', retryAfter: 'Thu, 01 Jan 2026 02:00:00 GMT' }, 7_200_000, 7_200_000],
    ['429 without', { type: 'rateLimited' }],
    ['503 in seconds', { type: 'about:blank', status: 503, retryAfter: '61' }, 61_000, 61_100],
    [
      '503 as a date',
      { type: 'about:blank', status: 503, retryAfter: 'Thu, 01 Jan 2026 00:01:01 GMT' },
      61_000,
      61_100,
    ],
  ])('limit the rate: %s', (_, problem, retryAfterMs, expectedMs) =>
    testing(({ scheduler, clock, flush }) => {
      const ca = fakeCa({ scheduler, clock });
      // A session each: the gate that a limit closes is one session's.
      const account = () => testAccount(ca, { scheduler, clock });
      ca.failNext('newOrder', problem as never);
      ca.failNext('newOrder', problem as never);
      let error: unknown;
      newOrder(account(), request).subscribe({ error: (each: unknown) => (error = each) });
      expect(error).toBeInstanceOf(AcmeRateLimitedError);
      expect((error as AcmeRateLimitedError).retryAfterMs).toBe(retryAfterMs);
      if (retryAfterMs === undefined) return;
      let issuedAtMs: number | undefined;
      obtainCertificate(account(), request)
        .pipe(retryWhenAllowed({ maxWaitMs: retryAfterMs, scheduler }), toCertificate())
        .subscribe(() => (issuedAtMs = scheduler.now()));
      flush();
      expect(issuedAtMs).toBe(expectedMs);
    }),
  );

  it('link to the directory as every answer does, and keep what else they link to', () => {
    const ca = fakeCa();
    const { post, kid } = accountClient(ca);
    ca.failNext('account', { type: 'malformed' });
    ca.failNext('account', { type: 'rateLimited', headers: { link: '<https://ca.test/docs>;rel="help"' } });
    const index = '<https://ca.test/directory>;rel="index"';
    expect([now(post(kid)), now(post(kid))].map(({ headers }) => headers['link'])).toEqual([
      index,
      `${index}, <https://ca.test/docs>;rel="help"`,
    ]);
  });

  it('503 without a wait is no rate limit', () =>
    virtualTime((time) => {
      const { ca, account } = bench(time, { retry: once });
      ca.failNext('newOrder', { type: 'about:blank', status: 503 });
      const error = errorOf(time, newOrder(account, request));
      expect([error instanceof AcmeProblemError, error instanceof AcmeRateLimitedError]).toEqual([true, false]);
    }));
});

describe('which requests', () => {
  const statuses = (when: never, times = 6) =>
    virtualTime((time) => {
      const { ca, account } = bench(time);
      const end = ca.script('account', { answer: { status: 418 } }, when);
      const read = () => {
        completed(time, getAccount(account));
      };
      for (let index = 0; index < times; index++) read();
      end();
      read();
      return outcomes(ca, 'account');
    });

  it.each<[string, unknown, number[]]>([
    ['the next', 'next', [418, 200, 200, 200, 200, 200, 200]],
    ['always', 'always', [418, 418, 418, 418, 418, 418, 200]],
    ['every second', { every: 2 }, [200, 418, 200, 418, 200, 418, 200]],
    ['those picked', (occurrence: number) => occurrence > 4, [200, 200, 200, 200, 418, 418, 200]],
  ])('%s', (_, when, expected) => {
    expect(statuses(when as never)).toEqual(expected);
  });

  it('of all operations, or of one, and the next only once', () =>
    virtualTime((time) => {
      const { ca, account } = bench(time);
      ca.script('*', { answer: { status: 418 } });
      ca.script('account', { answer: { status: 419 } });
      expect(errorOf(time, getDirectory(account.session))).toMatchObject({ status: 418 });
      expect(errorOf(time, getAccount(account))).toMatchObject({ status: 419 });
      expect(completed(time, getAccount(account)).isComplete).toBe(true);
    }));

  it('several scripts add up', () =>
    virtualTime((time) => {
      const { ca, account } = bench(time, { latencyMs: 5 });
      ca.script('account', { delayMs: 10 }, 'always');
      ca.script('account', { delayMs: 100 });
      ca.script('account', { edit: (json) => ({ ...json, status: 'revoked' }) }, 'always');
      completed(time, getDirectory(account.session));
      const { values } = completed(time, getAccount(account));
      expect(values).toMatchObject([{ status: 'revoked' }]);
      const [seen] = ca.history.requests.filter(({ operation }) => operation === 'account');
      expect((seen?.endedAtMs ?? 0) - (seen?.startedAtMs ?? 0)).toBe(115);
    }));
});

describe('answers that never come', () => {
  it.each<['before' | 'after', number]>([
    ['before', 0],
    ['after', 1],
  ])('%s the request was carried out', (never, orders) =>
    virtualTime((time) => {
      const { ca, account } = bench(time, { pageLength: 10 });
      ca.script('newOrder', { never }, 'always');
      expect(errorOf(time, newOrder(account, request))).toBeInstanceOf(AcmeTransportError);
      expect(new Set(outcomes(ca, 'newOrder'))).toEqual(new Set(['cancelled']));
      expect([ca.history.count('newOrder'), ordersOf(ca)]).toEqual([5, 5 * orders]);
    }),
  );

  it.each<'before' | 'after' | 'middle'>(['before', 'after', 'middle'])('a connection that breaks: %s', (lost) =>
    virtualTime((time) => {
      const { ca, certificate$ } = bench(time);
      for (const operation of ['newOrder', 'authorization', 'finalize', 'certificate']) ca.script(operation, { lost });
      expect(completed(time, certificate$).isComplete).toBe(true);
      expect(outcomes(ca, 'newOrder')).toEqual(['lost', 201]);
      expect(outcomes(ca, 'certificate')).toEqual(['lost', 200]);
      expect(ordersOf(ca)).toBe(lost === 'before' ? 1 : 2);
      ca.verify();
    }),
  );

  /** How many orders were made, as far as one page tells it. */
  const ordersOf = (ca: ReturnType<typeof fakeCa>): number => {
    const { post, kid } = accountClient(ca);
    return now(post(kid.replace('account', 'orders'))).json.orders.length;
  };
});

describe('something else instead', () => {
  it('HTML, without a nonce', () =>
    virtualTime((time) => {
      const { ca, account } = bench(time);
      const html = { status: 200, body: '<html>', headers: { 'content-type': 'text/html' } };
      ca.script('order', { answer: html });
      const { values } = completed(time, newOrder(account, request));
      expect(errorOf(time, getOrder(account, values[0]?.url ?? ''))).toBeInstanceOf(AcmeProtocolError);
      ca.script('newOrder', { answer: { ...html, status: 502 } }, 'always');
      const error = errorOf(time, newOrder(account, request));
      expect(error).toMatchObject({ status: 502, problem: { type: 'about:blank' } });
    }));

  it('nothing but a status', () =>
    virtualTime((time) => {
      const { ca, account } = bench(time);
      ca.script('account', { answer: { status: 204 } });
      expect(errorOf(time, getAccount(account))).toBeInstanceOf(AcmeProtocolError);
    }));
});

describe('answers that are changed', () => {
  it.each<[string, Behaviour, object]>([
    ['a status that nobody knows', { edit: (json) => ({ ...json, status: 'odd' }) }, { status: 'odd' }],
    ['another type', { edit: (json) => ({ ...json, contact: 'none' }) }, { contacts: [] }],
    [
      'a header more',
      { headers: { link: '<https://ca.test/terms>;rel="terms-of-service"' } },
      {
        links: [{ url: 'https://ca.test/terms', relations: ['terms-of-service'] }],
      },
    ],
    ['a header less', { headers: { link: undefined } }, { links: [] }],
  ])('%s', (_, behaviour, expected) =>
    virtualTime((time) => {
      const { ca, account } = bench(time);
      ca.script('account', behaviour);
      expect(completed(time, getAccount(account)).values).toMatchObject([expected]);
    }),
  );

  it('into something that is no object', () =>
    virtualTime((time) => {
      const { ca, account } = bench(time);
      for (const json of [[], 'text', null]) {
        ca.script('account', { edit: () => json });
        expect(errorOf(time, getAccount(account))).toBeInstanceOf(AcmeProtocolError);
      }
    }));

  it.each([0, 10])('into a body that is cut off after %i bytes, though all was done', (cutAtBytes) =>
    virtualTime((time) => {
      const { ca, account } = bench(time);
      ca.script('newOrder', { cutAtBytes });
      expect(errorOf(time, newOrder(account, request))).toBeInstanceOf(AcmeProtocolError);
      expect(outcomes(ca, 'newOrder')).toEqual([201]);
      const { post, kid } = accountClient(ca);
      expect(now(post(kid.replace('account', 'orders'))).json.orders).toHaveLength(1);
    }),
  );

  it('into a chain that is cut off', () =>
    virtualTime((time) => {
      const { ca, certificate$ } = bench(time);
      ca.script('certificate', { cutAtBytes: 200 }, 'always');
      expect(completed(time, certificate$).error).toBeInstanceOf(AcmeProtocolError);
    }));

  it('only where they are JSON', () =>
    virtualTime((time) => {
      const { ca, certificate$ } = bench(time);
      ca.script('certificate', { edit: () => ({}) });
      expect(completed(time, certificate$).isComplete).toBe(true);
    }));

  it('with members that nobody knows everywhere, others at each look', () => {
    const ca = fakeCa({ unknownMembers: true });
    const { post, kid, order } = accountClient(ca);
    const names = () => Object.keys(now(post(kid)).json).filter((name) => name.startsWith('unknown'));
    expect(names()).not.toEqual(names());
    const { challenges, identifier } = now(post(order('a.test').authorizations[0] ?? '')).json;
    for (const each of [identifier, ...challenges])
      expect(Object.keys(each).some((name) => name.startsWith('unknown'))).toBe(true);
  });

  it('with lists in another order at every second look', () => {
    const ca = fakeCa({ shuffle: true });
    const { post, order } = accountClient(ca);
    const { authorizations } = order('a.test');
    const look = () => now(post(authorizations[0] ?? '')).json.challenges.map(({ type }: { type: string }) => type);
    const [first, second] = [look(), look()];
    expect(second).toEqual([...first].reverse());
  });

  it.each([
    ['shuffled', { shuffle: true }],
    ['with unknown members', { unknownMembers: true }],
    ['both', { shuffle: true, unknownMembers: true }],
  ])('%s, and the order comes through', (_, options) =>
    virtualTime((time) => {
      const { account } = bench(time, options);
      const many = { ...request, identifiers: ['a.test', 'b.test', '*.b.test', '192.0.2.1'] };
      expect(completed(time, obtainCertificate(account, many)).isComplete).toBe(true);
    }),
  );
});

describe('time', () => {
  it('is what the latency says, of each operation', () =>
    virtualTime((time) => {
      const latencyMs = { directory: 1, newNonce: 10, newOrder: 100, certificate: 1_000 };
      const { ca, certificate$ } = bench(time, { latencyMs });
      expect(completed(time, certificate$).isComplete).toBe(true);
      expect(
        ca.history.requests.map(({ operation, startedAtMs, endedAtMs = 0 }) => [operation, endedAtMs - startedAtMs]),
      ).toEqual([
        ['directory', 1],
        ['newNonce', 10],
        ['newOrder', 100],
        ['authorization', 0],
        ['challenge', 0],
        ['finalize', 0],
        ['certificate', 1_000],
      ]);
    }));

  it('passes before anything is done', () =>
    virtualTime((time) => {
      const { ca, account } = bench(time, { latencyMs: { newOrder: 100 } });
      const subscription = newOrder(account, request).subscribe();
      time.scheduler.schedule(() => {
        subscription.unsubscribe();
      }, 50);
      time.flush();
      expect(outcomes(ca, 'newOrder')).toEqual(['cancelled']);
      expect(ca.history.cancelled).toHaveLength(1);
      const { post, kid } = accountClient(ca);
      expect(now(post(kid.replace('account', 'orders'))).json.orders).toEqual([]);
    }));

  it('never ends with an infinite latency', () =>
    virtualTime((time) => {
      const { ca, account } = bench(time, { latencyMs: { account: Infinity } });
      expect(errorOf(time, getAccount(account))).toBeInstanceOf(AcmeTransportError);
      expect(new Set(outcomes(ca, 'account'))).toEqual(new Set(['cancelled']));
    }));

  it('is the caller’s: nothing happens before it goes on, and nothing is left when it is over', () =>
    virtualTime((time) => {
      const { certificate$ } = bench(time, {
        latencyMs: 200,
        validation: { delayMs: 3_000 },
        issuance: { delayMs: 500 },
      });
      const at: number[] = [];
      certificate$.subscribe(() => at.push(time.scheduler.now()));
      expect(at).toEqual([]);
      time.flush();
      expect(at).toHaveLength(1);
      expect(time.timers()).toBe(0);
    }));
});

describe('work that takes its time', () => {
  const looks = (options: FakeCaOptions) =>
    virtualTime((time) => {
      const { ca, certificate$ } = bench(time, options);
      expect(completed(time, certificate$).isComplete).toBe(true);
      return ca.history.requests.filter(({ operation }) => operation === 'order').map(({ startedAtMs }) => startedAtMs);
    });

  it.each<[string, FakeCaOptions, number[]]>([
    ['none', {}, []],
    ['validation', { validation: { delayMs: 500 } }, [250, 625]],
    ['issuance', { issuance: { delayMs: 500 } }, [250, 625]],
    ['both', { validation: { delayMs: 500 }, issuance: { delayMs: 500 } }, [250, 625, 875, 1_250]],
    ['none, but later', { validation: { delayMs: 0 }, issuance: { delayMs: 0 } }, [250, 500]],
    [
      'both, and it says how much',
      { validation: { delayMs: 4_500 }, issuance: { delayMs: 500 }, retryAfter: '5' },
      [5_000, 10_000],
    ],
  ])('%s', (_, options, expected) => {
    expect(looks(options)).toEqual(expected);
  });

  it.each(['Thu, 01 Jan 2026 00:00:09 GMT', '9'])('says when to come back: %s', (retryAfter) =>
    virtualTime((time) => {
      const clock = offsetClock(time.scheduler, new Date(Date.UTC(2026, 0, 1)));
      const { ca, certificate$ } = bench(time, { clock, retryAfter, validation: { delayMs: 100 } });
      expect(completed(time, certificate$).isComplete).toBe(true);
      const orders = ca.history.requests.filter(({ operation }) => operation === 'order');
      expect(orders.map(({ startedAtMs }) => startedAtMs - Date.UTC(2026, 0, 1))).toEqual([9_000]);
    }),
  );

  it.each([{ validation: { delayMs: Infinity } }, { issuance: { delayMs: Infinity } }])('for ever: %j', (options) =>
    virtualTime((time) => {
      const { certificate$ } = bench(time, options);
      expect(errorOf(time, certificate$)).toMatchObject({ code: 'timeout' });
    }),
  );

  it('goes on when nobody waits for it', () =>
    virtualTime((time) => {
      const ca = fakeCa({ scheduler: time.scheduler, validation: { delayMs: 1_000 } });
      const { order, prove, post } = accountClient(ca);
      const made = order('a.test');
      expect(prove(made).map(({ json }) => json.status)).toEqual(['processing']);
      expect(now(post(made.url)).json.status).toBe('pending');
      time.flush();
      expect(now(post(made.url)).json.status).toBe('ready');
    }));

  it('comes to nothing where the authorization is deactivated meanwhile', () =>
    virtualTime((time) => {
      const ca = fakeCa({ scheduler: time.scheduler, validation: { delayMs: 1_000 } });
      const { order, prove, post } = accountClient(ca);
      const made = order('a.test');
      prove(made);
      now(post(made.authorizations[0] ?? '', { status: 'deactivated' }));
      time.flush();
      expect(now(post(made.authorizations[0] ?? '')).json.status).toBe('deactivated');
    }));
});

it('a session reads one directory for all its orders', () =>
  virtualTime((time) => {
    const { ca, certificate$ } = bench(time, { latencyMs: 10 });
    completed(time, certificate$.pipe(repeat(3)));
    expect(ca.history.counts).toMatchObject({ directory: 1, newOrder: 3, certificate: 3 });
    const session = testSession(ca, { scheduler: time.scheduler });
    completed(
      time,
      getDirectory(session).pipe(
        concatMap(() => getDirectory(session)),
        map(({ url }) => url),
      ),
    );
    expect(ca.history.count('directory')).toBe(2);
  }));
