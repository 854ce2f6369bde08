import { catchError, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  AcmeAuthorizationError,
  AcmeInputError,
  AcmeOrderError,
  AcmeProtocolError,
  type IssuanceEvent,
  type IssuanceOptions,
  newOrder,
  obtainCertificate,
  resumeOrder,
} from '../../lib/index.js';
import { bend } from '../request/scripts.js';
import { covers } from '../support/covers.js';
import { type CaSettings, problem } from '../support/scripted-ca.js';
import { recordingSolver, syncBench, syncCertificateRequest, syncKey } from '../support/sync-ports.js';
import { completed, record, virtualTime, type VirtualTime } from '../support/virtual-time.js';
import { memoryKeyStore, ofType, told } from './told.js';

covers('statuses');

const url = 'https://ca.test/order/1';
const identifiers = ['example.org'];

/** A process that ends at the first event of a type, and all that outlives it: the server and the key store. */
function crashed(time: VirtualTime, at: IssuanceEvent['type'], settings: CaSettings = {}) {
  const bench = syncBench(time.scheduler, { validationMs: 1_000, issuanceMs: 1_000, ...settings });
  const keyStore = memoryKeyStore();
  const recording = record(
    obtainCertificate(bench.account, { identifiers, solvers: [recordingSolver()], keyStore }),
    ({ type }) => {
      if (type === at)
        time.scheduler.schedule(() => {
          recording.unsubscribe();
        });
    },
  );
  time.flush();
  bench.ca.history.length = 0;
  return { ...bench, keyStore };
}

function resumed(
  time: VirtualTime,
  { account, ca }: ReturnType<typeof syncBench>,
  options: Partial<IssuanceOptions> = {},
) {
  const solver = recordingSolver({}, time.scheduler);
  const recording = completed(time, resumeOrder(account, url, { solvers: [solver], ...options }));
  return { ...recording, solver, told: recording.values.map(told), operations: ca.operations() };
}

describe('an order that is', () => {
  it('pending, and nothing done, is proven, finalized and downloaded', () =>
    virtualTime((time) => {
      const bench = syncBench(time.scheduler);
      completed(time, newOrder(bench.account, { identifiers }));
      const { told, values } = resumed(time, bench);
      expect(told).toEqual([
        'order-created pending',
        'authorization-pending example.org http-01',
        'challenge-presented example.org http-01',
        'challenge-answered example.org http-01 valid',
        'authorization-settled example.org valid',
        'order-ready',
        'order-finalized valid',
        'certificate-issued',
      ]);
      expect(values[0]).toMatchObject({
        resumed: true,
        orderUrl: url,
        identifiers: [{ type: 'dns', value: 'example.org' }],
      });
    }));

  it('pending, its challenge under way, is presented again, not answered again, and waited for', () =>
    virtualTime((time) => {
      const bench = crashed(time, 'challenge-answered');
      const { told, operations, solver, isComplete } = resumed(time, bench);
      expect(told.slice(0, 4)).toEqual([
        'order-created pending',
        'authorization-pending example.org http-01',
        'challenge-presented example.org http-01',
        'challenge-answered example.org http-01 processing',
      ]);
      expect(isComplete).toBe(true);
      expect(operations).not.toContain('challenge');
      expect(solver.calls.map(({ what }) => what)).toEqual(['present', 'ready', 'cleanUp']);
    }));

  it('ready, its key stored, is finalized with that key', () =>
    virtualTime((time) => {
      const bench = syncBench(time.scheduler, { authorized: () => true });
      completed(time, newOrder(bench.account, { identifiers }));
      const keyStore = memoryKeyStore();
      const stored = syncKey(40);
      keyStore.keys.set(url, stored);
      const { told, values } = resumed(time, bench, { keyStore });
      expect(told).toEqual([
        'order-created ready',
        'order-ready',
        'key-stored',
        'order-finalized valid',
        'certificate-issued',
      ]);
      expect(ofType(values, 'certificate-issued')[0]?.key).toBe(stored);
    }));

  it('ready, without a key, is finalized with a new one', () =>
    virtualTime((time) => {
      const bench = syncBench(time.scheduler, { authorized: () => true });
      completed(time, newOrder(bench.account, { identifiers }));
      const keyStore = memoryKeyStore();
      const { values } = resumed(time, bench, { keyStore });
      expect(ofType(values, 'certificate-issued')[0]?.key).toBe(keyStore.keys.get(url));
    }));

  it('ready, with a CSR of the caller’s, is finalized with that', () =>
    virtualTime((time) => {
      const bench = syncBench(time.scheduler, { authorized: () => true });
      completed(time, newOrder(bench.account, { identifiers }));
      const csr = syncCertificateRequest(syncKey(41), identifiers);
      const { told } = resumed(time, bench, { csr });
      expect(told.at(-1)).toBe('certificate-issued');
      expect(bench.ca.history.find(({ operation }) => operation === 'finalize')?.payload).toEqual({
        csr: Buffer.from(csr).toString('base64url'),
      });
    }));

  it('ready, with a CSR for other names, is not finalized', () =>
    virtualTime((time) => {
      const bench = syncBench(time.scheduler, { authorized: () => true });
      completed(time, newOrder(bench.account, { identifiers }));
      const { error, operations } = resumed(time, bench, { csr: syncCertificateRequest(syncKey(41), ['other.test']) });
      expect(error).toBeInstanceOf(AcmeInputError);
      expect(operations).not.toContain('finalize');
    }));

  it('ready, with the account’s key, is not finalized', () =>
    virtualTime((time) => {
      const bench = syncBench(time.scheduler, { authorized: () => true });
      completed(time, newOrder(bench.account, { identifiers }));
      const { error, operations } = resumed(time, bench, { key: syncKey(1) });
      expect(error).toBeInstanceOf(AcmeInputError);
      expect(operations).not.toContain('finalize');
    }));

  it('processing is waited for, and its key is the stored one', () =>
    virtualTime((time) => {
      const bench = crashed(time, 'order-finalized', { issuanceMs: 5_000 });
      const { told, operations, values, solver } = resumed(time, bench, { keyStore: bench.keyStore });
      expect(told[0]).toBe('order-created processing');
      expect(told.slice(-2)).toEqual(['polled valid', 'certificate-issued']);
      expect(new Set(operations)).toEqual(new Set(['order', 'certificate']));
      expect(ofType(values, 'certificate-issued')[0]?.key).toBe(bench.keyStore.keys.get(url));
      expect(solver.calls).toEqual([]);
    }));

  it('valid is downloaded with the stored key', () =>
    virtualTime((time) => {
      const bench = crashed(time, 'certificate-issued');
      const { told, operations, values } = resumed(time, bench, { keyStore: bench.keyStore });
      expect(told).toEqual(['order-created valid', 'certificate-issued']);
      expect(operations).toEqual(['order', 'certificate']);
      expect(ofType(values, 'certificate-issued')[0]).toMatchObject({
        key: bench.keyStore.keys.get(url),
        orderUrl: url,
      });
    }));

  it.each(['the caller’s key', 'the CSR'])('valid is downloaded with %s', (what) =>
    virtualTime((time) => {
      const bench = crashed(time, 'certificate-issued');
      const key = bench.keyStore.keys.get(url) ?? syncKey();
      const { told } = resumed(
        time,
        bench,
        what === 'the CSR' ? { csr: syncCertificateRequest(key, identifiers) } : { key },
      );
      expect(told.at(-1)).toBe('certificate-issued');
    }),
  );

  it.each<[string, Partial<IssuanceOptions>]>([
    ['no store', {}],
    ['a store that cannot load', { keyStore: { save: () => [] } }],
    ['a store that has it not', { keyStore: memoryKeyStore() }],
  ])('valid is worth nothing with %s: nothing is downloaded', (_what, options) =>
    virtualTime((time) => {
      const bench = crashed(time, 'certificate-issued');
      const { error, operations } = resumed(time, bench, options);
      expect(error).toBeInstanceOf(AcmeOrderError);
      expect(error).toMatchObject({
        code: 'order',
        url,
        order: { status: 'valid' },
        message: expect.stringMatching(/key.*keyStore.*new order/),
      });
      expect(operations).toEqual(['order']);
    }),
  );

  it.each(['valid', 'invalid'])('%s and its key gone: a new order, where the caller says so', (status) =>
    virtualTime((time) => {
      const bench = crashed(time, 'certificate-issued');
      if (status === 'invalid') {
        bench.ca.script(
          'order',
          bend((body) => ({ ...body, status })),
          2,
        );
      }
      const options = { solvers: [recordingSolver()], keyStore: memoryKeyStore() };
      const events$ = resumeOrder(bench.account, url, options).pipe(
        catchError((error: unknown) => {
          if (!(error instanceof AcmeOrderError)) return throwError(() => error);
          return obtainCertificate(bench.account, { ...options, identifiers: error.order.identifiers });
        }),
      );
      const { values } = completed(time, events$);
      expect(ofType(values, 'order-created').map(({ resumed, orderUrl }) => [resumed, orderUrl])).toEqual([
        [true, url],
        [false, 'https://ca.test/order/2'],
      ]);
      expect(values.at(-1)).toMatchObject({ type: 'certificate-issued', orderUrl: 'https://ca.test/order/2' });
    }),
  );

  it('valid with another key than the certificate’s is refused', () =>
    virtualTime((time) => {
      const bench = crashed(time, 'certificate-issued');
      expect(resumed(time, bench, { key: syncKey(66) }).error).toBeInstanceOf(AcmeProtocolError);
    }));

  it('valid with a store that fails ends with the store’s error', () =>
    virtualTime((time) => {
      const cause = new Error('disk gone');
      const bench = crashed(time, 'certificate-issued');
      const { error } = resumed(time, bench, { keyStore: { save: () => [], load: () => throwError(() => cause) } });
      expect(error).toMatchObject({ code: 'port', port: 'keyStore', cause });
    }));

  it('invalid is explained, name by name', () =>
    virtualTime((time) => {
      const bench = syncBench(time.scheduler, { invalid: (name) => name !== 'good.test' });
      completed(
        time,
        obtainCertificate(bench.account, { identifiers: ['good.test', 'bad.test'], solvers: [recordingSolver()] }),
      );
      const { error, told, solver } = resumed(time, bench);
      expect(told).toEqual([
        'order-created invalid',
        'authorization-settled good.test valid',
        'authorization-settled bad.test invalid',
      ]);
      expect(error).toBeInstanceOf(AcmeAuthorizationError);
      expect((error as AcmeAuthorizationError).failures).toMatchObject([
        { identifier: { value: 'bad.test' }, problem: { detail: 'bad.test does not answer' } },
      ]);
      expect(solver.calls).toEqual([]);
    }));

  it('in a status that nobody knows ends with AcmeProtocolError', () =>
    virtualTime((time) => {
      const bench = crashed(time, 'order-created');
      bench.ca.script(
        'order',
        bend((body) => ({ ...body, status: 'toString' })),
        'every',
      );
      expect(resumed(time, bench).error).toBeInstanceOf(AcmeProtocolError);
    }));

  it('gone ends with what the server says', () =>
    virtualTime((time) => {
      const bench = crashed(time, 'order-created');
      bench.ca.script('order', () => problem('malformed', { status: 404 }), 'every');
      const { error, values } = resumed(time, bench);
      expect(error).toMatchObject({ code: 'problem', status: 404 });
      expect(values).toEqual([]);
    }));
});

describe('resumeOrder', () => {
  const points = [
    'order-created',
    'authorization-pending',
    'challenge-presented',
    'challenge-answered',
    'polled',
    'authorization-settled',
    'order-ready',
    'key-stored',
    'order-finalized',
    'certificate-issued',
  ] as const;

  it.each(points)('brings an order to its certificate when the process before ended at %s', (at) =>
    virtualTime((time) => {
      const bench = crashed(time, at, { latencyMs: 10 });
      const { isComplete, values, operations } = resumed(time, bench, { keyStore: bench.keyStore });
      expect(isComplete).toBe(true);
      expect(ofType(values, 'certificate-issued')[0]?.key).toBe(bench.keyStore.keys.get(url));
      expect(operations).not.toContain('newOrder');
    }),
  );

  it.each(['', 'order/1', '/order/1'])('throws TypeError on the URL %j', (wrong) =>
    virtualTime(({ scheduler }) => {
      const { account } = syncBench(scheduler);
      expect(() => resumeOrder(account, wrong, { solvers: [] })).toThrow(TypeError);
    }),
  );
});
