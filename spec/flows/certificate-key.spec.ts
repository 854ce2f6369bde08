import { map, of, throwError, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  AcmeInputError,
  AcmePortError,
  AcmeProtocolError,
  type IssuanceOptions,
  obtainCertificate,
} from '../../lib/index.js';
import { bend } from '../request/scripts.js';
import { problem } from '../support/scripted-ca.js';
import { fakeDer, recordingSolver, syncBench, syncCertificateRequest, syncKey } from '../support/sync-ports.js';
import { completed, virtualTime } from '../support/virtual-time.js';
import { obtained } from './obtained.js';
import { memoryKeyStore, ofType } from './told.js';

describe('the certificate’s key', () => {
  it('is in the store before the order is finalized', () =>
    virtualTime((time) => {
      const stored: unknown[] = [];
      const { ca, account } = syncBench(time.scheduler);
      const keyStore = {
        save: (url: string) =>
          timer(800, time.scheduler).pipe(map(() => stored.push(url, ca.operations().includes('finalize')))),
      };
      const { values } = completed(
        time,
        obtainCertificate(account, { identifiers: ['example.org'], solvers: [recordingSolver()], keyStore }),
      );
      expect(stored).toEqual(['https://ca.test/order/1', false]);
      expect(ca.history.filter(({ operation }) => operation === 'finalize').map(({ atMs }) => atMs)).toEqual([800]);
      expect(values.map(({ type }) => type).slice(-3)).toEqual(['key-stored', 'order-finalized', 'certificate-issued']);
    }));

  it('that cannot be stored ends the order before it is finalized', () =>
    virtualTime((time) => {
      const cause = new Error('disk full');
      const { error, ca } = obtained(time, {}, { keyStore: { save: () => throwError(() => cause) } });
      expect(error).toBeInstanceOf(AcmePortError);
      expect(error).toMatchObject({ code: 'port', port: 'keyStore', cause });
      expect(ca.operations()).not.toContain('finalize');
    }));

  it('is made of the type that is asked for, and handed over with the certificate', () =>
    virtualTime((time) => {
      const types: string[] = [];
      const made = syncKey(8);
      const { account } = syncBench(time.scheduler, {}, { keyGenerator: (type) => (types.push(type), of(made)) });
      const obtain = (options: Partial<IssuanceOptions>) =>
        completed(
          time,
          obtainCertificate(account, { identifiers: ['example.org'], solvers: [recordingSolver()], ...options }),
        ).values;
      expect(ofType(obtain({}), 'certificate-issued')[0]?.key).toBe(made);
      obtain({ keyType: 'RSA-4096' });
      expect(types).toEqual(['P-256', 'RSA-4096']);
    }));

  it('may be the caller’s, and is stored all the same', () =>
    virtualTime((time) => {
      const key = syncKey(9);
      const keyStore = memoryKeyStore();
      const { values } = obtained(time, {}, { key, keyStore });
      expect(ofType(values, 'certificate-issued')[0]?.key).toBe(key);
      expect(keyStore.keys.get('https://ca.test/order/1')).toBe(key);
    }));

  it('may not be the account’s', () =>
    virtualTime((time) => {
      const { error, ca } = obtained(time, {}, { key: syncKey(1) });
      expect(error).toBeInstanceOf(AcmeInputError);
      expect(ca.history).toEqual([]);
    }));

  it.each(['keyGenerator', 'certificateRequestBuilder'] as const)('is not there where the %s fails', (port) =>
    virtualTime((time) => {
      const cause = new Error('no entropy');
      const { account } = syncBench(time.scheduler, {}, { [port]: () => throwError(() => cause) });
      const events$ = obtainCertificate(account, { identifiers: ['example.org'], solvers: [recordingSolver()] });
      expect(completed(time, events$).error).toMatchObject({ code: 'port', port, cause });
    }),
  );

  it('is the same for every try to finalize', () =>
    virtualTime((time) => {
      let keys = 50;
      const { ca, account } = syncBench(time.scheduler, {}, { keyGenerator: () => of(syncKey(keys++)) });
      ca.script(
        'finalize',
        bend((body) => ({ ...body, status: 'ready' })),
      );
      ca.script('finalize', () => problem('orderNotReady', { status: 403 }));
      ca.script(
        'order',
        bend((body) => ({ ...body, status: 'ready' })),
        'every',
      );
      completed(time, obtainCertificate(account, { identifiers: ['example.org'], solvers: [recordingSolver()] }));
      const sent = ca.history
        .filter(({ operation }) => operation === 'finalize')
        .map(({ payload }) => JSON.stringify(payload));
      expect(sent.length).toBeGreaterThan(1);
      expect([new Set(sent).size, keys]).toEqual([1, 51]);
    }));
});

describe('a CSR of the caller’s', () => {
  const names = ['example.org', '*.example.org'];
  const csr = syncCertificateRequest(syncKey(4), names);
  const pem = `-----BEGIN CERTIFICATE REQUEST-----\n${Buffer.from(csr).toString('base64')}\n-----END CERTIFICATE REQUEST-----\n`;

  it.each([
    ['DER', csr],
    ['PEM', pem],
  ])('as %s is sent as it is, and no key is made or stored', (_form, given) =>
    virtualTime((time) => {
      const keyStore = memoryKeyStore();
      const { values, ca } = obtained(time, {}, { identifiers: [...names].reverse(), csr: given, keyStore });
      expect(ofType(values, 'certificate-issued')[0]).not.toHaveProperty('key');
      expect(ofType(values, 'key-stored')).toEqual([]);
      expect(keyStore.keys.size).toBe(0);
      expect(ca.history.find(({ operation }) => operation === 'finalize')?.payload).toEqual({
        csr: Buffer.from(csr).toString('base64url'),
      });
    }),
  );

  it.each([
    ['other names', syncCertificateRequest(syncKey(4), ['example.org', 'other.test'])],
    ['fewer names', syncCertificateRequest(syncKey(4), ['example.org'])],
    ['the account’s key', syncCertificateRequest(syncKey(1), names)],
  ])('with %s is refused before any request', (_what, given) =>
    virtualTime((time) => {
      const { error, ca } = obtained(time, {}, { identifiers: names, csr: given });
      expect(error).toBeInstanceOf(AcmeInputError);
      expect(ca.history).toEqual([]);
    }),
  );

  it('that cannot be read is refused before any request', () =>
    virtualTime((time) => {
      const { error, ca } = obtained(time, {}, { csr: fakeDer({ odd: true }) });
      expect(error).toMatchObject({ code: 'port', port: 'certificateReader' });
      expect(ca.history).toEqual([]);
    }));
});

describe('a certificate that is not the one that was asked for', () => {
  it.each([
    ['another key', syncCertificateRequest(syncKey(5), ['example.org'])],
    ['another name', syncCertificateRequest(syncKey(), ['other.test'])],
  ])('has %s, and is refused', (_what, der) =>
    virtualTime((time) => {
      const body = `-----BEGIN CERTIFICATE-----\n${Buffer.from(der).toString('base64')}\n-----END CERTIFICATE-----\n`;
      const { error, values } = obtained(time, {}, { script: ({ script }) => script('certificate', () => ({ body })) });
      expect(error).toBeInstanceOf(AcmeProtocolError);
      expect(ofType(values, 'certificate-issued')).toEqual([]);
    }),
  );

  it('is not there where the order is valid without its URL', () =>
    virtualTime((time) => {
      const { error } = obtained(
        time,
        {},
        {
          script: ({ script }) =>
            script(
              'finalize',
              bend(({ certificate: _, ...body }) => body),
            ),
        },
      );
      expect(error).toBeInstanceOf(AcmeProtocolError);
      expect(error).toMatchObject({ url: 'https://ca.test/order/1' });
    }));
});
