import { describe, expect, it } from 'vitest';
import { AcmeProblemError, AcmeProtocolError, AcmeUnsupportedError, newAuthorization } from '../../lib/index.js';
import type { FakeCaOptions } from '../../lib/testing/index.js';
import { withFakeCa } from '../flows/with-fake-ca.js';
import { covers } from '../support/covers.js';
import { completed, errorOf, virtualTime } from '../support/virtual-time.js';

const offered: FakeCaOptions = { preAuthorization: true };

describe('newAuthorization', () => {
  covers('preAuthorization');

  it('emits the authorization once, its URL from Location, and completes', () =>
    virtualTime((time) => {
      const { account, sent } = withFakeCa(time, offered);
      const { values, isComplete } = completed(time, newAuthorization(account, 'Example.ORG'));
      expect([values.length, isComplete]).toEqual([1, true]);
      expect(values[0]).toMatchObject({
        url: expect.stringMatching(/^https:\/\/ca\.test\/authorization\/\d+$/),
        status: 'pending',
        identifier: { type: 'dns', value: 'example.org' },
        wildcard: false,
      });
      expect(sent('newAuthz')).toEqual([{ identifier: { type: 'dns', value: 'example.org' } }]);
    }));

  it('errors before anything is sent where the server does not offer it', () =>
    virtualTime((time) => {
      const { account, ca } = withFakeCa(time);
      expect(errorOf(time, newAuthorization(account, 'a.test'))).toBeInstanceOf(AcmeUnsupportedError);
      expect(ca.history.counts).toEqual({ directory: 1 });
    }));

  it('asks for subdomains too where the server offers that: RFC 9444', () =>
    virtualTime((time) => {
      const { account, sent } = withFakeCa(time, { ...offered, subdomains: true });
      const authorization$ = newAuthorization(account, 'a.test', { subdomainAuthAllowed: true });
      expect(completed(time, authorization$).values).toMatchObject([{ subdomainAuthAllowed: true }]);
      expect(sent('newAuthz')).toEqual([{ identifier: { type: 'dns', value: 'a.test', subdomainAuthAllowed: true } }]);
      const without = withFakeCa(time, offered);
      const refused$ = newAuthorization(without.account, 'a.test', { subdomainAuthAllowed: true });
      expect(errorOf(time, refused$)).toBeInstanceOf(AcmeUnsupportedError);
      expect(without.ca.history.count('newAuthz')).toBe(0);
    }));

  it('errors with what the server says against it', () =>
    virtualTime((time) => {
      const refuseIdentifier = () => ({ type: 'rejectedIdentifier' });
      const { account } = withFakeCa(time, { ...offered, refuseIdentifier });
      expect(errorOf(time, newAuthorization(account, 'a.test'))).toBeInstanceOf(AcmeProblemError);
    }));

  it.each([
    ['no Location', { headers: { location: undefined } }],
    ['another identifier', { edit: (json: object) => ({ ...json, identifier: { type: 'dns', value: 'b.test' } }) }],
    ['no authorization', { edit: () => ({}) }],
  ])('errors at an answer with %s', (_what, behaviour) =>
    virtualTime((time) => {
      const { account, ca } = withFakeCa(time, offered);
      ca.script('newAuthz', behaviour);
      expect(errorOf(time, newAuthorization(account, 'a.test'))).toBeInstanceOf(AcmeProtocolError);
    }),
  );

  it('is sent again when its answer is lost', () =>
    virtualTime((time) => {
      const { account, ca } = withFakeCa(time, offered);
      ca.script('newAuthz', { lost: 'after' });
      expect(completed(time, newAuthorization(account, 'a.test')).isComplete).toBe(true);
      expect(ca.history.count('newAuthz')).toBe(2);
    }));

  it.each(['*.a.test', 'a..test', ''])('throws TypeError at the call on %j', (identifier) =>
    virtualTime((time) => {
      const { account, ca } = withFakeCa(time, offered);
      expect(() => newAuthorization(account, identifier)).toThrow(TypeError);
      expect(ca.history.requests).toEqual([]);
    }),
  );
});
