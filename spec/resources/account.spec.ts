import { map, mergeMap } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  AcmeProblemError,
  AcmeProtocolError,
  AcmeUserActionRequiredError,
  findAccount,
  getAccount,
  newAccount,
} from '../../lib/index.js';
import { bend, lost } from '../request/scripts.js';
import { accountUrl, problem } from '../support/scripted-ca.js';
import { syncBench, syncSigner } from '../support/sync-ports.js';
import { completed, errorOf, virtualTime } from '../support/virtual-time.js';
import { covers } from '../support/covers.js';

covers('newAccount', 'findAccount', 'termsOfService');

const contacts = ['mailto:admin@example.org'];

describe('newAccount', () => {
  it('emits the account once and completes, after directory, newNonce and one POST', () =>
    virtualTime(({ scheduler, expectObservable, flush }) => {
      const { ca, session, signer } = syncBench(scheduler, { latencyMs: 10 });
      const account$ = newAccount(session, { signer, contacts, termsOfServiceAgreed: true });
      expectObservable(account$.pipe(map(({ url, created }) => `${url} ${created}`))).toBe('30ms (a|)', {
        a: 'https://ca.test/account/2 true',
      });
      flush();
      expect(ca.operations()).toEqual(['directory', 'newNonce', 'newAccount']);
      expect(ca.history[2]).toMatchObject({
        header: { jwk: signer.publicJwk },
        payload: { contact: contacts, termsOfServiceAgreed: true },
      });
      expect(ca.history[2]?.header).not.toHaveProperty('kid');
    }));

  it('emits what can be used: the session, the signer, the URL and what the server says', () =>
    virtualTime((time) => {
      const { ca, session, signer } = syncBench(time.scheduler);
      const used$ = newAccount(session, { signer, contacts }).pipe(
        mergeMap((account) => getAccount(account).pipe(map(({ status }) => ({ account, status })))),
      );
      const [used] = completed(time, used$).values;
      expect(used).toMatchObject({ status: 'valid', account: { session, signer, created: true } });
      expect(used?.account.resource).toMatchObject({ url: used?.account.url, status: 'valid', contacts });
      expect(ca.history.at(-1)?.header['kid']).toBe(used?.account.url);
    }));

  it('finds the account that the key has, and then says that nothing was created', () =>
    virtualTime((time) => {
      const { session, signer } = syncBench(time.scheduler);
      const [first] = completed(time, newAccount(session, { signer })).values;
      const [second] = completed(time, newAccount(session, { signer, contacts })).values;
      const [other] = completed(time, newAccount(session, { signer: syncSigner(9) })).values;
      expect([first?.created, second?.created, other?.created]).toEqual([true, false, true]);
      expect(second?.url).toBe(first?.url);
      expect(other?.url).not.toBe(first?.url);
    }));

  it('never agrees to terms by itself, and sends nothing that was not given', () =>
    virtualTime((time) => {
      const { ca, session, signer } = syncBench(time.scheduler);
      completed(time, newAccount(session, { signer }));
      completed(time, newAccount(session, { signer, termsOfServiceAgreed: false, contacts: [] }));
      expect(ca.history.filter(({ operation }) => operation === 'newAccount').map(({ payload }) => payload)).toEqual([
        {},
        { termsOfServiceAgreed: false, contact: [] },
      ]);
    }));

  it('says where the terms are when a person has to agree to them first', () =>
    virtualTime((time) => {
      const { ca, session, signer } = syncBench(time.scheduler);
      const headers = { link: '<https://ca.test/terms>;rel="terms-of-service"' };
      ca.script('newAccount', () =>
        problem('userActionRequired', { status: 403, instance: 'https://ca.test/agree' }, headers),
      );
      const error = errorOf(time, newAccount(session, { signer }));
      expect(error).toBeInstanceOf(AcmeUserActionRequiredError);
      expect(error).toMatchObject({
        problem: { instance: 'https://ca.test/agree' },
        links: [{ url: 'https://ca.test/terms' }],
      });
    }));

  it('asks again when the answer is lost: the same key gives the same account', () =>
    virtualTime((time) => {
      const { ca, session, signer } = syncBench(time.scheduler);
      ca.script('newAccount', lost);
      const { values } = completed(time, newAccount(session, { signer }));
      expect(values).toMatchObject([{ url: 'https://ca.test/account/2', created: false }]);
    }));

  it('errors where the answer has no Location, and says what a browser needs', () =>
    virtualTime((time) => {
      const { ca, session, signer } = syncBench(time.scheduler);
      ca.script(
        'newAccount',
        bend((body) => body, { location: undefined }),
      );
      const error = errorOf(time, newAccount(session, { signer }));
      expect(error).toBeInstanceOf(AcmeProtocolError);
      expect(error).toMatchObject({ message: expect.stringMatching(/Location.*Access-Control-Expose-Headers/s) });
    }));

  it('errors where the answer is no account', () =>
    virtualTime((time) => {
      const { ca, session, signer } = syncBench(time.scheduler);
      ca.script(
        'newAccount',
        bend(() => [1]),
      );
      expect(errorOf(time, newAccount(session, { signer }))).toBeInstanceOf(AcmeProtocolError);
    }));

  it.each([
    ['admin@example.org'],
    ['mailto:a@example.org', ''],
    [''],
    ['mailto:a@example.org?subject=x'],
    ['MAILTO:a@example.org,b@example.org'],
  ])('throws TypeError on contacts %j', (...wrong) => {
    virtualTime(({ scheduler }) => {
      const { ca, session, signer } = syncBench(scheduler);
      expect(() => newAccount(session, { signer, contacts: wrong })).toThrow(TypeError);
      expect(ca.history).toEqual([]);
    });
  });
});

describe('findAccount', () => {
  it('emits the account once and completes, and asks only for one that exists', () =>
    virtualTime(({ scheduler, expectObservable, flush }) => {
      const { ca, session, signer } = syncBench(scheduler, { latencyMs: 10 });
      const found$ = newAccount(session, { signer }).pipe(mergeMap(() => findAccount(session, { signer })));
      expectObservable(found$.pipe(map(({ created }) => created))).toBe('40ms (f|)', { f: false });
      flush();
      expect(ca.history.at(-1)).toMatchObject({
        payload: { onlyReturnExisting: true },
        header: { jwk: signer.publicJwk },
      });
    }));

  it('errors where the key has none, and creates none', () =>
    virtualTime((time) => {
      const { session, signer } = syncBench(time.scheduler);
      for (let index = 0; index < 2; index++) {
        const error = errorOf(time, findAccount(session, { signer }));
        expect(error).toBeInstanceOf(AcmeProblemError);
        expect(error).toMatchObject({ problem: { type: 'urn:ietf:params:acme:error:accountDoesNotExist' } });
      }
    }));
});

describe('getAccount', () => {
  it('emits what the server says once and completes, by one POST-as-GET', () =>
    virtualTime((time) => {
      const { ca, account } = syncBench(time.scheduler);
      ca.script(
        'account',
        bend(() => ({ status: 'deactivated', orders: 'https://ca.test/orders/1', odd: true })),
      );
      const { values, isComplete } = completed(time, getAccount(account));
      expect([values.length, isComplete]).toEqual([1, true]);
      expect(values[0]).toMatchObject({
        url: accountUrl,
        status: 'deactivated',
        contacts: [],
        orders: 'https://ca.test/orders/1',
      });
      expect(values[0]?.raw).toHaveProperty('odd');
      expect(ca.history.at(-1)).toMatchObject({ operation: 'account', payload: '', header: { kid: accountUrl } });
    }));

  it('errors with what the server says of a deactivated account', () =>
    virtualTime((time) => {
      const { ca, account } = syncBench(time.scheduler);
      ca.script('account', () => problem('unauthorized', { status: 403 }));
      expect(errorOf(time, getAccount(account))).toMatchObject({ code: 'problem', status: 403 });
    }));
});
