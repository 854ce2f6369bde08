import { of } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { type AcmeHttpRequest, getOrder, obtainCertificate, onlyOrigins } from '../../lib/index.js';
import { fakeCa, recordingSolver, testAccount } from '../../lib/testing/index.js';
import { completed, errorOf, virtualTime } from '../support/virtual-time.js';

const answer = { status: 200, headers: {}, body: new Uint8Array() };
const asked = (url: string): AcmeHttpRequest => ({ method: 'GET', url, headers: {}, maxResponseBytes: 1 });

describe('onlyOrigins', () => {
  const only = onlyOrigins('https://ca.test', 'https://ca.test:8443');

  it.each(['https://ca.test/x', 'https://CA.test:443/x', 'https://ca.test:8443/'])('lets %s pass', (url) =>
    virtualTime((time) => {
      expect(
        completed(
          time,
          only(asked(url), () => of(answer)),
        ).values,
      ).toEqual([answer]);
    }),
  );

  it.each([
    'https://other.test/x',
    'https://ca.test:444/x',
    'https://ca.test.other.test/',
    'https://ca.test@other.test/',
    'http://ca.test/',
  ])('does not send a request for %s', (url) =>
    virtualTime((time) => {
      let sent = 0;
      const error = errorOf(
        time,
        only(asked(url), () => (sent++, of(answer))),
      );
      expect(error).toMatchObject({
        code: 'protocol',
        url,
        message: expect.stringContaining('onlyOrigins') as unknown,
      });
      expect(sent).toBe(0);
    }),
  );

  it.each(['ca.test', 'https://ca.test/', 'https://ca.test/directory', 'https://CA.test', ''])(
    'throws TypeError on %j',
    (origin) => {
      expect(() => onlyOrigins('https://ca.test', origin)).toThrow(TypeError);
    },
  );

  it('ends an order that the server wants finalized elsewhere, and harms none that stays where it is', () =>
    virtualTime((time) => {
      const { scheduler } = time;
      const ca = fakeCa({ scheduler });
      const account = testAccount(ca, { scheduler, interceptors: [onlyOrigins('https://ca.test')] });
      const obtain$ = obtainCertificate(account, { identifiers: ['a.test'], solvers: [recordingSolver()] });
      expect(completed(time, obtain$).values.at(-1)?.type).toBe('certificate-issued');
      ca.script('newOrder', { edit: (order) => ({ ...order, finalize: 'https://other.test/finalize' }) });
      expect(errorOf(time, obtain$)).toMatchObject({ code: 'protocol', url: 'https://other.test/finalize' });
      expect(errorOf(time, getOrder(account, 'https://other.test/order/1'))).toMatchObject({ code: 'protocol' });
    }));
});
