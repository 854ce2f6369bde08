import { describe, expect, it } from 'vitest';
import {
  AcmeProblemError,
  AcmeProtocolError,
  AcmeUnsupportedError,
  AcmeUserActionRequiredError,
  type CertificateIssued,
  newOrder,
  certificateId,
} from '../../lib/index.js';
import { covers } from '../support/covers.js';
import { completed, errorOf, virtualTime } from '../support/virtual-time.js';
import { ofType } from './told.js';
import { withFakeCa } from './with-fake-ca.js';

covers('newOrder', 'profiles', 'replaces');

const profiles = { short: 'six days', long: 'ninety days' };
const identifiers = ['example.org'];

describe('an order that says when its certificate is to be valid', () => {
  const notBeforeAt = new Date('2026-02-01T00:00:00Z');
  const notAfterAt = new Date('2026-02-08T00:00:00Z');

  it('gets one of that validity, and repeats it', () =>
    virtualTime((time) => {
      const { obtained, account, sent } = withFakeCa(time);
      const { values, error } = obtained({ notBeforeAt, notAfterAt });
      expect(error).toBeUndefined();
      expect((values.at(-1) as CertificateIssued).certificate.leaf).toMatchObject({ notBeforeAt, notAfterAt });
      expect(sent('newOrder')).toMatchObject([{ notBefore: '2026-02-01T00:00:00Z', notAfter: '2026-02-08T00:00:00Z' }]);
      expect(completed(time, newOrder(account, { identifiers, notBeforeAt, notAfterAt })).values).toMatchObject([
        { notBeforeAt, notAfterAt },
      ]);
    }));

  it('is refused by servers that decide it themselves', () =>
    virtualTime((time) => {
      const { obtained, ca } = withFakeCa(time);
      ca.failNext('newOrder', { type: 'malformed', detail: 'NotBefore and NotAfter are not supported' });
      const { error, values } = obtained({ notAfterAt });
      expect(error).toBeInstanceOf(AcmeProblemError);
      expect([values, ca.history.count('newOrder')]).toEqual([[], 1]);
    }));

  it('is refused for a time that is over', () =>
    virtualTime((time) => {
      const { obtained } = withFakeCa(time);
      expect(obtained({ notAfterAt: new Date('2025-01-01T00:00:00Z') }).error).toMatchObject({
        problem: { type: 'urn:ietf:params:acme:error:malformed' },
      });
    }));
});

describe('an order of a profile', () => {
  it('is one, and says so', () =>
    virtualTime((time) => {
      const { values, error } = withFakeCa(time, { profiles }).obtained({ profile: 'long' });
      expect(error).toBeUndefined();
      expect(ofType(values, 'order-created')).toMatchObject([{ profile: 'long' }]);
    }));

  it('is not sent where the server does not offer it', () =>
    virtualTime((time) => {
      const { obtained, ca } = withFakeCa(time, { profiles });
      const { error } = obtained({ profile: 'medium' });
      expect(error).toBeInstanceOf(AcmeUnsupportedError);
      expect(error).toMatchObject({ code: 'unsupported', message: expect.stringContaining('short, long') });
      expect(ca.history.counts).toEqual({ directory: 1 });
    }));

  it('is refused where the account may not have it', () =>
    virtualTime((time) => {
      const { obtained, ca } = withFakeCa(time, { profiles });
      ca.failNext('newOrder', { type: 'invalidProfile', detail: 'not for this account' });
      const { error } = obtained({ profile: 'short' });
      expect(error).toMatchObject({ code: 'problem', problem: { type: 'urn:ietf:params:acme:error:invalidProfile' } });
      expect(ca.history.count('newOrder')).toBe(1);
    }));

  it('fails at finalize where the profile is withdrawn by then, and can be looked at still', () =>
    virtualTime((time) => {
      const { obtained, ca } = withFakeCa(time, { profiles });
      ca.failNext('finalize', { type: 'invalidProfile' });
      expect(obtained({ profile: 'short' }).error).toMatchObject({
        problem: { type: 'urn:ietf:params:acme:error:invalidProfile' },
        orderUrl: expect.stringContaining('https://ca.test/order/'),
      });
    }));

  it('is not taken for one of another profile', () =>
    virtualTime((time) => {
      const { obtained, ca } = withFakeCa(time, { profiles });
      ca.script('newOrder', { edit: (json) => ({ ...json, profile: 'long' }) });
      const { error, values } = obtained({ profile: 'short' });
      expect(error).toBeInstanceOf(AcmeProtocolError);
      expect(error).toMatchObject({
        orderUrl: expect.stringContaining('/order/'),
        message: expect.stringMatching(/asked for the profile "short".*of the profile "long"/),
      });
      expect(values).toEqual([]);
    }));

  it('may come back without it: that is told, and no error', () =>
    virtualTime((time) => {
      const { obtained, ca } = withFakeCa(time, { profiles });
      ca.script('newOrder', { edit: ({ profile: _, ...json }) => json });
      const { values, isComplete } = obtained({ profile: 'short' });
      expect(isComplete).toBe(true);
      expect(ofType(values, 'order-created')[0]).not.toHaveProperty('profile');
    }));
});

describe('an order that replaces a certificate', () => {
  const replacing = (time: Parameters<typeof withFakeCa>[0]) => {
    const bench = withFakeCa(time);
    const issued = bench.obtained().values.at(-1) as CertificateIssued;
    return { ...bench, issued };
  };

  it('says so, and the server takes note: by the name of certificate, leaf or event', () =>
    virtualTime((time) => {
      const { account, issued } = replacing(time);
      const { certificate } = issued;
      const names = [certificate, certificate.leaf, issued].map(
        (each) =>
          completed(time, newOrder(account, { identifiers, replaces: certificateId(each) })).values[0]?.replaces,
      );
      expect(names[0]).toMatch(/^[\w-]+\.[\w-]+$/);
      expect(new Set(names).size).toBe(1);
      expect(completed(time, newOrder(account, { identifiers, replaces: names[0] })).values).toMatchObject([
        { replaces: names[0] },
      ]);
    }));

  it('is told by its first event', () =>
    virtualTime((time) => {
      const { obtained, issued } = replacing(time);
      const [created] = ofType(obtained({ replaces: certificateId(issued) }).values, 'order-created');
      expect(created?.replaces).toMatch(/\./);
    }));

  it('is sent once more without that where another order has replaced it, which is told', () =>
    virtualTime((time) => {
      const { obtained, issued, ca, sent } = replacing(time);
      expect(obtained({ replaces: certificateId(issued) }).error).toBeUndefined();
      const { values, isComplete } = obtained({ replaces: certificateId(issued) });
      expect(isComplete).toBe(true);
      expect(sent('newOrder').map((each) => 'replaces' in each)).toEqual([false, true, true, false]);
      expect(ca.history.requests.find(({ status }) => status === 409)?.problemType).toContain('alreadyReplaced');
      expect(ofType(values, 'order-created')[0]).not.toHaveProperty('replaces');
    }));

  it.each([
    ['malformed', 400],
    ['malformed', 404],
    ['unauthorized', 403],
    ['serverInternal', 500],
    ['alreadyReplaced', 409],
    ['conflict', 409],
  ])('is sent once more without that after %s, status %i', (type, status) =>
    virtualTime((time) => {
      const { obtained, issued, ca } = replacing(time);
      ca.failNext('newOrder', { type, status });
      expect(obtained({ replaces: certificateId(issued) }).isComplete).toBe(true);
      expect(ca.history.count('newOrder')).toBe(3);
    }),
  );

  it('is given up where it is refused without that too, with the second refusal', () =>
    virtualTime((time) => {
      const { obtained, issued, ca } = replacing(time);
      ca.failNext('newOrder', { type: 'alreadyReplaced' });
      ca.failNext('newOrder', { type: 'malformed', detail: 'and not like this either' });
      expect(obtained({ replaces: certificateId(issued) }).error).toMatchObject({
        problem: { detail: 'and not like this either' },
      });
      expect(ca.history.count('newOrder')).toBe(3);
    }));

  it.each(['rateLimited', 'userActionRequired'])('is not sent again after %s, which is about the account', (type) =>
    virtualTime((time) => {
      const { obtained, issued, ca } = replacing(time);
      ca.failNext('newOrder', { type, retryAfter: '120' });
      expect(obtained({ replaces: certificateId(issued) }).error).toMatchObject({ code: type });
      expect(ca.history.count('newOrder')).toBe(2);
    }),
  );

  it('says nothing of it where the server has no renewal information', () =>
    virtualTime((time) => {
      const { account, ca, sent } = withFakeCa(time);
      ca.script('directory', { edit: ({ renewalInfo: _, ...json }) => json }, 'always');
      completed(time, newOrder(account, { identifiers, replaces: 'a.b' }));
      expect(sent('newOrder')).toEqual([{ identifiers: [{ type: 'dns', value: 'example.org' }] }]);
    }));
});

describe('an order that is refused', () => {
  it('with userActionRequired, has the page for a person', () =>
    virtualTime((time) => {
      const { account, ca } = withFakeCa(time);
      ca.failNext('newOrder', { type: 'userActionRequired', instance: 'https://ca.test/terms/agree' });
      const error = errorOf(time, newOrder(account, { identifiers }));
      expect(error).toBeInstanceOf(AcmeUserActionRequiredError);
      expect(error).toMatchObject({
        problem: { instance: 'https://ca.test/terms/agree' },
        message: expect.stringContaining('https://ca.test/terms/agree'),
      });
    }));

  it('with 409 although it replaces nothing, is not sent again', () =>
    virtualTime((time) => {
      const { account, ca } = withFakeCa(time);
      ca.failNext('newOrder', { type: 'conflict', status: 409 });
      expect(errorOf(time, newOrder(account, { identifiers }))).toMatchObject({ status: 409 });
      expect(ca.history.count('newOrder')).toBe(1);
    }));
});

describe('an order that the server had already', () => {
  it('is taken up, whichever status it has', () =>
    virtualTime((time) => {
      const { obtained, account, ca } = withFakeCa(time, { reuseOrders: true });
      const [known] = completed(time, newOrder(account, { identifiers })).values;
      const { values, isComplete } = obtained();
      expect(isComplete).toBe(true);
      expect(values[0]).toMatchObject({ type: 'order-created', orderUrl: known?.url, resumed: false });
      expect(ca.history.count('newOrder')).toBe(2);
    }));
});
