import { describe, expect, it } from 'vitest';
import {
  AcmeProblemError,
  type CertificateIssued,
  leaveOutRefused,
  obtainCertificate,
  type RefusalPolicy,
} from '../../lib/index.js';
import type { FakeCaOptions, ProblemInit } from '../../lib/testing/index.js';
import { covers } from '../support/covers.js';
import { syncCertificateRequest, syncKey } from '../support/sync-ports.js';
import { virtualTime } from '../support/virtual-time.js';
import { ofType } from './told.js';
import { withFakeCa } from './with-fake-ca.js';

covers('problems', 'newOrder');

const identifiers = ['good.test', 'bad.test', '*.worse.test', '192.0.2.1'];
const refusing =
  (names: string, type = 'rejectedIdentifier'): NonNullable<FakeCaOptions['refuseIdentifier']> =>
  ({ value }) =>
    names.split(' ').includes(value) ? { type, detail: `not ${value}` } : undefined;
const whenRefused = leaveOutRefused;

describe('identifiers that are refused', () => {
  it('are left out where the caller says so: the certificate is for the others, and what is missing is told', () =>
    virtualTime((time) => {
      const { obtained, ca } = withFakeCa(time, { refuseIdentifier: refusing('bad.test *.worse.test') });
      const { values, error } = obtained({ identifiers, whenRefused });
      expect(error).toBeUndefined();
      expect(values.slice(0, 2)).toMatchObject([
        { type: 'order-created' },
        {
          type: 'identifiers-left-out',
          orderUrl: expect.stringContaining('/order/'),
          leftOut: [
            { identifier: { type: 'dns', value: 'bad.test' }, detail: 'not bad.test' },
            { identifier: { type: 'dns', value: '*.worse.test' }, detail: 'not *.worse.test' },
          ],
        },
      ]);
      const { certificate } = values.at(-1) as CertificateIssued;
      expect(certificate.leaf.identifiers.map(({ value }) => value).sort()).toEqual(['192.0.2.1', 'good.test']);
      expect(ca.history.count('newOrder')).toBe(2);
    }));

  it('fail the order where the caller says nothing', () =>
    virtualTime((time) => {
      const { obtained, ca } = withFakeCa(time, { refuseIdentifier: refusing('bad.test') });
      const { values, error } = obtained({ identifiers });
      expect(error).toBeInstanceOf(AcmeProblemError);
      expect([values, ca.history.count('newOrder')]).toEqual([[], 1]);
    }));

  it('fail the order where there are no others', () =>
    virtualTime((time) => {
      const { obtained, ca } = withFakeCa(time, { refuseIdentifier: refusing('bad.test') });
      expect(obtained({ identifiers: ['bad.test'], whenRefused }).error).toBeInstanceOf(AcmeProblemError);
      expect(ca.history.count('newOrder')).toBe(1);
    }));

  it('are left out little by little where the server names one at a time, three times at most', () =>
    virtualTime((time) => {
      const { obtained, ca } = withFakeCa(time);
      const names = Array.from({ length: 6 }, (_, index) => `n${index}.test`);
      const refusal = (value: string): ProblemInit => ({
        type: 'rejectedIdentifier',
        subproblems: [{ type: 'rejectedIdentifier', identifier: { type: 'dns', value } }],
      });
      for (const value of names.slice(0, 3)) ca.failNext('newOrder', refusal(value));
      const { values } = obtained({ identifiers: names, whenRefused });
      const [leftOut] = ofType(values, 'identifiers-left-out');
      expect(leftOut?.leftOut.map(({ identifier }) => identifier.value)).toEqual(names.slice(0, 3));
      for (const value of names.slice(0, 4)) ca.failNext('newOrder', refusal(value));
      const { error } = obtained({ identifiers: names, whenRefused });
      expect(error).toMatchObject({ problem: { subproblems: [{ identifier: { value: 'n3.test' } }] } });
      expect(ca.history.count('newOrder')).toBe(8);
    }));

  it('are not asked for a third time where the server does not say which they are', () =>
    virtualTime((time) => {
      const { obtained, ca } = withFakeCa(time);
      ca.failNext('newOrder', { type: 'rejectedIdentifier' });
      expect(obtained({ identifiers, whenRefused }).error).toBeInstanceOf(AcmeProblemError);
      expect(ca.history.count('newOrder')).toBe(1);
    }));

  it('are up to the caller: a policy of its own', () =>
    virtualTime((time) => {
      const optional: RefusalPolicy = (refusal, asked) =>
        leaveOutRefused(refusal, asked).filter(({ identifier }) => identifier.value !== 'good.test');
      const { obtained } = withFakeCa(time, { refuseIdentifier: refusing('good.test bad.test') });
      expect(obtained({ identifiers, whenRefused: optional }).error).toMatchObject({
        problem: { subproblems: [{ identifier: { value: 'good.test' } }] },
      });
    }));

  it('cannot be left out of a CSR: TypeError at the call', () =>
    virtualTime((time) => {
      const { account, solver } = withFakeCa(time);
      const csr = syncCertificateRequest(syncKey(), ['example.org']);
      const options = { identifiers: ['example.org'], solvers: [solver], csr, whenRefused };
      expect(() => obtainCertificate(account, options)).toThrow(TypeError);
      expect(() => obtainCertificate(account, options)).toThrow(/csr.*whenRefused/);
    }));
});
