import { describe, expect, it } from 'vitest';
import { AcmeOrderError, AcmeProtocolError } from '../../lib/index.js';
import { bend } from '../request/scripts.js';
import { covers } from '../support/covers.js';
import { syncCertificateRequest, syncKey } from '../support/sync-ports.js';
import { virtualTime } from '../support/virtual-time.js';
import { obtained } from './obtained.js';
import { ofType, told } from './told.js';

covers('newOrder', 'statuses');

describe('what the server makes of the identifiers', () => {
  it.each([
    ['another name', [{ type: 'dns', value: 'other.test' }]],
    [
      'a name more',
      [
        { type: 'dns', value: 'example.org' },
        { type: 'dns', value: 'other.test' },
      ],
    ],
    ['a name less', []],
    ['another type', [{ type: 'ip', value: 'example.org' }]],
  ])('%s ends it before anything is presented', (_what, identifiers) =>
    virtualTime((time) => {
      const { error, ca, solver, values } = obtained(
        time,
        {},
        {
          script: ({ script }) =>
            script(
              'newOrder',
              bend((body) => ({ ...body, identifiers })),
            ),
        },
      );
      expect(error).toBeInstanceOf(AcmeProtocolError);
      expect(error).toMatchObject({ url: 'https://ca.test/order/1', message: expect.stringContaining('example.org') });
      expect([values, solver.calls, ca.operations().at(-1)]).toEqual([[], [], 'newOrder']);
    }),
  );

  it('may be another order, other letters, and the same one twice', () =>
    virtualTime((time) => {
      const change = bend((body) => ({
        ...body,
        identifiers: [...body.identifiers, { type: 'dns', value: 'A.Test' }].reverse(),
      }));
      const { isComplete } = obtained(
        time,
        {},
        { identifiers: ['a.test', 'b.test'], script: ({ script }) => script('newOrder', change) },
      );
      expect(isComplete).toBe(true);
    }));

  it('may be shuffled anew at every look, and so may its authorizations and challenges', () =>
    virtualTime((time) => {
      const identifiers = ['a.test', '*.a.test', 'b.test', '192.0.2.1', '2001:db8::1'];
      const { isComplete, solver, values } = obtained(
        time,
        { shuffle: true, validationMs: 1_000, issuanceMs: 1_000 },
        { identifiers },
      );
      expect(isComplete).toBe(true);
      expect(solver.names('present').sort()).toEqual([...identifiers].sort());
      expect(ofType(values, 'challenge-presented').map(told).sort()).toEqual(
        identifiers.map((name) => `challenge-presented ${name} ${name.startsWith('*') ? 'dns-01' : 'http-01'}`).sort(),
      );
      expect(ofType(values, 'certificate-issued')).toHaveLength(1);
    }));
});

describe('statuses', () => {
  it.each([
    ['when it is made', 'newOrder', 1],
    ['while it is validated', 'order', 1],
    ['when it is finalized', 'finalize', 1],
    ['while it is issued', 'order', 2],
  ] as const)('one that nobody knows ends the order %s', (_what, operation, which) =>
    virtualTime((time) => {
      const { error, solver } = obtained(
        time,
        { validationMs: 100, issuanceMs: 100 },
        {
          script: ({ script }) =>
            script(
              operation,
              bend((body) => ({ ...body, status: 'archived' })),
              which,
            ),
        },
      );
      expect(error).toBeInstanceOf(AcmeProtocolError);
      expect(error).toMatchObject({ url: 'https://ca.test/order/1', message: expect.stringContaining('"archived"') });
      expect(solver.names('cleanUp')).toEqual(solver.names('present'));
    }),
  );

  it('canceled, which an order of another kind can be, says so', () =>
    virtualTime((time) => {
      const script: Parameters<typeof obtained>[2] = {
        script: (ca) =>
          ca.script(
            'newOrder',
            bend((body) => ({ ...body, status: 'canceled' })),
          ),
      };
      const { error } = obtained(time, {}, script);
      expect(error).toBeInstanceOf(AcmeOrderError);
      expect(error).toMatchObject({ message: expect.stringContaining('the order is canceled') });
    }));

  it('that lead in circles end too', () =>
    virtualTime((time) => {
      let looks = 0;
      const { error } = obtained(
        time,
        { issuanceMs: Infinity, authorized: () => true },
        {
          script: ({ script }) =>
            script(
              'order',
              bend((body) => ({ ...body, status: looks++ % 2 ? 'processing' : 'pending' })),
              'every',
            ),
        },
      );
      expect(error).toBeInstanceOf(AcmeProtocolError);
      expect(error).toMatchObject({ message: expect.stringContaining('circles') });
    }));

  it('ready at once goes straight to finalize', () =>
    virtualTime((time) => {
      const { values, solver } = obtained(time, { authorized: () => true });
      expect(values.map(told)).toEqual([
        'order-created ready',
        'order-ready',
        'order-finalized valid',
        'certificate-issued',
      ]);
      expect(solver.calls).toEqual([]);
    }));

  it('valid at once, for an order that the server had already, needs the key', () =>
    virtualTime((time) => {
      const key = syncKey(3);
      const certificate = 'https://ca.test/certificate/1';
      const made = bend((body) => ({ ...body, status: 'valid', certificate }));
      const pem = Buffer.from(syncCertificateRequest(key, ['example.org'])).toString('base64');
      const script: Parameters<typeof obtained>[2] = {
        script: (ca) => {
          ca.script('newOrder', made);
          ca.script('certificate', () => ({
            body: `-----BEGIN CERTIFICATE-----\n${pem}\n-----END CERTIFICATE-----\n`,
          }));
        },
      };
      expect(obtained(time, {}, { ...script, key }).values.map(told)).toEqual([
        'order-created valid',
        'certificate-issued',
      ]);
      const without = obtained(time, {}, script);
      expect(without.error).toBeInstanceOf(AcmeOrderError);
      expect(without.ca.operations()).not.toContain('certificate');
    }));
});

describe('authorizations that are valid already', () => {
  it('are told, and not proven again', () =>
    virtualTime((time) => {
      const { values, ca, solver } = obtained(
        time,
        { authorized: (name) => name !== 'new.test' },
        { identifiers: ['old.test', 'new.test', '*.old.test'] },
      );
      expect(values.map(told).slice(1, 5)).toEqual([
        'authorization-settled old.test valid',
        'authorization-settled *.old.test valid',
        'authorization-pending new.test http-01',
        'challenge-presented new.test http-01',
      ]);
      expect(solver.names('present')).toEqual(['new.test']);
      expect(ca.operations().filter((each) => each === 'challenge')).toHaveLength(1);
    }));

  it('are all there is to do where the order is still pending: it is looked at', () =>
    virtualTime((time) => {
      const { values } = obtained(
        time,
        { authorized: () => true },
        {
          script: ({ script }) =>
            script(
              'newOrder',
              bend((body) => ({ ...body, status: 'pending' }), { 'retry-after': '7' }),
            ),
        },
      );
      expect(values.map(told).slice(1, 5)).toEqual([
        'authorization-settled example.org valid',
        'waiting pending',
        'polled ready',
        'order-ready',
      ]);
      expect(time.scheduler.now()).toBe(7_000);
    }));

  it('or are neither pending nor settled, are left to the server', () =>
    virtualTime((time) => {
      const { values, solver, isComplete } = obtained(
        time,
        { authorized: () => true },
        {
          script: ({ script }) => {
            script(
              'newOrder',
              bend((body) => ({ ...body, status: 'pending' })),
            );
            script(
              'authorization',
              bend((body) => ({ ...body, status: 'processing' })),
            );
          },
        },
      );
      expect(isComplete).toBe(true);
      expect([ofType(values, 'authorization-settled'), solver.calls]).toEqual([[], []]);
    }));
});
