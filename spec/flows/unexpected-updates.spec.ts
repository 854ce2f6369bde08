import { describe, expect, it } from 'vitest';
import {
  AcmeAuthorizationError,
  AcmeOrderError,
  AcmeProtocolError,
  type Authorization,
  type Challenge,
  finalizeOrder,
  getAuthorization,
  newOrder,
  type Order,
  pollAuthorization,
  pollOrder,
  respondToChallenge,
} from '../../lib/index.js';
import { bend } from '../request/scripts.js';
import { covers } from '../support/covers.js';
import { syncBench, syncCertificateRequest, syncKey } from '../support/sync-ports.js';
import { completed, errorOf, virtualTime, type VirtualTime } from '../support/virtual-time.js';
import { withFakeCa } from './with-fake-ca.js';

covers('newOrder', 'authorization', 'challenge', 'statuses');

const identifiers = ['a.test', '*.a.test', 'b.test'];
const slow = { validation: { delayMs: 1_000 }, issuance: { delayMs: 1_000 } };
type Json = Record<string, unknown>;
type Operation = 'order' | 'authorization' | 'challenge' | 'finalize';

/** Obtains a certificate from a server that changes an answer, the one of that number. */
const changed = (time: VirtualTime, operation: Operation, which: number, edit: (json: Json) => Json) => {
  const bench = withFakeCa(time, slow);
  bench.ca.script(operation, { edit }, (occurrence) => occurrence === which);
  return { ...bench, ...bench.obtained({ identifiers }) };
};

const otherName = (json: Json) => ({ ...json, identifiers: [{ type: 'dns', value: 'c.test' }] });
const oneLess = (json: Json) => ({ ...json, identifiers: (json['identifiers'] as unknown[]).slice(1) });
const otherAuthorization = (json: Json) => ({
  ...json,
  authorizations: [...(json['authorizations'] as string[]).slice(1), 'https://ca.test/authorization/99'],
});
const otherFinalize = (json: Json) => ({ ...json, finalize: 'https://ca.test/finalize/99' });

describe('an order that becomes one for something else', () => {
  it.each<[string, Operation, number, (json: Json) => Json]>([
    ['another name, while it is validated', 'order', 1, otherName],
    ['a name less, while it is validated', 'order', 1, oneLess],
    ['another authorization, while it is validated', 'order', 1, otherAuthorization],
    ['another name, when it is finalized', 'finalize', 1, otherName],
    ['another authorization, when it is finalized', 'finalize', 1, otherAuthorization],
  ])('%s: is invalid from then on', (_what, operation, which, edit) =>
    virtualTime((time) => {
      const { error, ca, solver } = changed(time, operation, which, edit);
      expect(error).toBeInstanceOf(AcmeOrderError);
      expect(error).toMatchObject({
        code: 'order',
        orderUrl: expect.stringContaining('https://ca.test/order/'),
        message: expect.stringContaining('make a new order'),
      });
      expect(ca.history.requests.at(-1)?.operation).toBe(operation);
      expect(solver.presented).toEqual([]);
    }),
  );

  it('is noticed at the first look, although the order is still pending', () =>
    virtualTime((time) => {
      const { error, ca } = changed(time, 'order', 1, (json) => otherName({ ...json, status: 'pending' }));
      expect(error).toBeInstanceOf(AcmeOrderError);
      expect(ca.history.count('order')).toBe(1);
    }));

  it.each([['order', 1] as const, ['finalize', 1] as const])(
    'another order altogether, in an answer of %s: is a fault of the server',
    (operation, which) =>
      virtualTime((time) => {
        const { error } = changed(time, operation, which, otherFinalize);
        expect(error).toBeInstanceOf(AcmeProtocolError);
        expect(error).toMatchObject({ message: expect.stringContaining('another order') });
      }),
  );

  it('is told by pollOrder and finalizeOrder too', () =>
    virtualTime((time) => {
      const { account, ca } = withFakeCa(time);
      const order = completed(time, newOrder(account, { identifiers })).values[0] as Order;
      ca.script('order', { edit: otherName }, (occurrence) => occurrence === 2);
      expect(errorOf(time, pollOrder(account, order.url))).toBeInstanceOf(AcmeOrderError);
    }));

  it.each([
    ['another order', AcmeProtocolError, otherFinalize],
    ['one for another name', AcmeOrderError, otherName],
  ])('is told by finalizeOrder too: %s', (_what, kind, edit) =>
    virtualTime((time) => {
      const { account, ca } = syncBench(time.scheduler, { authorized: () => true });
      const order = completed(time, newOrder(account, { identifiers: ['a.test'] })).values[0] as Order;
      ca.script('finalize', bend(edit), 'every');
      const csr = syncCertificateRequest(syncKey(), ['a.test']);
      expect(errorOf(time, finalizeOrder(account, order, { csr }))).toBeInstanceOf(kind);
    }),
  );
});

describe('what is no change', () => {
  it('another order of the same things at every look, upper case, the same twice', () =>
    virtualTime((time) => {
      const { obtained, ca } = withFakeCa(time, { ...slow, shuffle: true });
      const upper = (json: Json) => {
        const list = json['identifiers'] as { type: string; value: string }[];
        return {
          ...json,
          identifiers: [...list, ...list.map((each) => ({ ...each, value: each.value.toUpperCase() }))],
        };
      };
      ca.script('order', { edit: upper }, 'always');
      ca.script('finalize', { edit: upper }, 'always');
      expect(obtained({ identifiers }).isComplete).toBe(true);
    }));

  it('an order that has its certificate and shows only what it took: RFC 8555 §7.1.3', () =>
    virtualTime((time) => {
      const { obtained, ca } = withFakeCa(time);
      ca.script('finalize', { edit: (json) => ({ ...json, authorizations: [] }) });
      expect(obtained({ identifiers }).isComplete).toBe(true);
    }));

  it('an invalid order that no longer shows its authorizations is explained as far as it can be', () =>
    virtualTime((time) => {
      const bench = withFakeCa(time, { validation: { delayMs: 100, outcome: () => ({ type: 'connection' }) } });
      bench.ca.script('order', { edit: (json) => ({ ...json, authorizations: [] }) }, 'always');
      expect(bench.obtained({ identifiers }).error).toMatchObject({ code: 'order' });
    }));
});

describe('an authorization', () => {
  const named =
    (value: string, type = 'dns') =>
    (json: Json) => ({ ...json, identifier: { type, value } });

  it.each([
    ['another name', named('other.test')],
    ['a name below', named('x.b.test')],
    ['a name that only ends alike', named('xb.test')],
    ['another type', named('a.test', 'ip')],
  ])('of %s than any of the order: nothing is presented for it', (_what, edit) =>
    virtualTime((time) => {
      const { error, solver } = changed(time, 'authorization', 3, edit);
      expect(error).toBeInstanceOf(AcmeProtocolError);
      expect(error).toMatchObject({ message: expect.stringContaining('which the order is not for') });
      expect(solver.calls).toEqual([]);
    }),
  );

  it.each([
    ['in upper case', named('B.TEST')],
    ['for the domain above: RFC 9444', named('test')],
  ])('%s, is one of the order', (_what, edit) =>
    virtualTime((time) => {
      const bench = withFakeCa(time, { solver: undefined });
      bench.ca.script('authorization', { edit }, (occurrence) => occurrence === 3);
      expect(bench.obtained({ identifiers }).isComplete).toBe(true);
    }),
  );

  it('that becomes one for another name ends the poll', () =>
    virtualTime((time) => {
      const { account, ca } = withFakeCa(time);
      const order = completed(time, newOrder(account, { identifiers })).values[0] as Order;
      ca.script('authorization', { edit: named('other.test') }, (occurrence) => occurrence === 2);
      const error = errorOf(time, pollAuthorization(account, order.authorizations[0] as string));
      expect(error).toBeInstanceOf(AcmeProtocolError);
      expect(error).toMatchObject({ message: expect.stringContaining('other.test') });
    }));

  it('that becomes one for another name while it is explained does not hide the others', () =>
    virtualTime((time) => {
      const bench = withFakeCa(time, { validation: { delayMs: 100, outcome: () => ({ type: 'connection' }) } });
      bench.ca.script('authorization', { edit: named('other.test') }, (occurrence) => occurrence === 4);
      const { error } = bench.obtained({ identifiers });
      expect(error).toBeInstanceOf(AcmeAuthorizationError);
      expect((error as AcmeAuthorizationError).failures).toHaveLength(2);
    }));
});

describe('a challenge', () => {
  const challengeOf = (time: VirtualTime) => {
    const bench = withFakeCa(time);
    const order = completed(time, newOrder(bench.account, { identifiers })).values[0] as Order;
    const url = order.authorizations[0] as string;
    const authorization = completed(time, getAuthorization(bench.account, url)).values[0] as Authorization;
    return { ...bench, challenge: authorization.challenges[0] as Challenge };
  };

  it.each<[string, (json: Json) => Json]>([
    ['of another URL', (json) => ({ ...json, url: 'https://ca.test/challenge/99' })],
    ['of another type', (json) => ({ ...json, type: 'dns-01' })],
  ])('that is answered with one %s is a fault of the server', (_what, edit) =>
    virtualTime((time) => {
      const { account, ca, challenge } = challengeOf(time);
      ca.script('challenge', { edit });
      const error = errorOf(time, respondToChallenge(account, challenge));
      expect(error).toBeInstanceOf(AcmeProtocolError);
      expect(error).toMatchObject({ url: challenge.url, message: expect.stringContaining('another challenge') });
    }),
  );

  it('of which only the URL is known may be of any type', () =>
    virtualTime((time) => {
      const { account, challenge } = challengeOf(time);
      expect(completed(time, respondToChallenge(account, { url: challenge.url })).isComplete).toBe(true);
    }));
});
