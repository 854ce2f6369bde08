import { map } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  AcmeProblemError,
  AcmeProtocolError,
  AcmeTransportError,
  type Authorization,
  type Challenge,
  getAuthorization,
  newOrder,
  respondToChallenge,
} from '../../lib/index.js';
import { bend, lost, unreachable } from '../request/scripts.js';
import { covers } from '../support/covers.js';
import { type CaSettings, problem } from '../support/scripted-ca.js';
import { syncBench } from '../support/sync-ports.js';
import { completed, errorOf, virtualTime, type VirtualTime } from '../support/virtual-time.js';

covers('authorization', 'challenge');

const url = 'https://ca.test/authorization/1/0';

function benchWithChallenge(time: VirtualTime, settings: CaSettings = {}) {
  const bench = syncBench(time.scheduler, settings);
  completed(time, newOrder(bench.account, { identifiers: ['example.org'] }));
  const authorization = completed(time, getAuthorization(bench.account, url)).values[0] as Authorization;
  bench.ca.history.length = 0;
  return { ...bench, authorization, challenge: authorization.challenges[0] as Challenge };
}

describe('getAuthorization', () => {
  it('emits the authorization once and completes, by one POST-as-GET', () =>
    virtualTime((time) => {
      const { ca, account } = benchWithChallenge(time);
      const { values, isComplete } = completed(time, getAuthorization(account, url));
      expect([values.length, isComplete]).toEqual([1, true]);
      expect(values[0]).toMatchObject({
        url,
        status: 'pending',
        identifier: { type: 'dns', value: 'example.org' },
        wildcard: false,
        challenges: [
          { type: 'http-01', authorizationUrl: url },
          { type: 'dns-01', authorizationUrl: url },
        ],
      });
      expect(ca.history).toMatchObject([{ operation: 'authorization', payload: '' }]);
    }));

  it('keeps challenges of types that nobody knows, also those without a token', () =>
    virtualTime((time) => {
      const { ca, account } = benchWithChallenge(time);
      const odd = {
        type: 'dns-persist-01',
        url: 'https://ca.test/challenge/1/0/odd',
        'issuer-domain-names': ['ca.test'],
      };
      ca.script(
        'authorization',
        bend((body) => ({ ...body, challenges: [odd] })),
      );
      expect(completed(time, getAuthorization(account, url)).values[0]?.challenges).toMatchObject([
        { type: odd.type, status: 'pending', raw: odd },
      ]);
    }));
});

describe('respondToChallenge', () => {
  it('sends an empty object and emits the challenge once, as the server returned it', () =>
    virtualTime((time) => {
      const { ca, account, challenge } = benchWithChallenge(time, {
        validationMs: 100,
        retryAfter: { challenge: '3' },
      });
      const { values, isComplete } = completed(time, respondToChallenge(account, challenge));
      expect([values.length, isComplete]).toEqual([1, true]);
      expect(values[0]).toMatchObject({
        url: challenge.url,
        status: 'processing',
        retryAfterMs: 3_000,
        authorizationUrl: url,
      });
      expect(ca.history).toMatchObject([{ operation: 'challenge', payload: {}, http: { url: challenge.url } }]);
    }));

  it('sends the response object that a type wants', () =>
    virtualTime((time) => {
      const { ca, account, challenge } = benchWithChallenge(time);
      completed(time, respondToChallenge(account, challenge, { payload: { csr: 'x' } }));
      expect(ca.history[0]?.payload).toEqual({ csr: 'x' });
    }));

  it('may be settled already', () =>
    virtualTime((time) => {
      const { account, challenge } = benchWithChallenge(time, { invalid: () => true });
      expect(completed(time, respondToChallenge(account, challenge)).values).toMatchObject([
        { status: 'invalid', error: { type: 'urn:ietf:params:acme:error:connection' } },
      ]);
    }));

  it.each([
    ['valid at once', 0, 'valid'],
    ['under way', 1_000, 'processing'],
  ])(
    'reads the authorization when the answer is lost and validation is %s, and never sends it twice',
    (_what, validationMs, status) =>
      virtualTime((time) => {
        const { ca, account, challenge } = benchWithChallenge(time, {
          validationMs,
          retryAfter: { authorization: '4' },
        });
        ca.script('challenge', lost);
        const { values } = completed(time, respondToChallenge(account, challenge));
        expect(values).toMatchObject([
          { status, url: challenge.url, type: challenge.type, authorizationUrl: url, retryAfterMs: 4_000 },
        ]);
        expect(ca.operations().filter((each) => each !== 'newNonce')).toEqual(['challenge', 'authorization']);
      }),
  );

  it('sends it again where the request was lost before the server had it', () =>
    virtualTime((time) => {
      const { ca, account, challenge } = benchWithChallenge(time);
      ca.script('challenge', unreachable);
      expect(completed(time, respondToChallenge(account, challenge)).values).toMatchObject([{ status: 'valid' }]);
      expect(ca.operations().filter((each) => each !== 'newNonce')).toEqual([
        'challenge',
        'authorization',
        'challenge',
      ]);
    }));

  it('errors with what was lost where it does not get through, and looks before each further try and at the end', () =>
    virtualTime((time) => {
      const { ca, account, challenge } = benchWithChallenge(time);
      ca.script('challenge', unreachable, 'every');
      const error = errorOf(time, respondToChallenge(account, challenge));
      expect(error).toBeInstanceOf(AcmeTransportError);
      expect(error).toMatchObject({ url: challenge.url });
      const operations = ca.operations().filter((each) => each !== 'newNonce');
      const further = Array(4).fill(['authorization', 'challenge']).flat() as string[];
      expect(operations).toEqual(['challenge', ...further, 'authorization']);
      expect(time.scheduler.now()).toBe(3_750);
    }));

  it('errors where the answer is lost and nobody knows the authorization', () =>
    virtualTime((time) => {
      const { ca, account, challenge } = benchWithChallenge(time);
      ca.script('challenge', lost);
      expect(errorOf(time, respondToChallenge(account, { url: challenge.url }))).toBeInstanceOf(AcmeTransportError);
      expect(ca.operations()).toEqual(['challenge']);
    }));

  it('learns the authorization from the link up', () =>
    virtualTime((time) => {
      const { account, challenge } = benchWithChallenge(time);
      expect(
        completed(time, respondToChallenge(account, { url: challenge.url }).pipe(map((each) => each.authorizationUrl)))
          .values,
      ).toEqual([url]);
    }));

  it('errors with what the server says of a second answer', () =>
    virtualTime((time) => {
      const { ca, account, challenge } = benchWithChallenge(time);
      completed(time, respondToChallenge(account, challenge));
      expect(errorOf(time, respondToChallenge(account, challenge))).toBeInstanceOf(AcmeProblemError);
      ca.script('challenge', () => problem('unauthorized', { status: 403 }));
      expect(errorOf(time, respondToChallenge(account, challenge))).toMatchObject({ status: 403 });
    }));

  it('errors where the answer is no challenge', () =>
    virtualTime((time) => {
      const { ca, account, challenge } = benchWithChallenge(time);
      ca.script(
        'challenge',
        bend(() => ({ status: 'valid' })),
      );
      expect(errorOf(time, respondToChallenge(account, challenge))).toBeInstanceOf(AcmeProtocolError);
    }));
});
