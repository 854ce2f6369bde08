import { concatMap, EMPTY, from, map, NEVER, of, range, throwError, toArray, VirtualTimeScheduler } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  type AcmeError,
  AcmePortError,
  AcmeProtocolError,
  type AcmeRequest,
  acmeSession,
  type AcmeSessionOptions,
  type AcmeSigner,
  type AcmeTransport,
  AcmeTransportError,
  closeSession,
  type FetchLike,
  fetchTransport,
  getAccount,
  signedRequest,
  unsignedGet,
  version,
} from '../../lib/index.js';
import { exchange } from '../../lib/request/exchange.js';
import {
  accountUrl,
  directoryUrl,
  type Operation,
  problem,
  type ScriptedCa,
  type SeenRequest,
} from '../support/scripted-ca.js';
import { signatureOf, syncBench, syncSigner } from '../support/sync-ports.js';
import { completed, errorOf, record, virtualTime, type VirtualTime } from '../support/virtual-time.js';
import { lost, never, unreachable } from './scripts.js';
import { covers } from '../support/covers.js';

covers('signedRequests', 'transport');

const read: AcmeRequest = { url: accountUrl, payload: '', recovery: 'never' };

/** A bench whose directory and first nonce are there already. */
function warmBench(time: VirtualTime, options: Partial<AcmeSessionOptions> = {}) {
  const bench = syncBench(time.scheduler, {}, options);
  record(getAccount(bench.account));
  bench.ca.history.length = 0;
  return bench;
}

const sentTo = (operation: Operation, { history }: ScriptedCa) =>
  history.filter((each) => each.operation === operation);

const jwsOf = ({ http }: SeenRequest): Record<string, string> => JSON.parse(http.body ?? '{}');

describe('the pipeline', () => {
  it('sends one after the other and answers in the order of the requests', () =>
    virtualTime(({ scheduler, cold, expectObservable, flush }) => {
      const { ca, account } = syncBench(scheduler, { latencyMs: { newOrder: 20, account: 5 } });
      const order = { url: 'https://ca.test/newOrder', payload: { identifiers: [] }, recovery: 'never' } as const;
      const requests = cold<AcmeRequest>('(or)-r|', { o: order, r: read });
      const statuses = requests.pipe(
        signedRequest(account),
        map(({ status, url }) => `${status} ${url}`),
      );
      expectObservable(statuses).toBe('20ms o 4ms a 4ms (a|)', { o: `201 ${order.url}`, a: `200 ${accountUrl}` });
      flush();
      expect(ca.operations().slice(2)).toEqual(['newOrder', 'account', 'account']);
    }));

  it('gives status, headers, body, links, Location and Retry-After of the answer', () =>
    virtualTime((time) => {
      const { ca, account } = warmBench(time);
      const link = '<../terms>;rel="terms-of-service", <https://ca.test/a,b>;rel=alternate';
      const headers = { location: '/order/7', 'retry-after': '12', link, 'x-own': 'kept' };
      ca.script('account', () => ({ status: 202, headers, body: 'octets' }));
      const [answer] = completed(time, of(read).pipe(signedRequest(account))).values;
      expect(answer).toMatchObject({
        url: accountUrl,
        status: 202,
        location: 'https://ca.test/order/7',
        retryAfterMs: 12_000,
      });
      expect(answer?.headers['x-own']).toBe('kept');
      expect(new TextDecoder().decode(answer?.body)).toBe('octets');
      expect(answer?.links).toEqual([
        { url: 'https://ca.test/terms', relations: ['terms-of-service'] },
        { url: 'https://ca.test/a,b', relations: ['alternate'] },
      ]);
    }));

  it('counts a Retry-After date from the server’s own Date', () =>
    virtualTime((time) => {
      const { ca, account } = warmBench(time);
      const headers = { date: 'Thu, 01 Jan 1998 00:00:00 GMT', 'retry-after': 'Thu, 01 Jan 1998 00:02:00 GMT' };
      ca.script('account', () => ({ headers, body: '' }));
      expect(completed(time, of(read).pipe(signedRequest(account))).values[0]?.retryAfterMs).toBe(120_000);
    }));

  it('keeps an absolute Location byte for byte', () =>
    virtualTime((time) => {
      const { ca, account } = warmBench(time);
      ca.script('account', () => ({ headers: { location: 'HTTPS://CA.test:443/a/../b' } }));
      expect(completed(time, of(read).pipe(signedRequest(account))).values[0]?.location).toBe(
        'HTTPS://CA.test:443/a/../b',
      );
    }));
});

describe('what is sent', () => {
  it('is a flattened JWS by the account’s URL, with exactly four members in its header', () =>
    virtualTime((time) => {
      const { ca, account } = warmBench(time);
      const request = { url: `${accountUrl}?b=%7E&a=ä`, payload: { a: [1, 'ä'] }, recovery: 'never' } as const;
      record(of(request).pipe(signedRequest(account)));
      const seen = ca.history[0] as SeenRequest;
      const jws = jwsOf(seen);
      expect(Object.keys(jws).sort()).toEqual(['payload', 'protected', 'signature']);
      expect(seen.header).toEqual({
        alg: 'ES256',
        kid: accountUrl,
        nonce: expect.stringMatching(/^nonce-\d+$/),
        url: request.url,
      });
      expect(seen.payload).toEqual(request.payload);
      expect(seen.http).toMatchObject({ method: 'POST', url: request.url });
      for (const member of Object.values(jws)) expect(member).toMatch(/^[\w-]*$/);
      const signature = signatureOf(Buffer.from(`${jws['protected']}.${jws['payload']}`));
      expect(jws['signature']).toBe(Buffer.from(signature).toString('base64url'));
    }));

  it('holds the bare key where there is no account, public members only', () =>
    virtualTime((time) => {
      const { ca, session, signer } = warmBench(time);
      const publicJwk = {
        ...signer.publicJwk,
        d: 'private',
        alg: 'ES256',
        ext: true,
        key_ops: ['sign'],
        kid: 'x',
        use: 'sig',
      };
      const request = { url: 'https://ca.test/newAccount', payload: {}, recovery: 'never' } as const;
      record(of(request).pipe(signedRequest({ session, signer: { ...signer, publicJwk } })));
      const { kty, crv, x, y } = signer.publicJwk;
      expect(ca.history[0]?.header).toEqual({
        alg: 'ES256',
        jwk: { kty, crv, x, y },
        nonce: expect.any(String),
        url: request.url,
      });
    }));

  it('tells POST-as-GET from an empty object', () =>
    virtualTime((time) => {
      const { ca, account } = warmBench(time);
      record(from([read, { ...read, payload: {} }]).pipe(signedRequest(account)));
      expect(ca.history.map((each) => jwsOf(each)['payload'])).toEqual(['', 'e30']);
    }));

  it('is of exactly the type application/jose+json', () =>
    virtualTime((time) => {
      const { ca, account } = warmBench(time);
      record(of(read).pipe(signedRequest(account)));
      expect(ca.history[0]?.http.headers['content-type']).toBe('application/jose+json');
    }));

  it('says who asks and in which language, and sends no nonce in a header', () =>
    virtualTime((time) => {
      const { ca, account } = syncBench(time.scheduler);
      record(of(read).pipe(signedRequest(account)));
      expect(ca.operations()).toEqual(['directory', 'newNonce', 'account']);
      for (const { http } of ca.history) {
        expect(http.headers).toMatchObject({ 'user-agent': `rxacme/${version}`, 'accept-language': 'en' });
        expect(http.headers).not.toHaveProperty('replay-nonce');
        expect(Object.keys(http.headers).join()).toBe(Object.keys(http.headers).join().toLowerCase());
      }
    }));

  it('names the application and its language where the session has them', () =>
    virtualTime((time) => {
      const { ca, account } = warmBench(time, { userAgent: 'my-app/1.0', acceptLanguage: 'de, en;q=0.5' });
      record(of(read).pipe(signedRequest(account)));
      const expected = { 'user-agent': `my-app/1.0 rxacme/${version}`, 'accept-language': 'de, en;q=0.5' };
      expect(ca.history[0]?.http.headers).toMatchObject(expected);
    }));

  it('asks for a media type where one is wanted, and else for none', () =>
    virtualTime((time) => {
      const { ca, account } = warmBench(time);
      record(from([{ ...read, accept: 'application/pem-certificate-chain' }, read]).pipe(signedRequest(account)));
      expect(ca.history.map(({ http }) => http.headers['accept'])).toEqual([
        'application/pem-certificate-chain',
        undefined,
      ]);
    }));

  it('passes through the interceptors, the first of them outermost', () =>
    virtualTime((time) => {
      const passed: string[] = [];
      const { account } = warmBench(time, {
        interceptors: ['outer', 'inner'].map((name) => (request, next) => {
          passed.push(`${name} ${request.method}`);
          return next(request).pipe(map((answer) => (passed.push(`${name} ${answer.status}`), answer)));
        }),
      });
      passed.length = 0;
      record(of(read).pipe(signedRequest(account)));
      expect(passed).toEqual(['outer POST', 'inner POST', 'inner 200', 'outer 200']);
    }));
});

describe('what is refused on this side', () => {
  it.each([301, 302, 303, 307, 308, 0])('status %i, that is, a redirect', (status) =>
    virtualTime((time) => {
      const { ca, account } = warmBench(time);
      ca.script('account', () => ({ status, headers: status === 0 ? {} : { location: 'https://elsewhere.test/' } }));
      const error = errorOf(time, of({ ...read, recovery: 'repeat' } as const).pipe(signedRequest(account)));
      expect(error).toBeInstanceOf(AcmeProtocolError);
      expect(error).toMatchObject({
        code: 'protocol',
        url: accountUrl,
        status,
        message: expect.stringContaining('redirect'),
      });
      expect(ca.history).toHaveLength(1);
    }),
  );

  it.each(['http://ca.test/account/1', 'ftp://ca.test/account/1', 'data:,x', 'account/1', ''])(
    'the URL %j, which nobody is asked for',
    (url) =>
      virtualTime((time) => {
        const { ca, account } = warmBench(time);
        const error = errorOf(time, of({ ...read, url }).pipe(signedRequest(account)));
        expect(error).toBeInstanceOf(AcmeProtocolError);
        expect(ca.history).toEqual([]);
      }),
  );

  it('a URL other than https: for what takes no signature', () =>
    virtualTime((time) => {
      const { ca, session } = warmBench(time);
      expect(errorOf(time, unsignedGet(session, 'http://ca.test/directory'))).toBeInstanceOf(AcmeProtocolError);
      expect(ca.history).toEqual([]);
    }));

  it('not http: where a session allows it', () =>
    virtualTime((time) => {
      const { ca, account } = warmBench(time, { allowInsecureHttp: true });
      completed(time, of({ ...read, url: 'http://ca.test/account/1' }).pipe(signedRequest(account)));
      expect(ca.history[0]?.http.url).toBe('http://ca.test/account/1');
    }));

  it('an answer larger than allowed', () =>
    virtualTime((time) => {
      const { ca, account } = warmBench(time, { maxResponseBytes: 1_000 });
      ca.script('account', () => ({ body: 'x'.repeat(1_000) }));
      ca.script('account', () => ({ body: 'x'.repeat(1_001) }));
      expect(completed(time, of(read).pipe(signedRequest(account))).values).toHaveLength(1);
      const error = errorOf(time, of(read).pipe(signedRequest(account)));
      expect(error).toBeInstanceOf(AcmeProtocolError);
      expect(error).toMatchObject({
        url: accountUrl,
        status: 200,
        message: expect.stringContaining('maxResponseBytes'),
      });
      expect(ca.history[0]?.http.maxResponseBytes).toBe(1_000);
    }));

  it('more than a mebibyte by default', () =>
    virtualTime((time) => {
      const { ca, account } = warmBench(time);
      ca.script('account', () => ({ status: 500, body: 'x'.repeat(1_048_577) }));
      expect(errorOf(time, of(read).pipe(signedRequest(account)))).toBeInstanceOf(AcmeProtocolError);
      expect(ca.history[0]?.http.maxResponseBytes).toBe(1_048_576);
    }));

  it('everything after the session is closed', () =>
    virtualTime((time) => {
      const { ca, account, session } = warmBench(time);
      closeSession(session);
      for (const recovery of ['repeat', 'never', () => throwError(() => 'found out')] as const) {
        const error = errorOf(time, of({ ...read, recovery }).pipe(signedRequest(account)));
        if (typeof recovery === 'string') expect(error).toBeInstanceOf(AcmeTransportError);
      }
      expect(errorOf(time, unsignedGet(session, accountUrl))).toMatchObject({ message: 'the session is closed' });
      expect([ca.history, time.scheduler.now()]).toEqual([[], 0]);
    }));

  it('a second time, when the session is closed while it waits to ask again', () =>
    virtualTime((time) => {
      const { ca, account, session } = warmBench(time);
      ca.script('account', unreachable);
      const recording = record(getAccount(account));
      closeSession(session);
      time.flush();
      expect(recording.error).toBeInstanceOf(AcmeTransportError);
      expect(ca.history).toHaveLength(1);
    }));
});

describe('the time limit', () => {
  it('is 30 s for each request, and aborts it', () =>
    virtualTime((time) => {
      const { ca, account } = warmBench(time);
      ca.script('account', never);
      const error = errorOf(time, of(read).pipe(signedRequest(account)));
      expect(error).toBeInstanceOf(AcmeTransportError);
      expect(error).toMatchObject({ code: 'transport', url: accountUrl, message: expect.stringContaining('30000 ms') });
      expect(time.scheduler.now()).toBe(30_000);
      expect(ca.aborted).toEqual(ca.history);
    }));

  it('is what the session says, for each try anew', () =>
    virtualTime((time) => {
      const { ca, account } = warmBench(time, { requestTimeoutMs: 1_000 });
      ca.script('account', never, 'every');
      expect(errorOf(time, of({ ...read, recovery: 'repeat' } as const).pipe(signedRequest(account)))).toBeInstanceOf(
        AcmeTransportError,
      );
      expect(sentTo('account', ca).map(({ atMs }) => atMs)).toEqual([0, 1_250, 2_750, 4_750, 7_750]);
      expect(time.scheduler.now()).toBe(8_750);
      expect(ca.aborted).toHaveLength(5);
    }));

  it('covers a body that never ends', async () => {
    const scheduler = new VirtualTimeScheduler();
    const aborts: unknown[] = [];
    const endless = async function* () {
      yield new Uint8Array(10);
      await new Promise(() => undefined);
    };
    const fetch: FetchLike = (_url, { signal }) => {
      signal.addEventListener('abort', () => aborts.push(scheduler.now()));
      return Promise.resolve({ status: 200, headers: { forEach: () => undefined }, body: endless() });
    };
    const session = acmeSession({
      directoryUrl,
      scheduler,
      transport: fetchTransport({ fetch }),
      requestTimeoutMs: 1_000,
    });
    const recording = record(exchange(session, { method: 'GET', url: accountUrl }));
    for (let turn = 0; turn < 20; turn++) await Promise.resolve();
    expect([recording.values, recording.error, aborts]).toEqual([[], undefined, []]);
    scheduler.flush();
    expect(recording.error).toBeInstanceOf(AcmeTransportError);
    expect(aborts).toEqual([1_000]);
  });

  it('does not count the wait for a place', () =>
    virtualTime((time) => {
      const bench = warmBench(time, { requestTimeoutMs: 1_000, maxRequestsInFlight: 1 });
      bench.ca.settings.latencyMs = 900;
      const answers = range(3).pipe(concatMap(() => getAccount(bench.account)));
      expect(completed(time, answers).values).toHaveLength(3);
    }));

  it('holds for directory and newNonce too', () =>
    virtualTime((time) => {
      const { ca, account } = syncBench(time.scheduler, {}, { requestTimeoutMs: 1_000 });
      ca.script('newNonce', never, 'every');
      expect(errorOf(time, of(read).pipe(signedRequest(account)))).toBeInstanceOf(AcmeTransportError);
      expect(ca.operations()).toEqual(['directory', ...Array<string>(5).fill('newNonce')]);
    }));
});

describe('recovery when the answer is lost', () => {
  it('repeat: signs and sends it again, with another nonce, a little later each time', () =>
    virtualTime((time) => {
      const { ca, account, signer } = warmBench(time);
      const before = signer.inputs.length;
      ca.script('account', lost);
      ca.script('account', unreachable);
      const { values } = completed(time, of({ ...read, recovery: 'repeat' } as const).pipe(signedRequest(account)));
      expect(values).toHaveLength(1);
      const sent = sentTo('account', ca);
      expect(sent.map(({ atMs }) => atMs)).toEqual([0, 250, 750]);
      expect(sent.every(({ isNonceFresh }) => isNonceFresh)).toBe(true);
      expect(new Set(sent.map(({ header }) => header['nonce'])).size).toBe(3);
      expect(signer.inputs.length - before).toBe(3);
    }));

  it('repeat: gives up after the fifth, with its cause', () =>
    virtualTime((time) => {
      const { ca, account } = warmBench(time);
      ca.script('account', unreachable, 'every');
      const error = errorOf(time, of({ ...read, recovery: 'repeat' } as const).pipe(signedRequest(account)));
      expect(error).toBeInstanceOf(AcmeTransportError);
      expect(error).toMatchObject({ url: accountUrl, cause: new Error('connection reset') });
      expect(ca.operations().filter((each) => each === 'account')).toHaveLength(5);
    }));

  it('repeat: repeats only what was lost', () =>
    virtualTime((time) => {
      const { ca, account } = warmBench(time);
      ca.script('account', () => problem('malformed'));
      expect(errorOf(time, of({ ...read, recovery: 'repeat' } as const).pipe(signedRequest(account)))).toMatchObject({
        code: 'problem',
      });
      expect(ca.history).toHaveLength(1);
    }));

  it('never: gives up at once', () =>
    virtualTime((time) => {
      const { ca, account } = warmBench(time);
      ca.script('account', lost);
      expect(errorOf(time, of(read).pipe(signedRequest(account)))).toBeInstanceOf(AcmeTransportError);
      expect([ca.history.length, time.scheduler.now()]).toEqual([1, 0]);
    }));

  it('a function: what it finds is the answer', () =>
    virtualTime((time) => {
      const { ca, account } = warmBench(time);
      ca.script('newOrder', lost);
      const heard: unknown[] = [];
      const found = { url: 'found', status: 200, headers: {}, body: new Uint8Array(), links: [] };
      const request: AcmeRequest = {
        url: 'https://ca.test/newOrder',
        payload: { identifiers: [] },
        recovery: (error) => (heard.push(error), of(found)),
      };
      expect(completed(time, of(request).pipe(signedRequest(account))).values).toEqual([found]);
      expect(heard).toEqual([expect.any(AcmeTransportError)]);
      expect(ca.history).toHaveLength(1);
    }));

  it('a function: is not asked about anything else, and its error is the error', () =>
    virtualTime((time) => {
      const { ca, account } = warmBench(time);
      let asked = 0;
      const recovery = (error: AcmeError) => (asked++, throwError(() => error));
      ca.script('account', () => problem('malformed'));
      expect(errorOf(time, of({ ...read, recovery }).pipe(signedRequest(account)))).toMatchObject({ code: 'problem' });
      expect(asked).toBe(0);
      ca.script('account', lost);
      expect(errorOf(time, of({ ...read, recovery }).pipe(signedRequest(account)))).toBeInstanceOf(AcmeTransportError);
      expect(asked).toBe(1);
    }));

  it.each(['repeat', 'badNonce'])(
    '%s never subscribes the caller’s source again, nor sends earlier requests again',
    (what) =>
      virtualTime(({ scheduler, cold, flush, expectSubscriptions }) => {
        const { ca, account } = syncBench(scheduler, { latencyMs: { account: 5 } });
        ca.script('account', what === 'repeat' ? lost : () => problem('badNonce'), 2);
        const source = cold<AcmeRequest>('-(abc|)', {
          a: { ...read, url: `${accountUrl}?a`, recovery: 'repeat' },
          b: { ...read, url: `${accountUrl}?b`, recovery: 'repeat' },
          c: { ...read, url: `${accountUrl}?c`, recovery: 'repeat' },
        });
        const recording = record(source.pipe(signedRequest(account)));
        flush();
        expect(recording.values.map(({ url }) => url.at(-1))).toEqual(['a', 'b', 'c']);
        expect(sentTo('account', ca).map(({ http }) => http.url.at(-1))).toEqual([...'abbc']);
        expectSubscriptions(source.subscriptions).toBe('^!');
      }),
  );
});

describe('a transport', () => {
  const answer = { status: 204, headers: { 'replay-nonce': 'n' }, body: new Uint8Array() };
  const through = (time: VirtualTime, transport: AcmeTransport) => {
    const session = acmeSession({ directoryUrl, transport, scheduler: time.scheduler });
    return unsignedGet(session, directoryUrl);
  };

  it('that answers twice is heard once, and left then', () =>
    virtualTime((time) => {
      const answers = time.cold('-aa|', { a: answer });
      time.expectObservable(through(time, () => answers).pipe(map(({ status }) => status))).toBe('-(a|)', { a: 204 });
      time.expectSubscriptions(answers.subscriptions).toBe('^!');
    }));

  it.each<[string, AcmeTransport]>([
    ['completes without an answer', () => EMPTY],
    [
      'throws',
      () => {
        throw new Error('no network');
      },
    ],
    ['errors with what is no Error', () => throwError(() => 'no network')],
  ])('that %s is an AcmeTransportError, after four more tries', (_what, transport) =>
    virtualTime((time) => {
      let calls = 0;
      const error = errorOf(
        time,
        through(time, (request) => (calls++, transport(request))),
      );
      expect(error).toBeInstanceOf(AcmeTransportError);
      expect(error).toMatchObject({ url: directoryUrl });
      expect(calls).toBe(5);
    }),
  );

  it('that errors with an error of ours is not wrapped', () =>
    virtualTime((time) => {
      const own = new AcmeProtocolError('too large');
      expect(
        errorOf(
          time,
          through(time, () => throwError(() => own)),
        ),
      ).toBe(own);
    }));
});

describe('the signer', () => {
  const failure = new Error('the HSM is asleep');
  it.each<[string, AcmeSigner['sign'], unknown]>([
    [
      'throws',
      () => {
        throw failure;
      },
      failure,
    ],
    ['errors', () => throwError(() => failure), failure],
    ['completes without a signature', () => EMPTY, expect.any(Error)],
  ])('that %s is an AcmePortError, and nothing is sent', (_what, sign, cause) =>
    virtualTime((time) => {
      const { ca, account } = warmBench(time);
      const error = errorOf(
        time,
        of({ ...read, recovery: 'repeat' } as const).pipe(
          signedRequest({ ...account, signer: { ...account.signer, sign } }),
        ),
      );
      expect(error).toBeInstanceOf(AcmePortError);
      expect(error).toMatchObject({ code: 'port', port: 'signer', cause });
      expect(ca.history).toEqual([]);
    }),
  );

  it('of a key type that ACME does not know is an AcmePortError', () =>
    virtualTime((time) => {
      const { session, signer } = warmBench(time);
      const request = { url: 'https://ca.test/newAccount', payload: {}, recovery: 'never' } as const;
      const odd = { ...signer, publicJwk: { kty: 'oct', k: 'secret' } };
      expect(errorOf(time, of(request).pipe(signedRequest({ session, signer: odd })))).toMatchObject({
        code: 'port',
        port: 'signer',
      });
    }));

  it('is cancelled when its stream is unsubscribed', () =>
    virtualTime((time) => {
      const { account } = warmBench(time);
      const pending = time.cold('-');
      const slow = { ...account, signer: { ...account.signer, sign: () => pending.pipe(map(() => new Uint8Array())) } };
      const recording = record(of(read).pipe(signedRequest(slow)));
      time.scheduler.schedule(() => {
        recording.unsubscribe();
      }, 3);
      time.expectSubscriptions(pending.subscriptions).toBe('^--!');
    }));

  it('is used once per request that is sent', () =>
    virtualTime((time) => {
      const { account } = warmBench(time);
      const signer = syncSigner();
      completed(
        time,
        range(3).pipe(
          concatMap(() => getAccount({ ...account, signer })),
          toArray(),
        ),
      );
      expect(signer.inputs).toHaveLength(3);
    }));
});

it('aborts the request in flight when it is unsubscribed', () =>
  virtualTime((time) => {
    const { ca, account } = warmBench(time);
    ca.script('account', () => NEVER);
    record(of(read).pipe(signedRequest(account))).unsubscribe();
    expect(ca.aborted).toHaveLength(1);
    expect(time.timers()).toBe(0);
  }));
