import { describe, expect, it } from 'vitest';
import { AcmeInputError, AcmeOrderError, AcmeProblemError, obtainCertificate, resumeOrder } from '../../lib/index.js';
import { synchronousCertificateKey } from '../../lib/testing/index.js';
import { bend, lost, unreachable } from '../request/scripts.js';
import { type CaSettings, problem, type ScriptedCa } from '../support/scripted-ca.js';
import { covers } from '../support/covers.js';
import { recordingSolver, syncBench, syncCertificateRequest, syncKey } from '../support/sync-ports.js';
import { completed, errorOf, virtualTime, type VirtualTime } from '../support/virtual-time.js';
import { ofType, told } from './told.js';
import { withFakeCa } from './with-fake-ca.js';

covers('newOrder', 'statuses');

function finalized(time: VirtualTime, settings: CaSettings, script: (ca: ScriptedCa) => void) {
  const bench = syncBench(time.scheduler, settings);
  script(bench.ca);
  const events$ = obtainCertificate(bench.account, { identifiers: ['example.org'], solvers: [recordingSolver()] });
  const { values, error, isComplete } = completed(time, events$);
  const sent = bench.ca.history.filter(({ operation }) => operation === 'finalize' || operation === 'order');
  return { values, error, isComplete, sent: sent.map(({ operation, atMs }) => `${operation} ${atMs}`) };
}

const notReady = () => problem('orderNotReady', { status: 403 });
const stillReady = bend((body) => ({ ...body, status: 'ready' }));

describe('an order that is not ready after all', () => {
  it('is read, and finalized again without delay when it says that it is', () =>
    virtualTime((time) => {
      const { isComplete, sent } = finalized(time, {}, (ca) => ca.script('finalize', notReady));
      expect(isComplete).toBe(true);
      expect(sent.filter((each) => each.startsWith('finalize'))).toHaveLength(2);
      expect(time.scheduler.now()).toBeLessThanOrEqual(1_000);
    }));

  it('goes back to its authorizations when it says pending', () =>
    virtualTime((time) => {
      const { isComplete, values, sent } = finalized(time, {}, (ca) => {
        ca.script('finalize', notReady);
        ca.script(
          'order',
          bend((body) => ({ ...body, status: 'pending' })),
        );
      });
      expect(isComplete).toBe(true);
      expect(values.map(told).slice(4, 9)).toEqual([
        'authorization-settled example.org valid',
        'order-ready',
        'authorization-settled example.org valid',
        'waiting pending',
        'polled ready',
      ]);
      expect(sent.slice(0, 3)).toEqual(['finalize 0', 'order 0', 'order 250']);
      expect(sent.filter((each) => each.startsWith('finalize'))).toHaveLength(2);
    }));

  it('is finalized as soon as it is ready again', () =>
    virtualTime((time) => {
      const { sent } = finalized(time, {}, (ca) => {
        ca.script('finalize', notReady);
        ca.script(
          'order',
          bend((body) => ({ ...body, status: 'pending' })),
        );
      });
      expect(sent).toEqual(['finalize 0', 'order 0', 'order 250', 'finalize 250']);
    }));

  it('is taken as finalized when it says that it is', () =>
    virtualTime((time) => {
      const { isComplete, sent } = finalized(time, {}, (ca) =>
        ca.script('finalize', (carryOut) => {
          carryOut();
          return notReady();
        }),
      );
      expect(isComplete).toBe(true);
      expect(sent).toEqual(['finalize 0', 'order 0']);
    }));

  it('is given up in the end', () =>
    virtualTime((time) => {
      const { error, sent } = finalized(time, {}, (ca) => ca.script('finalize', notReady, 'every'));
      expect(error).toBeInstanceOf(AcmeOrderError);
      expect(error).toMatchObject({ code: 'order', order: { status: 'ready' } });
      expect(sent.filter((each) => each.startsWith('finalize'))).toHaveLength(3);
      expect(time.timers()).toBe(0);
    }));
});

describe('an order that says ready after it was finalized', () => {
  const unmoved = () => ({ body: { ...orderBody, status: 'ready' } });

  it('is given time, looked at, and not sent again where it has moved', () =>
    virtualTime((time) => {
      const { values, sent } = finalized(time, {}, (ca) => ca.script('finalize', stillReady));
      expect(values.map(told).slice(-4)).toEqual([
        'order-finalized ready',
        'waiting ready',
        'polled valid',
        'certificate-issued',
      ]);
      expect(sent).toEqual(['finalize 0', 'order 250']);
    }));

  it('is finalized again where it has not moved for ten seconds', () =>
    virtualTime((time) => {
      const { isComplete, sent } = finalized(time, {}, (ca) => ca.script('finalize', unmoved));
      expect(isComplete).toBe(true);
      expect(sent.filter((each) => each.startsWith('finalize'))).toEqual(['finalize 0', 'finalize 10000']);
    }));

  it('is given up in the end, with its last state', () =>
    virtualTime((time) => {
      const { error, sent } = finalized(time, {}, (ca) => ca.script('finalize', unmoved, 'every'));
      expect(error).toBeInstanceOf(AcmeOrderError);
      expect(error).toMatchObject({ order: { status: 'ready', url: 'https://ca.test/order/1' } });
      expect(sent.filter((each) => each.startsWith('finalize'))).toHaveLength(3);
      expect(time.timers()).toBe(0);
    }));

  it('is left alone for as long as its Retry-After says', () =>
    virtualTime((time) => {
      const { sent } = finalized(time, {}, (ca) =>
        ca.script(
          'finalize',
          bend((body) => ({ ...body, status: 'ready' }), { 'retry-after': '5' }),
        ),
      );
      expect(sent).toEqual(['finalize 0', 'order 5000']);
    }));

  it('does not keep the caller for a day, but says when to come back', () =>
    virtualTime((time) => {
      const { error } = finalized(time, {}, (ca) =>
        ca.script(
          'finalize',
          bend((body) => ({ ...body, status: 'ready' }), { 'retry-after': '86400' }),
        ),
      );
      expect(time.scheduler.now()).toBe(0);
      expect(error).toMatchObject({ code: 'timeout', retryAfterMs: 86_400_000, last: { status: 'ready' } });
    }));
});

describe('a finalization whose answer is lost', () => {
  it('is found to be done, and not sent again', () =>
    virtualTime((time) => {
      const { values, sent } = finalized(time, {}, (ca) => ca.script('finalize', lost));
      expect(values.map(told).slice(-2)).toEqual(['order-finalized valid', 'certificate-issued']);
      expect(sent).toEqual(['finalize 0', 'order 250']);
    }));

  it('is found not to be done, and sent again', () =>
    virtualTime((time) => {
      const { isComplete, sent } = finalized(time, {}, (ca) => ca.script('finalize', unreachable));
      expect(isComplete).toBe(true);
      expect(sent).toEqual(['finalize 0', 'order 250', 'finalize 250']);
    }));
});

describe('a finalization that is refused', () => {
  it.each(['badCSR', 'unauthorized', 'rejectedIdentifier', 'caa'])('with %s ends the order', (type) =>
    virtualTime((time) => {
      const { error, values, sent } = finalized(time, {}, (ca) =>
        ca.script('finalize', () => problem(type, { status: 403 })),
      );
      expect(error).toBeInstanceOf(AcmeProblemError);
      expect(error).toMatchObject({ problem: { type: `urn:ietf:params:acme:error:${type}` } });
      expect(ofType(values, 'order-finalized')).toEqual([]);
      expect(sent).toEqual(['finalize 0']);
    }),
  );
});

describe('an order whose CSR is refused', () => {
  const identifiers = ['example.org'];

  it.each([
    ['badCSR', 400],
    ['unauthorized', 403],
  ])('with %s, status %i, is still ready: it is resumed with another key', (type, status) =>
    virtualTime((time) => {
      const { account, ca, solver, obtained } = withFakeCa(time);
      ca.failNext('finalize', { type, status, detail: 'not this key' });
      const { error } = obtained();
      expect(error).toBeInstanceOf(AcmeProblemError);
      expect(error).toMatchObject({
        problem: { detail: 'not this key' },
        orderUrl: expect.stringContaining('/order/'),
      });
      const { orderUrl = '' } = error as AcmeProblemError;
      const key = synchronousCertificateKey('another');
      const resumed = completed(time, resumeOrder(account, orderUrl, { solvers: [solver], key }));
      expect(resumed.values.map(told)).toEqual([
        'order-created ready',
        'order-ready',
        'order-finalized valid',
        'certificate-issued',
      ]);
      expect(ca.history.count('challenge')).toBe(1);
    }),
  );

  it('because it is for other names, never was one: nothing is sent', () =>
    virtualTime((time) => {
      const { account, ca } = syncBench(time.scheduler);
      const csr = syncCertificateRequest(syncKey(), ['other.test']);
      const options = { identifiers, solvers: [recordingSolver()], csr };
      expect(errorOf(time, obtainCertificate(account, options))).toBeInstanceOf(AcmeInputError);
      expect(ca.history).toEqual([]);
    }));

  it('is resumed with a CSR in place of the key', () =>
    virtualTime((time) => {
      const { account, ca } = syncBench(time.scheduler);
      ca.script('finalize', () => problem('badCSR'));
      const solvers = [recordingSolver()];
      const error = errorOf(time, obtainCertificate(account, { identifiers, solvers }));
      const { orderUrl = '' } = error as AcmeProblemError;
      const csr = syncCertificateRequest(syncKey(9), identifiers);
      expect(completed(time, resumeOrder(account, orderUrl, { solvers, csr })).isComplete).toBe(true);
    }));
});

describe('an issuance that fails', () => {
  it('while the order is processing says why', () =>
    virtualTime((time) => {
      const error = { type: 'urn:ietf:params:acme:error:serverInternal', detail: 'out of ink' };
      const outcome = finalized(time, { issuanceMs: 1_000 }, (ca) =>
        ca.script(
          'order',
          bend((body) => ({ ...body, status: 'invalid', error })),
        ),
      );
      expect(outcome.error).toBeInstanceOf(AcmeOrderError);
      expect(outcome.error).toMatchObject({
        message: expect.stringContaining('out of ink'),
        order: { error: { detail: 'out of ink' } },
      });
      expect(outcome.values.map(told)).toContain('polled invalid');
    }));
});

const orderBody = {
  identifiers: [{ type: 'dns', value: 'example.org' }],
  authorizations: ['https://ca.test/authorization/1/0'],
  finalize: 'https://ca.test/finalize/1',
};
