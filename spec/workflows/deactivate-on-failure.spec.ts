import { of } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  type AcmeError,
  AcmeAuthorizationError,
  AcmeRateLimitedError,
  deactivateOnFailure,
  getAuthorization,
  obtainCertificate,
} from '../../lib/index.js';
import { recordingSolver } from '../../lib/testing/index.js';
import { ofType, told } from '../flows/told.js';
import { withFakeCa } from '../flows/with-fake-ca.js';
import { covers } from '../support/covers.js';
import { completed, virtualTime, type VirtualTime } from '../support/virtual-time.js';

covers('deactivateAuthorization');

const identifiers = ['good.test', 'bad.test', 'other.test'];

/** The solver fails for one name before anything is answered, so that all authorizations are pending. */
function failed(time: VirtualTime, script: (bench: ReturnType<typeof withFakeCa>) => void = () => undefined) {
  const reported: AcmeError[] = [];
  const bench = withFakeCa(time, {}, { onDetachedError: (error) => reported.push(error) });
  const solver = recordingSolver({
    present: ({ identifier: { value } }) => {
      if (value === 'bad.test') throw new Error('locked');
      return [];
    },
  });
  script(bench);
  const events$ = obtainCertificate(bench.account, { identifiers, solvers: [solver] });
  return { ...bench, reported, events$, ...completed(time, events$.pipe(deactivateOnFailure(bench.account))) };
}

describe('deactivateOnFailure', () => {
  it('gives up what is pending of an order that failed, tells of it, and passes the error on', () =>
    virtualTime((time) => {
      const { error, values, account, ca, reported } = failed(time);
      expect(error).toBeInstanceOf(AcmeAuthorizationError);
      expect(ofType(values, 'authorization-settled').map(told).sort()).toEqual([
        'authorization-settled bad.test deactivated',
        'authorization-settled good.test deactivated',
        'authorization-settled other.test deactivated',
      ]);
      const [url] = ca.history.requests
        .filter(({ operation }) => operation === 'authorization')
        .map((each) => each.url);
      expect(completed(time, getAuthorization(account, url as string)).values).toMatchObject([
        { status: 'deactivated' },
      ]);
      expect(reported).toEqual([]);
    }));

  it('leaves alone what is settled', () =>
    virtualTime((time) => {
      const bench = withFakeCa(time, {
        validation: { outcome: ({ identifier }) => (identifier.value === 'bad.test' ? { type: 'dns' } : undefined) },
      });
      const options = { identifiers, solvers: [bench.solver] };
      const events$ = obtainCertificate(bench.account, options).pipe(deactivateOnFailure(bench.account));
      expect(completed(time, events$).error).toBeInstanceOf(AcmeAuthorizationError);
      expect(bench.sent('authorization').filter((payload) => typeof payload === 'object')).toEqual([]);
    }));

  it('goes on where one cannot be given up, and reports why', () =>
    virtualTime((time) => {
      const { error, values, reported } = failed(time, ({ ca }) => {
        ca.script('authorization', { problem: { type: 'malformed' } }, (occurrence) => occurrence === 5);
      });
      expect(error).toBeInstanceOf(AcmeAuthorizationError);
      expect(ofType(values, 'authorization-settled')).toHaveLength(2);
      expect(reported).toMatchObject([{ code: 'problem' }]);
    }));

  it('passes the error on where the order cannot be read', () =>
    virtualTime((time) => {
      const { error, reported } = failed(time, ({ ca }) => {
        ca.failNext('order', { type: 'unauthorized' });
      });
      expect(error).toBeInstanceOf(AcmeAuthorizationError);
      expect(reported).toMatchObject([{ code: 'problem' }]);
    }));

  it('does nothing where the order can be taken up again, or all is well', () =>
    virtualTime((time) => {
      const { ca, account, solver } = withFakeCa(time);
      ca.failNext('challenge', { type: 'rateLimited', retryAfter: '61' });
      const options = { identifiers, solvers: [solver] };
      const events$ = obtainCertificate(account, options).pipe(deactivateOnFailure(account));
      expect(completed(time, events$).error).toBeInstanceOf(AcmeRateLimitedError);
      expect(completed(time, events$).isComplete).toBe(true);
      expect(ca.history.count('order')).toBe(0);
      expect(completed(time, of().pipe(deactivateOnFailure(account))).isComplete).toBe(true);
    }));
});
