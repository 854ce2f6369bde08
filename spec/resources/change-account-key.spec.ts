import { throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  AcmePortError,
  AcmeProblemError,
  AcmeProtocolError,
  AcmeUnsupportedError,
  changeAccountKey,
} from '../../lib/index.js';
import { bend, lost, unreachable } from '../request/scripts.js';
import { accountUrl, type Operation, problem } from '../support/scripted-ca.js';
import { syncBench, syncSigner } from '../support/sync-ports.js';
import { completed, errorOf, virtualTime, type VirtualTime } from '../support/virtual-time.js';
import { covers } from '../support/covers.js';

covers('keyChange');

const url = 'https://ca.test/keyChange';
const keyChange = 'keyChange' as Operation;

function benchWith(time: VirtualTime) {
  const bench = syncBench(time.scheduler);
  bench.ca.script(
    'directory',
    bend((body: object) => ({ ...body, keyChange: url })),
    'every',
  );
  bench.ca.script(keyChange, () => ({ body: { status: 'valid' } }), 'every');
  return { ...bench, newSigner: syncSigner(5) };
}

describe('changeAccountKey', () => {
  it('emits the account with the new key once, and completes', () =>
    virtualTime((time) => {
      const { ca, session, signer, account, newSigner } = benchWith(time);
      const { values, isComplete } = completed(time, changeAccountKey(account, newSigner));
      expect(isComplete).toBe(true);
      expect(values).toEqual([{ session, signer: newSigner, url: accountUrl }]);
      expect(account.signer).toBe(signer);
      const { header, payload } = ca.history.at(-1) ?? {};
      expect(header).toMatchObject({ kid: accountUrl, url });
      const inner = payload as Record<string, string>;
      const read = (member: string) => JSON.parse(Buffer.from(inner[member] ?? '', 'base64url').toString()) as unknown;
      expect(Object.keys(inner).sort()).toEqual(['payload', 'protected', 'signature']);
      expect(read('protected')).toEqual({ alg: 'ES256', jwk: newSigner.publicJwk, url });
      expect(read('payload')).toEqual({ account: accountUrl, oldKey: signer.publicJwk });
      expect([signer.inputs.length, newSigner.inputs.length]).toEqual([1, 1]);
    }));

  it('asks for the account where the answer is empty', () =>
    virtualTime((time) => {
      const { ca, account, newSigner } = benchWith(time);
      ca.script(keyChange, () => ({ status: 200 }), 'every');
      ca.script('newAccount', () => ({ headers: { location: accountUrl }, body: { status: 'valid' } }));
      expect(completed(time, changeAccountKey(account, newSigner)).values).toMatchObject([{ url: accountUrl }]);
      expect(ca.history.at(-1)).toMatchObject({ payload: { onlyReturnExisting: true } });
      ca.script('newAccount', () => ({ headers: { location: '/account/7' }, body: { status: 'valid' } }));
      expect(errorOf(time, changeAccountKey(account, newSigner))).toBeInstanceOf(AcmeProtocolError);
      expect(errorOf(time, changeAccountKey(account, newSigner))).toBeInstanceOf(AcmeProtocolError);
    }));

  it('errors before it signs where the server offers no key change', () =>
    virtualTime((time) => {
      const { account } = syncBench(time.scheduler);
      const newSigner = syncSigner(5);
      expect(errorOf(time, changeAccountKey(account, newSigner))).toBeInstanceOf(AcmeUnsupportedError);
      expect(newSigner.inputs).toEqual([]);
    }));

  it('names the account that has the new key', () =>
    virtualTime((time) => {
      const { ca, account, newSigner } = benchWith(time);
      for (const location of ['https://ca.test/account/7', '/account/7']) {
        ca.script(keyChange, () => problem('malformed', { status: 409 }, { location }));
        const error = errorOf(time, changeAccountKey(account, newSigner));
        expect(error).toBeInstanceOf(AcmeProblemError);
        expect(error).toMatchObject({
          status: 409,
          message: expect.stringContaining('https://ca.test/account/7') as unknown,
        });
      }
    }));

  it('is done when the answer is lost and the account has the new key', () =>
    virtualTime((time) => {
      const { ca, account, newSigner } = benchWith(time);
      ca.script(keyChange, lost);
      ca.script('newAccount', () => ({ headers: { location: accountUrl }, body: { status: 'valid' } }));
      expect(completed(time, changeAccountKey(account, newSigner)).values).toMatchObject([{ url: accountUrl }]);
      expect(ca.history.at(-1)).toMatchObject({
        payload: { onlyReturnExisting: true },
        header: { jwk: newSigner.publicJwk },
      });
      expect(ca.operations().filter((each) => each === keyChange)).toHaveLength(1);
    }));

  it('sends again when it did not arrive, also where another account has the key', () =>
    virtualTime((time) => {
      const { ca, account, newSigner } = benchWith(time);
      ca.script(keyChange, unreachable);
      expect(completed(time, changeAccountKey(account, newSigner)).values).toHaveLength(1);
      expect(ca.operations().filter((each) => !['directory', 'newNonce'].includes(each))).toEqual([
        keyChange,
        'newAccount',
        keyChange,
      ]);
      ca.script(keyChange, lost);
      ca.script(keyChange, () => problem('malformed', { status: 409 }, { location: '/account/7' }));
      ca.script('newAccount', () => ({ headers: { location: '/account/7' }, body: { status: 'valid' } }));
      expect(errorOf(time, changeAccountKey(account, newSigner))).toMatchObject({ status: 409 });
    }));

  it('errors with AcmePortError where the new key does not sign', () =>
    virtualTime((time) => {
      const { account, newSigner } = benchWith(time);
      const failing = { ...newSigner, sign: () => throwError(() => new Error('locked')) };
      expect(errorOf(time, changeAccountKey(account, failing))).toBeInstanceOf(AcmePortError);
    }));

  it('throws TypeError on the key that the account has, and on what is no signer', () =>
    virtualTime(({ scheduler }) => {
      const { ca, account } = syncBench(scheduler);
      expect(() => changeAccountKey(account, syncSigner())).toThrow(TypeError);
      expect(() => changeAccountKey(account, {} as never)).toThrow(TypeError);
      expect(ca.history).toEqual([]);
    }));
});
