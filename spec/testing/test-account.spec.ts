import { describe, expect, it } from 'vitest';
import { getAccount, newAccount, obtainCertificate, toCertificate } from '../../lib/index.js';
import {
  fakeCa,
  recordingSolver,
  synchronousCertificateKey,
  synchronousDigest,
  synchronousPorts,
  synchronousSigner,
  testAccount,
  testSession,
} from '../../lib/testing/index.js';
import { completed, virtualTime } from '../support/virtual-time.js';
import { now } from './support/raw-client.js';

describe('testAccount and testSession', () => {
  it('do nothing by themselves', () => {
    const ca = fakeCa();
    testSession(ca);
    testAccount(ca);
    expect(ca.history.count()).toBe(0);
  });

  it('give an account that the CA has', () => {
    const ca = fakeCa();
    const account = testAccount(ca);
    expect(now(getAccount(account))).toMatchObject({ url: account.url, status: 'valid' });
    expect(account.signer.publicJwk).toEqual(synchronousSigner().publicJwk);
  });

  it('take a signer and the options of a session', () =>
    virtualTime((time) => {
      const ca = fakeCa({ scheduler: time.scheduler });
      const signer = synchronousSigner('mine');
      const options = { scheduler: time.scheduler, signer, userAgent: 'mine/1.0', random: () => 0.75 };
      const account = testAccount(ca, options);
      expect([account.signer, account.session.scheduler, account.session.random()]).toEqual([
        signer,
        time.scheduler,
        0.75,
      ]);
      expect(account.session.directoryUrl).toBe(ca.directoryUrl);
      const session = testSession(ca, { scheduler: time.scheduler });
      expect(completed(time, newAccount(session, { signer })).values).toMatchObject([{ created: false }]);
    }));
});

describe('synchronous ports', () => {
  it('leave nothing that is asynchronous', () => {
    const certificate$ = obtainCertificate(testAccount(fakeCa()), {
      identifiers: ['a.test', '*.a.test', '2001:db8::1'],
      solvers: [recordingSolver()],
      keyType: 'P-384',
    }).pipe(toCertificate());
    const { certificate, key } = now(certificate$);
    expect(certificate.chain).toHaveLength(2);
    expect(now(key?.exportPem() ?? ([now] as never))).toContain('PRIVATE KEY');
  });

  it('are the same each time: another key for each name, the same for the same', () => {
    expect(synchronousSigner('a').publicJwk).toEqual(synchronousSigner('a').publicJwk);
    expect(synchronousSigner('a').publicJwk).not.toEqual(synchronousSigner('b').publicJwk);
    expect(synchronousCertificateKey('a').publicKey).not.toEqual(synchronousCertificateKey('b').publicKey);
    const { keyGenerator, random } = synchronousPorts();
    const keys = [0, 1].map(() => now(keyGenerator('P-256') as never) as ReturnType<typeof synchronousCertificateKey>);
    expect(keys[0]?.publicKey).not.toEqual(keys[1]?.publicKey);
    expect(random()).toBe(0.5);
  });

  it('have the forms of real ones', () => {
    const { publicJwk, sign } = synchronousSigner();
    expect(publicJwk).toEqual({
      kty: 'EC',
      crv: 'P-256',
      x: expect.stringMatching(/^[\w-]{43}$/),
      y: expect.stringMatching(/^[\w-]{43}$/),
    });
    expect((now(sign(new Uint8Array(5)) as never) as Uint8Array).length).toBe(64);
    const digest = now(synchronousDigest(new TextEncoder().encode('abc')) as never) as Uint8Array;
    expect(Buffer.from(digest).toString('hex').slice(0, 8)).toBe('ba7816bf');
  });

  it('refuse what is none of theirs', () => {
    const { certificateReader } = synchronousPorts();
    expect(() => certificateReader.readRequest(Uint8Array.of(0x30, 0))).toThrow('not a request of rxacme/testing');
    const pem = new TextEncoder().encode('-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n');
    expect(() => certificateReader.readChain(pem, undefined)).toThrow('not a certificate of rxacme/testing');
  });
});
