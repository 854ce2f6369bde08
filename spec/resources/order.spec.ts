import { defer, map, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  AcmeInputError,
  AcmePortError,
  AcmeProblemError,
  AcmeProtocolError,
  AcmeRateLimitedError,
  AcmeTransportError,
  finalizeOrder,
  getOrder,
  newOrder,
  type Order,
} from '../../lib/index.js';
import { toIdentifier } from '../../lib/codec/identifier.js';
import { readRequest } from '../../lib/x509/read-request.js';
import { bend, lost, unreachable } from '../request/scripts.js';
import { covers } from '../support/covers.js';
import { type CaSettings, problem } from '../support/scripted-ca.js';
import { fakeDer, syncBench, syncCertificateReader, syncCertificateRequest, syncKey } from '../support/sync-ports.js';
import { completed, errorOf, virtualTime, type VirtualTime } from '../support/virtual-time.js';

covers('newOrder');

const identifiers = ['example.org'];
const csr = syncCertificateRequest(syncKey(), identifiers);

/** A bench with an order, and nothing in its history. */
function benchWithOrder(time: VirtualTime, settings: CaSettings = {}, options = {}) {
  const bench = syncBench(time.scheduler, settings, options);
  const order = completed(time, newOrder(bench.account, { identifiers })).values[0] as Order;
  bench.ca.history.length = 0;
  return { ...bench, order };
}

const ready: CaSettings = { authorized: () => true };

describe('newOrder', () => {
  it('emits the order once and completes, after directory, newNonce and one POST', () =>
    virtualTime(({ scheduler, expectObservable, flush }) => {
      const { ca, account } = syncBench(scheduler, { latencyMs: 10 });
      const order$ = newOrder(account, {
        identifiers: ['Example.ORG.', 'bücher.example', '*.example.org', '192.0.2.1', 'example.org'],
      });
      expectObservable(order$.pipe(map(({ status }) => status))).toBe('30ms (p|)', { p: 'pending' });
      flush();
      expect(ca.operations()).toEqual(['directory', 'newNonce', 'newOrder']);
      expect(ca.history[2]?.payload).toEqual({
        identifiers: [
          { type: 'dns', value: 'example.org' },
          { type: 'dns', value: 'xn--bcher-kva.example' },
          { type: 'dns', value: '*.example.org' },
          { type: 'ip', value: '192.0.2.1' },
        ],
      });
    }));

  it('takes the order’s URL from Location and keeps all else of the answer', () =>
    virtualTime((time) => {
      const { ca, account } = syncBench(time.scheduler);
      const headers = { location: '/order/7', 'retry-after': '5', link: '<https://ca.test/x>;rel="odd"' };
      ca.script(
        'newOrder',
        bend((body) => ({ ...body, expires: '2026-02-01T00:00:00Z', odd: 1 }), headers),
      );
      expect(completed(time, newOrder(account, { identifiers })).values).toMatchObject([
        {
          url: 'https://ca.test/order/7',
          retryAfterMs: 5_000,
          links: [{ url: 'https://ca.test/x', relations: ['odd'] }],
          expiresAt: new Date('2026-02-01T00:00:00Z'),
          raw: { odd: 1 },
        },
      ]);
    }));

  it('errors where there is no Location, and says what a browser needs', () =>
    virtualTime((time) => {
      const { ca, account } = syncBench(time.scheduler);
      ca.script(
        'newOrder',
        bend((body) => body, { location: undefined }),
      );
      const error = errorOf(time, newOrder(account, { identifiers }));
      expect(error).toBeInstanceOf(AcmeProtocolError);
      expect(error).toMatchObject({ message: expect.stringMatching(/Location.*Access-Control-Expose-Headers/s) });
    }));

  it('orders again when the answer is lost', () =>
    virtualTime((time) => {
      const { ca, account } = syncBench(time.scheduler);
      ca.script('newOrder', lost);
      expect(completed(time, newOrder(account, { identifiers })).values).toMatchObject([
        { url: 'https://ca.test/order/2' },
      ]);
    }));

  it('gives the time to come back when the server limits', () =>
    virtualTime((time) => {
      const { ca, account } = syncBench(time.scheduler);
      ca.script('newOrder', () => problem('rateLimited', { status: 429 }, { 'retry-after': '3600' }));
      const error = errorOf(time, newOrder(account, { identifiers }));
      expect(error).toBeInstanceOf(AcmeRateLimitedError);
      expect(error).toMatchObject({ retryAt: new Date(Date.UTC(2026, 0, 1, 1)) });
      expect(time.scheduler.now()).toBe(0);
    }));

  it.each([[[]], [['']], [['a..b']], [['https://example.org']], [['*.*.example.org']]])(
    'throws TypeError on %j',
    (wrong) => {
      virtualTime(({ scheduler }) => {
        const { ca, account } = syncBench(scheduler);
        expect(() => newOrder(account, { identifiers: wrong })).toThrow(TypeError);
        expect(ca.history).toEqual([]);
      });
    },
  );
});

describe('getOrder', () => {
  it('emits the order once and completes, by one POST-as-GET', () =>
    virtualTime((time) => {
      const { ca, account, order } = benchWithOrder(time);
      const { values, isComplete } = completed(time, getOrder(account, order.url));
      expect([values.length, isComplete]).toEqual([1, true]);
      expect(values[0]).toEqual(order);
      expect(ca.history).toMatchObject([{ operation: 'order', payload: '' }]);
    }));

  it('keeps the URL that was asked, whatever Location says', () =>
    virtualTime((time) => {
      const { ca, account, order } = benchWithOrder(time);
      ca.script(
        'order',
        bend((body) => body, { location: 'https://ca.test/finalize/1' }),
      );
      expect(completed(time, getOrder(account, order.url)).values[0]?.url).toBe(order.url);
    }));

  it.each([
    ['seconds', '120', undefined, 120_000],
    ['a date of the server', 'Fri, 02 Jan 1998 00:00:10 GMT', 'Fri, 02 Jan 1998 00:00:00 GMT', 10_000],
    ['a date, where the server has no Date', 'Thu, 01 Jan 2026 00:00:10 GMT', undefined, 10_000],
    ['a date that is over', 'Thu, 01 Jan 1998 00:00:00 GMT', undefined, 0],
  ])('reads Retry-After as %s', (_what, value, date, ms) =>
    virtualTime((time) => {
      const { ca, account, order } = benchWithOrder(time);
      ca.script(
        'order',
        bend((body) => body, { 'retry-after': value, date }),
      );
      expect(completed(time, getOrder(account, order.url)).values[0]?.retryAfterMs).toBe(ms);
    }),
  );

  it.each([
    ['HTML', () => ({ body: '<html>' })],
    ['nothing', () => ({ status: 204 })],
    ['an order without finalize', bend(({ finalize: _, ...rest }) => rest)],
    ['an order with a relative authorization', bend((body) => ({ ...body, authorizations: ['/1'] }))],
  ])('errors on %s', (_what, answer) =>
    virtualTime((time) => {
      const { ca, account, order } = benchWithOrder(time);
      ca.script('order', answer);
      expect(errorOf(time, getOrder(account, order.url))).toBeInstanceOf(AcmeProtocolError);
    }),
  );
});

describe('finalizeOrder', () => {
  it('sends the CSR to the finalize URL and emits the order once, under its own URL', () =>
    virtualTime((time) => {
      const { ca, account, order } = benchWithOrder(time, {
        ...ready,
        issuanceMs: 1_000,
        retryAfter: { finalize: '3' },
      });
      const { values, isComplete } = completed(time, finalizeOrder(account, order, { csr }));
      expect(isComplete).toBe(true);
      expect(values).toMatchObject([{ url: order.url, status: 'processing', retryAfterMs: 3_000 }]);
      expect(ca.history).toMatchObject([
        {
          operation: 'finalize',
          http: { url: order.finalize },
          payload: { csr: Buffer.from(csr).toString('base64url') },
        },
      ]);
    }));

  it('does not take the order’s URL from the answer', () =>
    virtualTime((time) => {
      const { ca, account, order } = benchWithOrder(time, ready);
      ca.script(
        'finalize',
        bend((body) => body, { location: 'https://ca.test/order/99' }),
      );
      expect(completed(time, finalizeOrder(account, order, { csr })).values[0]?.url).toBe(order.url);
    }));

  it('reads the order when the answer is lost, and does not send again what the server has carried out', () =>
    virtualTime((time) => {
      const { ca, account, order } = benchWithOrder(time, ready);
      ca.script('finalize', lost);
      expect(completed(time, finalizeOrder(account, order, { csr })).values).toMatchObject([
        { status: 'valid', url: order.url },
      ]);
      expect(ca.operations().filter((each) => each !== 'newNonce')).toEqual(['finalize', 'order']);
    }));

  it('sends it again where the order says that the server never had it', () =>
    virtualTime((time) => {
      const { ca, account, order } = benchWithOrder(time, ready);
      ca.script('finalize', unreachable);
      expect(completed(time, finalizeOrder(account, order, { csr })).values).toMatchObject([{ status: 'valid' }]);
      expect(ca.operations().filter((each) => each !== 'newNonce')).toEqual(['finalize', 'order', 'finalize']);
    }));

  it('errors where the order cannot be read either', () =>
    virtualTime((time) => {
      const { ca, account, order } = benchWithOrder(time, ready);
      ca.script('finalize', lost);
      ca.script('order', unreachable, 'every');
      expect(errorOf(time, finalizeOrder(account, order, { csr }))).toBeInstanceOf(AcmeTransportError);
      expect(ca.operations().filter((each) => each === 'finalize')).toHaveLength(1);
    }));

  it.each(['orderNotReady', 'badCSR'])('errors with %s as the server says it', (type) =>
    virtualTime((time) => {
      const { ca, account, order } = benchWithOrder(time, ready);
      ca.script('finalize', () => problem(type, { status: 403 }));
      const error = errorOf(time, finalizeOrder(account, order, { csr }));
      expect(error).toBeInstanceOf(AcmeProblemError);
      expect(error).toMatchObject({ problem: { type: `urn:ietf:params:acme:error:${type}` } });
      expect(ca.history).toHaveLength(1);
    }),
  );

  it.each<[string, unknown]>([
    ['PEM text', '-----BEGIN CERTIFICATE REQUEST-----'],
    ['the bytes of PEM text', Buffer.from('-----BEGIN CERTIFICATE REQUEST-----')],
    ['no bytes', new Uint8Array()],
    ['cut off bytes', csr.subarray(0, -1)],
    ['more bytes', Buffer.concat([csr, Buffer.of(0)])],
  ])('throws TypeError on %s, at the call', (_what, wrong) =>
    virtualTime((time) => {
      const { ca, account, order } = benchWithOrder(time, ready);
      expect(() => finalizeOrder(account, order, { csr: wrong as Uint8Array })).toThrow(TypeError);
      expect(ca.history).toEqual([]);
    }),
  );

  it('refuses a CSR with the account’s key, before anything is sent', () =>
    virtualTime((time) => {
      const { ca, account, order } = benchWithOrder(time, ready);
      const error = errorOf(
        time,
        finalizeOrder(account, order, { csr: syncCertificateRequest(syncKey(1), identifiers) }),
      );
      expect(error).toBeInstanceOf(AcmeInputError);
      expect(error).toMatchObject({ code: 'input' });
      expect(ca.history).toEqual([]);
    }));

  it('errors with AcmeInputError on DER that is no certificate request, before anything is sent', () =>
    virtualTime((time) => {
      const reader = {
        ...syncCertificateReader,
        readRequest: (der: Uint8Array) => defer(() => [readRequest(der, toIdentifier)]),
      };
      const { ca, account, order } = benchWithOrder(time, ready, { certificateReader: reader });
      const error = errorOf(time, finalizeOrder(account, order, { csr: fakeDer({}) }));
      expect(ca.history).toEqual([]);
      expect(error).toBeInstanceOf(AcmeInputError);
    }));

  it('errors with AcmePortError where the reader itself fails', () =>
    virtualTime((time) => {
      const failure = new Error('out of memory');
      const reader = { ...syncCertificateReader, readRequest: () => throwError(() => failure) };
      const { account, order } = benchWithOrder(time, ready, { certificateReader: reader });
      const error = errorOf(time, finalizeOrder(account, order, { csr }));
      expect(error).toBeInstanceOf(AcmePortError);
      expect(error).toMatchObject({ port: 'certificateReader', cause: failure });
    }));
});
