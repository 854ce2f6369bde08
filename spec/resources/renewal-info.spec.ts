import { map, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  AcmeProblemError,
  AcmeProtocolError,
  AcmeRateLimitedError,
  acmeSession,
  AcmeUnsupportedError,
  certificateId,
  getRenewalInfo,
} from '../../lib/index.js';
import { scriptedReplies, type ScriptedReply } from '../../lib/testing/index.js';
import { completed, errorOf, record, virtualTime, type VirtualTime } from '../support/virtual-time.js';

const names = { authorityKeyIdentifier: '69885b6b87464041e1b37b847ba0ae2cde01c8d4', serialNumber: '0087654321' };
const id = 'aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyE';
const base = 'https://h.test/renewal-info';
const json = {
  suggestedWindow: { start: '2025-01-02T04:00:00Z', end: '2025-01-03T04:00:00Z' },
  explanationURL: 'https://h.test/docs/ari',
};
const answer = { json, headers: { 'retry-after': '21600' } };
const lost = { error: new Error('the connection broke') };

function benchWith({ scheduler }: VirtualTime, replies: readonly ScriptedReply[], renewalInfo: string | null = base) {
  const endpoints = ['newNonce', 'newAccount', 'newOrder'].map((name) => [name, `https://h.test/${name}`]);
  const directory = { json: { ...Object.fromEntries(endpoints), renewalInfo } };
  const transport = scriptedReplies([directory, ...replies], scheduler);
  const session = acmeSession({ directoryUrl: 'https://h.test/dir', transport, scheduler, random: () => 0.5 });
  return { session, asked: () => transport.requests.slice(1) };
}

describe('getRenewalInfo', () => {
  it('emits the window once and completes, by one GET without a signature', () =>
    virtualTime((time) => {
      const { session, asked } = benchWith(time, [{ ...answer, delayMs: 10 }]);
      const info$ = getRenewalInfo(session, names);
      expect(asked()).toEqual([]);
      time.expectObservable(info$.pipe(map(({ retryAfterMs }) => retryAfterMs))).toBe('10ms (a|)', { a: 21_600_000 });
      time.flush();
      expect(asked()).toMatchObject([{ method: 'GET', url: `${base}/${id}` }]);
      expect(asked()[0]).not.toHaveProperty('body');
    }));

  it('keeps all that the answer says', () =>
    virtualTime((time) => {
      const { session } = benchWith(time, [answer]);
      expect(completed(time, getRenewalInfo(session, names)).values).toEqual([
        {
          url: `${base}/${id}`,
          links: [],
          retryAfterMs: 21_600_000,
          suggestedWindow: { startAt: new Date('2025-01-02T04:00:00Z'), endAt: new Date('2025-01-03T04:00:00Z') },
          explanationUrl: 'https://h.test/docs/ari',
          raw: json,
        },
      ]);
    }));

  it.each([base, `${base}/`])('puts one slash between %s and the certificate', (renewalInfo) =>
    virtualTime((time) => {
      const { session, asked } = benchWith(time, [answer], renewalInfo);
      completed(time, getRenewalInfo(session, names));
      expect(asked()[0]?.url).toBe(`${base}/${id}`);
    }),
  );

  it('takes a certificate by its details, its leaf and its name', () =>
    virtualTime((time) => {
      const { session, asked } = benchWith(time, [answer]);
      for (const each of [names, { leaf: names }, certificateId(names) ?? ''])
        completed(time, getRenewalInfo(session, each));
      expect(asked().map(({ url }) => url)).toEqual(Array(3).fill(`${base}/${id}`));
    }));

  it.each(['', 'a', 'a.', 'a.b.c', 'a/b.c', '../a.b', 'a.b?x', 'a.b='])(
    'throws TypeError on the name %j, at the call',
    (name) =>
      virtualTime((time) => {
        const { session, asked } = benchWith(time, [answer]);
        expect(() => getRenewalInfo(session, name)).toThrow(TypeError);
        expect(asked()).toEqual([]);
      }),
  );

  it.each([
    ['the server has none', null, names],
    ['the certificate cannot be named', base, { serialNumber: '01' }],
  ])('errors with AcmeUnsupportedError where %s, and asks nothing', (_what, renewalInfo, certificate) =>
    virtualTime((time) => {
      const { session, asked } = benchWith(time, [answer], renewalInfo);
      expect(errorOf(time, getRenewalInfo(session, certificate))).toBeInstanceOf(AcmeUnsupportedError);
      expect(asked()).toEqual([]);
    }),
  );

  it('asks four times more when the answer is lost', () =>
    virtualTime((time) => {
      const { session, asked } = benchWith(time, [lost, lost, lost, lost, answer]);
      expect(completed(time, getRenewalInfo(session, names)).values).toHaveLength(1);
      expect([asked().length, time.scheduler.now()]).toEqual([5, 3_750]);
    }));

  it.each([
    [
      'an unknown certificate',
      { status: 404, json: { type: 'urn:ietf:params:acme:error:malformed' } },
      AcmeProblemError,
    ],
    ['a server that is too busy', { status: 503, headers: { 'retry-after': '61' } }, AcmeRateLimitedError],
    [
      'a window that ends as it begins',
      { json: { suggestedWindow: { start: '2025-01-02T04:00:00Z', end: '2025-01-02T04:00:00Z' } } },
      AcmeProtocolError,
    ],
    ['what is not JSON', { text: '<html>' }, AcmeProtocolError],
  ])('errors on %s', (_what, reply, errorClass) =>
    virtualTime((time) => {
      const { session, asked } = benchWith(time, [reply]);
      const error = errorOf(time, getRenewalInfo(session, names));
      expect(error).toBeInstanceOf(errorClass);
      expect(error).toMatchObject({ url: `${base}/${id}` });
      expect([asked().length, time.scheduler.now()]).toEqual([1, 0]);
    }),
  );

  it('is a fresh look at each subscription, and ends with it', () =>
    virtualTime((time) => {
      const { session, asked } = benchWith(time, [answer, { ...answer, delayMs: 1_000 }]);
      const info$ = getRenewalInfo(session, names).pipe(toArray());
      completed(time, info$);
      record(info$).unsubscribe();
      expect([asked().length, time.timers()]).toEqual([2, 0]);
    }));
});
