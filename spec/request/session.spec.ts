import { inspect } from 'node:util';
import { asyncScheduler } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  acmeAccount,
  acmeSession,
  type AcmeSessionOptions,
  closeSession,
  getAccount,
  newAccount,
} from '../../lib/index.js';
import { accountUrl, directoryUrl } from '../support/scripted-ca.js';
import { offsetClock, syncBench, syncSigner } from '../support/sync-ports.js';
import { completed, record, virtualTime } from '../support/virtual-time.js';
import { never } from './scripts.js';

describe('acmeSession', () => {
  it.each([
    [undefined, 'must be an absolute https: URL, found undefined'],
    ['', 'must be an absolute https: URL'],
    ['directory', 'must be an absolute https: URL, found directory'],
    ['/directory', 'must be an absolute https: URL'],
    [42, 'must be an absolute https: URL, found 42'],
    ['http://ca.test/', 'must be an absolute https: URL, found http:'],
    ['ftp://ca.test/', 'must be an absolute https: URL, found ftp:'],
  ])('throws TypeError on the directory URL %j', (url, message) => {
    const call = () => acmeSession({ directoryUrl: url as string });
    expect(call).toThrow(TypeError);
    expect(call).toThrow(`acmeSession: directoryUrl ${message}`);
  });

  it('takes http: where it is allowed, and only that', () => {
    const allowInsecureHttp = true;
    expect(acmeSession({ directoryUrl: 'http://127.0.0.1:1/dir', allowInsecureHttp }).directoryUrl).toBe(
      'http://127.0.0.1:1/dir',
    );
    expect(() => acmeSession({ directoryUrl: 'ftp://127.0.0.1/', allowInsecureHttp })).toThrow(TypeError);
  });

  const numbers = [
    'requestTimeoutMs',
    'maxResponseBytes',
    'maxRequestsInFlight',
    'maxBadNonceRetries',
    'nonceMaxAgeMs',
    'directoryMaxAgeMs',
  ] as const;
  it.each(numbers.flatMap((name) => [Number.NaN, -1, '5', null, {}].map((value) => [name, value] as const)))(
    'throws TypeError on %s: %j, and names it',
    (name, value) => {
      const call = () => acmeSession({ directoryUrl, [name]: value } as unknown as AcmeSessionOptions);
      if (value === null) return expect(call).not.toThrow(); // Nothing given counts as the default.
      expect(call).toThrow(TypeError);
      expect(call).toThrow(name);
    },
  );

  it.each(numbers)('takes the smallest %s that can work', (name) => {
    const least = name === 'maxBadNonceRetries' ? 0 : 1;
    expect(() => acmeSession({ directoryUrl, [name]: least })).not.toThrow();
    expect(() => acmeSession({ directoryUrl, [name]: least - 1 })).toThrow(TypeError);
  });

  it('holds its promise on places, or throws, where their number is not whole', () =>
    virtualTime((time) => {
      const bench = () => syncBench(time.scheduler, { latencyMs: { account: 5 } }, { maxRequestsInFlight: 1.5 });
      try {
        bench();
      } catch (error) {
        return expect(error).toBeInstanceOf(TypeError);
      }
      const { ca, account } = bench();
      for (let index = 0; index < 5; index++) record(getAccount(account));
      expect(ca.operations().filter((each) => each === 'account').length).toBeLessThanOrEqual(2);
    }));

  it('does no I/O, reads no clock and sets no timer', () =>
    virtualTime(({ scheduler, timers }) => {
      const clock = offsetClock(scheduler);
      const { ca } = syncBench(scheduler, {}, { clock });
      expect([ca.history, clock.looks, timers()]).toEqual([[], 0, 0]);
    }));

  it('has the defaults of the platform', () => {
    const { scheduler, clock, random } = acmeSession({ directoryUrl });
    expect([scheduler, clock, random]).toEqual([asyncScheduler, asyncScheduler, Math.random]);
  });
});

describe('acmeAccount', () => {
  it.each(['', 'account/1', '/account/1', '1'])('throws TypeError on the URL %j', (url) => {
    const session = acmeSession({ directoryUrl });
    const call = () => acmeAccount(session, { signer: syncSigner(), url });
    expect(call).toThrow(TypeError);
    expect(call).toThrow('acmeAccount: url');
  });

  it('keeps the URL byte for byte, and the session and the signer as they are', () => {
    const session = acmeSession({ directoryUrl });
    const signer = syncSigner();
    const url = 'HTTPS://CA.test:443/a/../b?%7e';
    expect(acmeAccount(session, { signer, url })).toEqual({ session, signer, url });
  });
});

describe('closeSession', () => {
  it('closes the transport once, also through interceptors', () => {
    let closed = 0;
    const transport = Object.assign(never, { close: () => closed++ }) as unknown as NonNullable<
      AcmeSessionOptions['transport']
    >;
    const session = acmeSession({ directoryUrl, transport, interceptors: [(request, next) => next(request)] });
    closeSession(session);
    closeSession(session);
    expect(closed).toBe(1);
  });

  it('asks nothing of a transport that has nothing to close', () =>
    virtualTime(({ scheduler }) => {
      expect(() => {
        closeSession(syncBench(scheduler).session);
      }).not.toThrow();
    }));
});

describe('what is printed', () => {
  const internals = /NoncePool|DirectoryCache|nonce-\d|transport|slots|certificateReader|keyGenerator/;
  const schedulers = /actions|SafeSubscriber|OperatorSubscriber/;

  it('of a session and its accounts shows none of what the session keeps to itself', () =>
    virtualTime((time) => {
      const { session, account, signer } = syncBench(time.scheduler);
      const [registered] = completed(time, newAccount(session, { signer })).values;
      for (const value of [session, account, registered]) {
        expect(internals.exec(inspect(value, { depth: 9 }))?.[0]).toBeUndefined();
        expect(internals.exec(JSON.stringify(value))?.[0]).toBeUndefined();
      }
      expect(JSON.parse(JSON.stringify(session))).toMatchObject({ directoryUrl });
      expect(JSON.parse(JSON.stringify(account))).toMatchObject({ url: accountUrl });
    }));

  it.each(['session', 'account'] as const)(
    'of the %s shows nothing of the requests under way, and can be serialised',
    (what) =>
      virtualTime((time) => {
        const bench = syncBench(time.scheduler);
        bench.ca.script('account', never);
        const recording = record(getAccount(bench.account));
        expect(schedulers.exec(inspect(bench[what], { depth: 9 }))?.[0]).toBeUndefined();
        expect(() => JSON.stringify(bench[what])).not.toThrow();
        recording.unsubscribe();
      }),
  );

  it('of an account shows nothing that signs', () => {
    const signer = { alg: 'ES256', publicJwk: syncSigner().publicJwk, sign: () => [] as never };
    const account = acmeAccount(acmeSession({ directoryUrl }), { signer, url: accountUrl });
    expect(JSON.stringify(account.signer)).toBe(JSON.stringify({ alg: 'ES256', publicJwk: signer.publicJwk }));
  });
});
