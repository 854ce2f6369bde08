import { of } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { AcmeProtocolError, AcmeTransportError, decode, postAsGet, signedPost, unsignedGet } from '../../lib/index.js';
import { lost, unreachable } from '../request/scripts.js';
import { accountUrl, directoryUrl } from '../support/scripted-ca.js';
import { syncBench } from '../support/sync-ports.js';
import { completed, errorOf, virtualTime } from '../support/virtual-time.js';
import { covers } from '../support/covers.js';

covers('postAsGet', 'signedRequests');

describe('signedPost', () => {
  it('sends one request and emits its answer once', () =>
    virtualTime((time) => {
      const { ca, account } = syncBench(time.scheduler);
      const { values, isComplete } = completed(time, signedPost(account, accountUrl, { contact: [] }));
      expect([values.length, isComplete, values[0]?.status]).toEqual([1, true, 200]);
      expect(ca.history.at(-1)).toMatchObject({
        operation: 'account',
        payload: { contact: [] },
        header: { kid: accountUrl },
      });
    }));

  it('signs with the bare key of a key holder', () =>
    virtualTime((time) => {
      const { ca, session, signer } = syncBench(time.scheduler);
      completed(time, signedPost({ session, signer }, 'https://ca.test/newAccount', {}));
      expect(ca.history.at(-1)?.header).toMatchObject({ jwk: signer.publicJwk });
    }));

  it('sends nothing twice unless it is told to', () =>
    virtualTime((time) => {
      const { ca, account } = syncBench(time.scheduler);
      ca.script('account', lost);
      expect(errorOf(time, signedPost(account, accountUrl, {}))).toBeInstanceOf(AcmeTransportError);
      ca.script('account', lost);
      expect(completed(time, signedPost(account, accountUrl, {}, 'repeat')).values).toHaveLength(1);
      expect(ca.operations().filter((each) => each === 'account')).toHaveLength(3);
    }));
});

describe('postAsGet', () => {
  it('sends an empty payload and asks again where the answer is lost', () =>
    virtualTime((time) => {
      const { ca, account } = syncBench(time.scheduler);
      ca.script('account', unreachable);
      expect(completed(time, postAsGet(account, accountUrl, 'text/plain')).values).toHaveLength(1);
      expect(
        ca.history
          .filter(({ operation }) => operation === 'account')
          .map(({ payload, atMs, http }) => [payload, atMs, http.headers['accept']]),
      ).toEqual([
        ['', 0, 'text/plain'],
        ['', 250, 'text/plain'],
      ]);
    }));
});

describe('unsignedGet', () => {
  it('sends one GET without a signature, and asks again where the answer is lost', () =>
    virtualTime((time) => {
      const { ca, session, signer } = syncBench(time.scheduler);
      ca.script('directory', unreachable);
      const { values, isComplete } = completed(time, unsignedGet(session, directoryUrl));
      expect([values.length, isComplete, values[0]?.url]).toEqual([1, true, directoryUrl]);
      expect(ca.history.map(({ http }) => [http.method, http.body])).toEqual([
        ['GET', undefined],
        ['GET', undefined],
      ]);
      expect(signer.inputs).toEqual([]);
    }));
});

describe('decode', () => {
  it('hands body, URL, links and Retry-After of each answer to the decoder', () =>
    virtualTime(({ cold, expectObservable }) => {
      const answer = { url: 'https://ca.test/x', status: 200, headers: {}, links: [], body: Buffer.from('{"a":1}') };
      const answers = cold('a-b|', { a: answer, b: { ...answer, retryAfterMs: 7 } });
      expectObservable(answers.pipe(decode((received) => received))).toBe('a-b|', {
        a: { url: answer.url, links: [], raw: { a: 1 } },
        b: { url: answer.url, links: [], retryAfterMs: 7, raw: { a: 1 } },
      });
    }));

  it('errors with AcmeProtocolError where a body is no JSON, and with what the decoder throws', () =>
    virtualTime((time) => {
      const answer = { url: 'https://ca.test/x', status: 200, headers: {}, links: [], body: Buffer.from('<html>') };
      expect(errorOf(time, of(answer).pipe(decode(({ raw }) => raw)))).toBeInstanceOf(AcmeProtocolError);
      const own = new AcmeProtocolError('mine');
      expect(
        errorOf(
          time,
          of({ ...answer, body: Buffer.from('1') }).pipe(
            decode(() => {
              throw own;
            }),
          ),
        ),
      ).toBe(own);
    }));
});
