import { last, map } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { encodePem } from '../../lib/codec/pem.js';
import {
  type AcmeAccount,
  AcmeProblemError,
  AcmeTransportError,
  AcmeUnsupportedError,
  type CertificateIssued,
  obtainCertificate,
  type RevocationReason,
  revocationReasons,
  revokeCertificate,
  toCertificate,
} from '../../lib/index.js';
import {
  fakeCa,
  type FakeCaOptions,
  recordingSolver,
  synchronousCertificateKey,
  synchronousSigner,
  testAccount,
  testSession,
} from '../../lib/testing/index.js';
import { completed, errorOf, record, virtualTime, type VirtualTime } from '../support/virtual-time.js';
import { covers } from '../support/covers.js';

covers('revocation');

/** A CA, an account and a certificate of it, with the key `certificate`. */
function benchWith(time: VirtualTime, options: FakeCaOptions = {}) {
  const { scheduler } = time;
  const ca = fakeCa({ scheduler, ...options });
  const account = testAccount(ca, { scheduler });
  const key = synchronousCertificateKey('certificate');
  const issued$ = obtainCertificate(account, { identifiers: ['example.org'], solvers: [recordingSolver()], key });
  const { values } = completed(time, issued$.pipe(toCertificate(), last()));
  const { certificate } = values[0] as CertificateIssued;
  const asked = () => ca.history.requests.filter(({ operation }) => operation === 'revokeCert');
  return { ca, account, certificate: certificate.leaf.der, chainPem: certificate.chainPem, asked };
}

const problemOf = (name: string) => ({ problem: { type: `urn:ietf:params:acme:error:${name}` } });

describe('revokeCertificate', () => {
  it('emits undefined once and completes, by one POST that the account signs', () =>
    virtualTime((time) => {
      const { account, certificate, asked } = benchWith(time, { latencyMs: { revokeCert: 10 } });
      const revoked$ = revokeCertificate(account, { certificate });
      expect(asked()).toEqual([]);
      time.expectObservable(revoked$.pipe(map((value) => String(value)))).toBe('10ms (u|)', { u: 'undefined' });
      time.flush();
      expect(asked()).toMatchObject([
        { kid: account.url, payload: { certificate: Buffer.from(certificate).toString('base64url') } },
      ]);
      expect(asked()[0]?.payload).not.toHaveProperty('reason');
    }));

  it('needs no account, only the certificate’s key', () =>
    virtualTime((time) => {
      const { ca, certificate, asked } = benchWith(time);
      const signer = synchronousSigner('certificate');
      const session = testSession(ca, { scheduler: time.scheduler });
      const { isComplete } = completed(time, revokeCertificate({ session, signer }, { certificate }));
      expect(isComplete).toBe(true);
      expect(asked()).toMatchObject([{ kid: undefined, jwk: signer.publicJwk, status: 200 }]);
    }));

  it('is refused to another key', () =>
    virtualTime((time) => {
      const { account, certificate } = benchWith(time);
      const by = { session: account.session, signer: synchronousSigner('somebody') };
      expect(errorOf(time, revokeCertificate(by, { certificate }))).toMatchObject(problemOf('unauthorized'));
    }));

  it('is done for another account that controls all the names, and for no other', () =>
    virtualTime((time) => {
      const { ca, certificate } = benchWith(time);
      const { scheduler } = time;
      const other = testAccount(ca, { scheduler, signer: synchronousSigner('other') });
      expect(errorOf(time, revokeCertificate(other, { certificate }))).toMatchObject(problemOf('unauthorized'));
      completed(time, obtainCertificate(other, { identifiers: ['example.org'], solvers: [recordingSolver()] }));
      expect(completed(time, revokeCertificate(other, { certificate })).isComplete).toBe(true);
    }));

  it.each(Object.entries(revocationReasons))('sends %s as %d', (reason, code) =>
    virtualTime((time) => {
      const { account, certificate, asked } = benchWith(time);
      completed(time, revokeCertificate(account, { certificate, reason: reason as RevocationReason }));
      expect(asked()).toMatchObject([{ payload: { reason: code }, status: 200 }]);
    }),
  );

  it('has the codes of RFC 5280 §5.3.1, without 7', () => {
    expect(Object.values(revocationReasons)).toEqual([0, 1, 2, 3, 4, 5, 6, 8, 9, 10]);
  });

  it('takes PEM, and of a chain or a file with more in it the first certificate', () =>
    virtualTime((time) => {
      const { account, certificate, chainPem, asked } = benchWith(time);
      const one = encodePem('CERTIFICATE', certificate);
      const key = encodePem('PRIVATE KEY', Buffer.from('key'));
      for (const text of [one, chainPem, chainPem.replaceAll('\n', '\r\n'), `${key}subject=CN\n${one}`]) {
        record(revokeCertificate(account, { certificate: text }));
      }
      expect(new Set(asked().map(({ payload }) => (payload as { certificate: string }).certificate))).toEqual(
        new Set([Buffer.from(certificate).toString('base64url')]),
      );
      expect(asked()).toHaveLength(4);
    }));

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['no text', ''],
    ['text that is no PEM', 'certificate'],
    ['a private key', encodePem('PRIVATE KEY', Buffer.from('key'))],
    ['PEM of something else', encodePem('CERTIFICATE', Buffer.from('key'))],
    ['the bytes of PEM', Buffer.from(encodePem('CERTIFICATE', Buffer.of(0x30, 0)))],
  ])('throws TypeError on %s, at the call', (_what, certificate) =>
    virtualTime((time) => {
      const { account, asked } = benchWith(time);
      expect(() => revokeCertificate(account, { certificate: certificate as string })).toThrow(TypeError);
      expect(asked()).toEqual([]);
    }),
  );

  it.each(['', 'keycompromise', 'toString', 1])(
    'throws TypeError on the reason %j, and names those there are',
    (reason) =>
      virtualTime((time) => {
        const { account, certificate } = benchWith(time);
        const wrong = { certificate, reason: reason as RevocationReason };
        expect(() => revokeCertificate(account, wrong)).toThrow(/unspecified, keyCompromise, .*aACompromise/);
      }),
  );

  it('throws TypeError where nobody can sign', () =>
    virtualTime((time) => {
      const { account, certificate } = benchWith(time);
      const by = { session: account.session } as AcmeAccount;
      expect(() => revokeCertificate(by, { certificate })).toThrow(/signer/);
    }));

  it('errors with AcmeUnsupportedError where the server revokes nothing', () =>
    virtualTime((time) => {
      const ca = fakeCa({ scheduler: time.scheduler });
      ca.script('directory', { edit: ({ revokeCert: _, ...rest }) => rest });
      const account = testAccount(ca, { scheduler: time.scheduler });
      const error = errorOf(time, revokeCertificate(account, { certificate: Uint8Array.of(0x30, 0) }));
      expect(error).toBeInstanceOf(AcmeUnsupportedError);
      expect(ca.history.counts).toEqual({ directory: 1 });
    }));

  it.each(['alreadyRevoked', 'badRevocationReason'])('errors with %s as the server says it', (type) =>
    virtualTime((time) => {
      const { ca, account, certificate, asked } = benchWith(time);
      ca.failNext('revokeCert', { type });
      const error = errorOf(time, revokeCertificate(account, { certificate }));
      expect(error).toBeInstanceOf(AcmeProblemError);
      expect(error).toMatchObject(problemOf(type));
      expect(asked()).toHaveLength(1);
    }),
  );
});

describe('revokeCertificate, where the answer is lost', () => {
  it.each(['before', 'after', 'middle'] as const)('%s the request was carried out, has it revoked once', (when) =>
    virtualTime((time) => {
      const { ca, account, certificate, asked } = benchWith(time);
      ca.script('revokeCert', { lost: when });
      const { values, isComplete } = completed(time, revokeCertificate(account, { certificate }));
      expect([values, isComplete]).toEqual([[undefined], true]);
      const statuses = asked().map(({ status }) => status);
      expect(statuses).toEqual([undefined, when === 'before' ? 200 : 400]);
      const nonces = asked().map(({ nonce }) => nonce);
      expect(new Set(nonces).size).toBe(2);
      expect(time.scheduler.now()).toBe(250);
    }),
  );

  it('asks four times more at most, and says what was lost', () =>
    virtualTime((time) => {
      const { ca, account, certificate, asked } = benchWith(time);
      ca.script('revokeCert', { lost: 'after' }, 'always');
      expect(errorOf(time, revokeCertificate(account, { certificate }))).toBeInstanceOf(AcmeTransportError);
      expect([asked().length, time.scheduler.now()]).toEqual([5, 3_750]);
    }));

  it('is refused as it should be where only nonces were lost: nothing had been sent', () =>
    virtualTime((time) => {
      const { ca, account, certificate, asked } = benchWith(time);
      completed(time, revokeCertificate(account, { certificate }));
      const { session } = testAccount(ca, { scheduler: time.scheduler });
      for (let i = 0; i < 3; i++) ca.script('newNonce', { lost: 'before' });
      const again$ = revokeCertificate({ ...account, session }, { certificate });
      expect(errorOf(time, again$)).toMatchObject(problemOf('alreadyRevoked'));
      expect([asked().length, ca.history.count('newNonce')]).toEqual([2, 1 + 4]);
    }));

  it('sends nothing where no nonce can be had', () =>
    virtualTime((time) => {
      const { ca, account, certificate, asked } = benchWith(time);
      const { session } = testAccount(ca, { scheduler: time.scheduler });
      ca.script('newNonce', { lost: 'before' }, 'always');
      expect(errorOf(time, revokeCertificate({ ...account, session }, { certificate }))).toMatchObject({
        code: 'transport',
        url: 'https://ca.test/new-nonce',
      });
      expect([asked().length, ca.history.count('newNonce')]).toEqual([0, 1 + 5]);
    }));

  it('ends with its subscription, also while it waits to ask again', () =>
    virtualTime((time) => {
      const { ca, account, certificate, asked } = benchWith(time);
      ca.script('revokeCert', { lost: 'after' });
      record(revokeCertificate(account, { certificate })).unsubscribe();
      expect([asked().length, time.timers()]).toEqual([1, 0]);
    }));
});
