import { describe, expect, it } from 'vitest';
import { AcmeProblemError, deactivateAuthorization } from '../../lib/index.js';
import { lost, unreachable } from '../request/scripts.js';
import { problem } from '../support/scripted-ca.js';
import { syncBench } from '../support/sync-ports.js';
import { completed, errorOf, virtualTime } from '../support/virtual-time.js';
import { covers } from '../support/covers.js';

covers('deactivateAuthorization');

const url = 'https://ca.test/authorization/1/0';
const body = (status: string) => ({ status, identifier: { type: 'dns', value: 'example.org' }, challenges: [] });
const deactivated = () => ({ body: body('deactivated') });

describe('deactivateAuthorization', () => {
  it('emits the authorization once, and completes', () =>
    virtualTime((time) => {
      const { ca, account } = syncBench(time.scheduler);
      ca.script('authorization', deactivated);
      const { values, isComplete } = completed(time, deactivateAuthorization(account, url));
      expect([values.length, isComplete]).toEqual([1, true]);
      expect(values[0]).toMatchObject({ url, status: 'deactivated' });
      expect(ca.history.at(-1)?.payload).toEqual({ status: 'deactivated' });
    }));

  it('looks when the answer is lost: done, or sent again', () =>
    virtualTime((time) => {
      const { ca, account } = syncBench(time.scheduler);
      ca.script('authorization', unreachable, 1);
      ca.script('authorization', () => ({ body: body('pending') }), 2);
      ca.script('authorization', () => lost(deactivated), 3);
      ca.script('authorization', deactivated, 4);
      expect(completed(time, deactivateAuthorization(account, url)).values).toMatchObject([{ status: 'deactivated' }]);
      expect(ca.history.filter(({ operation }) => operation === 'authorization').map(({ payload }) => payload)).toEqual(
        [{ status: 'deactivated' }, '', { status: 'deactivated' }, ''],
      );
    }));

  it.each(['valid', 'pending', 'revoked'])('errors where the server says yes and the authorization is %s', (status) =>
    virtualTime((time) => {
      const { ca, account } = syncBench(time.scheduler);
      ca.script('authorization', () => ({ body: body(status) }));
      const error = errorOf(time, deactivateAuthorization(account, url));
      expect(error).toMatchObject({
        code: 'protocol',
        url,
        message: expect.stringContaining(`is ${status} still`) as unknown,
      });
    }),
  );

  it('errors where the server refuses', () =>
    virtualTime((time) => {
      const { ca, account } = syncBench(time.scheduler);
      ca.script('authorization', () => problem('malformed'));
      expect(errorOf(time, deactivateAuthorization(account, url))).toBeInstanceOf(AcmeProblemError);
    }));

  it('throws TypeError on what is no URL', () =>
    virtualTime(({ scheduler }) => {
      expect(() => deactivateAuthorization(syncBench(scheduler).account, 'authorization/1')).toThrow(TypeError);
    }));
});
