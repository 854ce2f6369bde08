import { of } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  AcmeProblemError,
  AcmeTransportError,
  deactivateAccount,
  externalAccountBinding,
  newAccount,
  updateAccount,
} from '../../lib/index.js';
import { bend, lost, unreachable } from '../request/scripts.js';
import { accountUrl, problem } from '../support/scripted-ca.js';
import { syncBench } from '../support/sync-ports.js';
import { completed, errorOf, virtualTime } from '../support/virtual-time.js';
import { covers } from '../support/covers.js';

covers('updateAccount', 'deactivateAccount');

describe('newAccount with an external account', () => {
  it('sends the binding beside the rest, in the frame in which it began', () =>
    virtualTime((time) => {
      const { ca, session, signer } = syncBench(time.scheduler);
      const externalAccount = externalAccountBinding({ keyId: 'k', sign: () => of(Uint8Array.of(1)) });
      const { values } = completed(
        time,
        newAccount(session, { signer, contacts: ['mailto:a@b.example'], externalAccount }),
      );
      expect(values).toHaveLength(1);
      const { payload, http } = ca.history.at(-1) ?? {};
      const { externalAccountBinding: jws, ...rest } = payload as Record<string, Record<string, string>>;
      expect(rest).toEqual({ contact: ['mailto:a@b.example'] });
      const read = (member: string) => JSON.parse(Buffer.from(jws?.[member] ?? '', 'base64url').toString()) as unknown;
      expect([read('protected'), read('payload'), jws?.['signature']]).toEqual([
        { alg: 'HS256', kid: 'k', url: http?.url },
        signer.publicJwk,
        'AQ',
      ]);
    }));

  it.each([null, 'k', { keyId: 'k', macKey: 'c2VjcmV0' }])('throws TypeError at the call on %j', (wrong) => {
    virtualTime(({ scheduler }) => {
      const { ca, session, signer } = syncBench(scheduler);
      const call = () => newAccount(session, { signer, externalAccount: wrong as never });
      expect(call).toThrow(TypeError);
      expect(call).toThrow('newAccount: externalAccount must be what externalAccountBinding returns');
      expect(ca.history).toEqual([]);
    });
  });
});

describe('updateAccount', () => {
  it('emits what the server says, once, and sends the contacts and nothing else', () =>
    virtualTime((time) => {
      const { ca, account } = syncBench(time.scheduler);
      ca.script('account', () => ({ body: { status: 'valid', contact: ['mailto:kept@example.org'] } }));
      const { values, isComplete } = completed(time, updateAccount(account, { contacts: ['mailto:a@example.org'] }));
      expect([values.length, isComplete]).toEqual([1, true]);
      expect(values[0]).toMatchObject({ url: accountUrl, contacts: ['mailto:kept@example.org'] });
      expect(ca.history.at(-1)).toMatchObject({
        payload: { contact: ['mailto:a@example.org'] },
        header: { kid: accountUrl },
      });
    }));

  it('clears with an empty list, and sends again when the answer is lost', () =>
    virtualTime((time) => {
      const { ca, account } = syncBench(time.scheduler);
      ca.script('account', lost);
      expect(completed(time, updateAccount(account, { contacts: [] })).values).toMatchObject([{ contacts: [] }]);
      expect(ca.history.filter(({ operation }) => operation === 'account').map(({ payload }) => payload)).toEqual([
        { contact: [] },
        { contact: [] },
      ]);
    }));

  it.each([undefined, null, 'mailto:a@example.org', ['a@example.org'], [undefined]])(
    'throws TypeError on contacts %j',
    (contacts) =>
      virtualTime(({ scheduler }) => {
        const { ca, account } = syncBench(scheduler);
        expect(() => updateAccount(account, { contacts } as never)).toThrow(TypeError);
        expect(ca.history).toEqual([]);
      }),
  );
});

describe('deactivateAccount', () => {
  it('emits the account once, and completes', () =>
    virtualTime((time) => {
      const { ca, account } = syncBench(time.scheduler);
      ca.script(
        'account',
        bend(() => ({ status: 'deactivated' })),
      );
      const { values, isComplete } = completed(time, deactivateAccount(account));
      expect([values.length, isComplete, values[0]?.status, values[0]?.url]).toEqual([
        1,
        true,
        'deactivated',
        accountUrl,
      ]);
      expect(ca.history.at(-1)?.payload).toEqual({ status: 'deactivated' });
    }));

  it('is done when the answer is lost and the key has no account any more', () =>
    virtualTime((time) => {
      const { ca, account } = syncBench(time.scheduler);
      ca.script('account', lost);
      ca.script('newAccount', () => problem('unauthorized', { status: 403 }));
      expect(completed(time, deactivateAccount(account)).values).toMatchObject([
        { status: 'deactivated', url: accountUrl },
      ]);
      expect(ca.operations().filter((each) => each === 'account')).toHaveLength(1);
    }));

  it('sends again when it did not arrive, and gives up after five times', () =>
    virtualTime((time) => {
      const { ca, session, signer, account } = syncBench(time.scheduler);
      completed(time, newAccount(session, { signer }));
      ca.script('account', unreachable);
      ca.script(
        'account',
        bend(() => ({ status: 'deactivated' })),
      );
      expect(completed(time, deactivateAccount(account)).values).toHaveLength(1);
      ca.script('account', unreachable, 'every');
      expect(errorOf(time, deactivateAccount(account))).toBeInstanceOf(AcmeTransportError);
      expect(ca.operations().filter((each) => each === 'account')).toHaveLength(2 + 5);
    }));

  it('errors where the server says yes and the account is valid', () =>
    virtualTime((time) => {
      const { account } = syncBench(time.scheduler);
      const error = errorOf(time, deactivateAccount(account));
      expect(error).toMatchObject({
        code: 'protocol',
        url: accountUrl,
        message: expect.stringContaining('is valid still') as unknown,
      });
    }));

  it('errors where the server refuses, also while it looks', () =>
    virtualTime((time) => {
      const { ca, account } = syncBench(time.scheduler);
      ca.script('account', () => problem('unauthorized', { status: 403 }));
      expect(errorOf(time, deactivateAccount(account))).toBeInstanceOf(AcmeProblemError);
      ca.script('account', lost);
      expect(errorOf(time, deactivateAccount(account))).toMatchObject({
        problem: { type: 'urn:ietf:params:acme:error:accountDoesNotExist' },
      });
    }));
});
