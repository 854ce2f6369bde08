import { of } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  ancestorDomain,
  type CertificateIssued,
  type ChallengeTask,
  dns01,
  getAuthorization,
  listOrders,
  newOrder,
  obtainCertificate,
  type Order,
  pollOrder,
  resumeOrder,
  certificateId,
} from '../../lib/index.js';
import { covers } from '../support/covers.js';
import { completed, errorOf, virtualTime } from '../support/virtual-time.js';
import { ofType } from './told.js';
import { withFakeCa } from './with-fake-ca.js';

covers('newOrder', 'authorization', 'challenge', 'openTypes', 'dns01', 'profiles', 'replaces', 'problems');

const slow = { validation: { delayMs: 3_000 }, issuance: { delayMs: 3_000 } };
const identifiers = ['a.test', '*.a.test', 'b.test'];

describe('mistake: to take the URL of an order from the answer to finalize, or from the list of orders', () => {
  it('it is the Location of newOrder from then on, whatever else has a Location, and no list is read', () =>
    virtualTime((time) => {
      const { obtained, ca } = withFakeCa(time, slow);
      for (const operation of ['finalize', 'order', 'challenge', 'authorization'])
        ca.script(operation, { headers: { location: 'https://ca.test/elsewhere' } }, 'always');
      const { values, isComplete } = obtained({ identifiers });
      expect(isComplete).toBe(true);
      expect(new Set(values.map(({ orderUrl }) => orderUrl)).size).toBe(1);
      expect(values[0]?.orderUrl).toMatch(/^https:\/\/ca\.test\/order\/\d+$/);
      const asked = new Set(ca.history.requests.map(({ operation }) => operation));
      expect([asked.has('orders'), asked.has('account'), asked.has('unknown')]).toEqual([false, false, false]);
    }));

  it('an order is obtained, polled and resumed although the account has no list', () =>
    virtualTime((time) => {
      const { account, ca, solver } = withFakeCa(time);
      ca.script('account', { edit: ({ orders: _, ...json }) => json }, 'always');
      const order = completed(time, newOrder(account, { identifiers })).values[0] as Order;
      expect(errorOf(time, listOrders(account))).toMatchObject({ code: 'unsupported' });
      expect(completed(time, resumeOrder(account, order.url, { solvers: [solver] })).isComplete).toBe(true);
      expect(completed(time, pollOrder(account, order.url)).values).toMatchObject([{ status: 'valid' }]);
    }));
});

describe('mistake: to poll the challenge, or to look at it by POST-as-GET, which starts validation at some servers', () => {
  it.each([{}, { watchAuthorizations: true }])('each is asked once, with its response object: options %j', (options) =>
    virtualTime((time) => {
      const { obtained, sent } = withFakeCa(time, slow);
      expect(obtained({ identifiers, ...options }).isComplete).toBe(true);
      expect(sent('challenge')).toEqual([{}, {}, {}]);
    }),
  );

  it('also where the answer is lost: the authorization is read', () =>
    virtualTime((time) => {
      const { obtained, sent, ca } = withFakeCa(time, slow);
      ca.script('challenge', { lost: 'after' }, 'always');
      expect(obtained({ identifiers: ['a.test'] }).isComplete).toBe(true);
      expect(sent('challenge')).toEqual([{}]);
    }));
});

describe('mistake: to rely on the order of identifiers and authorizations, or on one authorization for each identifier', () => {
  it('both are sets, in another order at every look', () =>
    virtualTime((time) => {
      const { obtained } = withFakeCa(time, { ...slow, shuffle: true });
      expect(obtained({ identifiers }).isComplete).toBe(true);
    }));

  it('one authorization can be for several identifiers', () =>
    virtualTime((time) => {
      const { obtained, ca } = withFakeCa(time, { ...slow, subdomains: true });
      const { values, isComplete } = obtained({
        identifiers: ['x.a.test', 'y.a.test'],
        extensions: [ancestorDomain('a.test')],
      });
      expect(isComplete).toBe(true);
      expect(ofType(values, 'authorization-settled').map(({ name }) => name)).toEqual(['a.test']);
      expect(ca.history.count('authorization')).toBe(1);
    }));

  it('the authorization of a wildcard is for its base', () =>
    virtualTime((time) => {
      const { obtained } = withFakeCa(time);
      const events = ofType(obtained({ identifiers: ['*.a.test'] }).values, 'authorization-settled');
      expect(events).toMatchObject([{ identifier: { value: 'a.test' }, wildcard: true, name: '*.a.test' }]);
    }));
});

describe('mistake: to have one TXT value for each name', () => {
  it('a name and its wildcard have two, both there while either is validated, each removed by itself', () =>
    virtualTime((time) => {
      const zone = new Map<string, Set<string>>();
      const values = (name: string) => zone.get(name) ?? zone.set(name, new Set()).get(name) ?? new Set<string>();
      const seen: number[] = [];
      const { account } = withFakeCa(time, {
        solver: undefined,
        validation: {
          delayMs: 1_000,
          outcome: () => {
            seen.push(values('_acme-challenge.a.test').size);
            return undefined;
          },
        },
      });
      values('_acme-challenge.a.test').add('of somebody else');
      const solver = dns01({
        add: ({ name, value }) => of(values(name).add(value)),
        remove: ({ name, value }) => of(values(name).delete(value)),
      });
      const events$ = obtainCertificate(account, { identifiers: ['a.test', '*.a.test'], solvers: [solver] });
      expect(completed(time, events$).isComplete).toBe(true);
      expect(seen).toEqual([3, 3]);
      expect([...zone]).toEqual([['_acme-challenge.a.test', new Set(['of somebody else'])]]);
    }));
});

describe('mistake: to withdraw the proof after the first request for it, or as soon as the challenge is processing', () => {
  it('it is there until the validation is over, and is not after that', () =>
    virtualTime((time) => {
      const { obtained, solver } = withFakeCa(time, slow);
      // This CA looks when the validation begins and when it ends.
      const { values, isComplete } = obtained({ identifiers });
      expect(isComplete).toBe(true);
      expect(ofType(values, 'challenge-answered').map(({ status }) => status)).toEqual(
        identifiers.map(() => 'processing'),
      );
      expect([solver.presented.length, solver.withdrawn.length]).toEqual([0, 3]);
    }));

  it('it is withdrawn too where the answer to the challenge is an error: RFC 8555 §8', () =>
    virtualTime((time) => {
      const { obtained, ca, solver } = withFakeCa(time);
      // Once, and each time that it is tried again.
      for (let each = 0; each < 5; each++) ca.failNext('challenge', { type: 'serverInternal' });
      expect(obtained({ identifiers: ['a.test'] }).error).toBeDefined();
      expect([solver.presented.length, solver.withdrawn.length]).toEqual([0, 1]);
    }));
});

describe('mistake: to need a token in every challenge, and to fail at types that nobody knows', () => {
  it('they are passed over where another will do, and kept for whoever knows them', () =>
    virtualTime((time) => {
      const { account, obtained } = withFakeCa(time);
      const [url = ''] =
        completed(time, newOrder(account, { identifiers: ['a.test'] })).values[0]?.authorizations ?? [];
      const { challenges = [] } = completed(time, getAuthorization(account, url)).values[0] ?? {};
      expect(challenges.map(({ type }) => type)).toEqual(expect.arrayContaining(['dns-persist-01', 'unknown-01']));
      expect(challenges.find(({ type }) => type === 'dns-persist-01')).not.toHaveProperty('token');
      expect(obtained({ identifiers: ['a.test'] }).isComplete).toBe(true);
    }));

  it('a solver can take one of them, without a token', () =>
    virtualTime((time) => {
      const tasks: ChallengeTask[] = [];
      const { obtained } = withFakeCa(time, { solver: undefined });
      const solver = {
        types: ['dns-persist-01'],
        present: (task: ChallengeTask) => (tasks.push(task), []),
        cleanUp: () => [],
      };
      expect(obtained({ identifiers: ['a.test'], solvers: [solver] }).isComplete).toBe(true);
      expect(tasks).toMatchObject([{ type: 'dns-persist-01' }]);
      expect(tasks[0]?.token).toBeUndefined();
    }));
});

describe('mistake: to send what is replaced to every server, and to give up where it is refused', () => {
  it('it is left out where the server has no renewal information, and after a refusal', () =>
    virtualTime((time) => {
      const { obtained, ca, sent } = withFakeCa(time);
      const first = obtained().values.at(-1) as CertificateIssued;
      // Once, and each time that it is tried again.
      for (let each = 0; each < 5; each++) ca.failNext('newOrder', { type: 'serverInternal' });
      expect(obtained({ replaces: certificateId(first) }).isComplete).toBe(true);
      const said = sent('newOrder').map((payload) => 'replaces' in payload);
      expect(said).toEqual([false, ...new Array<boolean>(5).fill(true), false]);
    }));
});

describe('mistake: to think that the profile which comes back was asked for, or that a certificate has a common name', () => {
  it('a profile that nobody asked for is told, and no error', () =>
    virtualTime((time) => {
      const { obtained, sent } = withFakeCa(time, { profiles: { any: 'the first that comes' } });
      const { values, isComplete } = obtained();
      expect(isComplete).toBe(true);
      expect(ofType(values, 'order-created')).toMatchObject([{ profile: 'any' }]);
      expect(sent('newOrder')[0]).not.toHaveProperty('profile');
      const { certificate } = values.at(-1) as CertificateIssued;
      expect(certificate.leaf.identifiers).toEqual([{ type: 'dns', value: 'example.org' }]);
    }));
});

describe('mistake: to go by the HTTP status of a refused order, authorization, challenge or finalization', () => {
  const statuses = [400, 401, 403, 404, 409, 429, 500, 503];

  it.each(statuses)('status %i: a rate limit is one by its type', (status) =>
    virtualTime((time) => {
      for (const operation of ['newOrder', 'authorization', 'challenge', 'finalize']) {
        const { obtained, ca } = withFakeCa(time);
        ca.failNext(operation, { type: 'rateLimited', status, retryAfter: '3600' });
        expect(obtained().error).toMatchObject({ code: 'rateLimited', retryAfterMs: 3_600_000 });
      }
    }),
  );

  it.each(statuses)('status %i: orderNotReady is looked into, whatever it is', (status) =>
    virtualTime((time) => {
      const { obtained, ca } = withFakeCa(time);
      ca.failNext('finalize', { type: 'orderNotReady', status });
      expect(obtained().isComplete).toBe(true);
    }),
  );

  it.each(statuses)('status %i: malformed is no rate limit', (status) =>
    virtualTime((time) => {
      const { obtained, ca } = withFakeCa(time);
      ca.failNext('newOrder', { type: 'malformed', status });
      expect(obtained().error).toMatchObject({ code: 'problem', status });
    }),
  );
});
