import { concatMap, last } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  type CertificateIssued,
  decodeAccount,
  decodeAuthorization,
  decodeCertificate,
  decodeChallenge,
  decodeDirectory,
  decodeOrder,
  getAccount,
  getAuthorization,
  getDirectory,
  getOrder,
  newOrder,
  obtainCertificate,
  resumeOrder,
  toCertificate,
} from '../../lib/index.js';
import {
  fakeCa,
  recordingSolver,
  synchronousCertificateKey,
  synchronousPorts,
  testAccount,
} from '../../lib/testing/index.js';
import { stored } from '../codec/support.js';
import { covers } from '../support/covers.js';
import { completed, virtualTime, type VirtualTime } from '../support/virtual-time.js';

const identifiers = ['example.org', '*.example.org'];

/** A CA whose objects have members that nobody knows, and headers that say more. */
function benchWith(time: VirtualTime) {
  const ca = fakeCa({ scheduler: time.scheduler, unknownMembers: true, roots: ['A', 'B'], retryAfter: '7' });
  const account = testAccount(ca, { scheduler: time.scheduler });
  const only = <T>(source: Parameters<typeof completed<T>>[1]): T => {
    const { values, error } = completed(time, source);
    expect(error).toBeUndefined();
    return values.at(-1) as T;
  };
  return { account, only };
}

describe('what a CA answered survives JSON and is read back, members included that nobody knows', () => {
  covers('openTypes', 'certificate', 'directory');

  it('a directory', () =>
    virtualTime((time) => {
      const { account, only } = benchWith(time);
      const directory = only(getDirectory(account.session));
      expect(decodeDirectory(stored(directory))).toEqual(directory);
      expect(stored(directory)).toEqual(directory);
    }));

  it('an account', () =>
    virtualTime((time) => {
      const { account, only } = benchWith(time);
      const resource = only(getAccount(account));
      expect(decodeAccount(stored(resource))).toEqual(resource);
    }));

  it('an order, its authorizations and their challenges', () =>
    virtualTime((time) => {
      const { account, only } = benchWith(time);
      const order = only(newOrder(account, { identifiers }));
      expect(order.expiresAt).toBeInstanceOf(Date);
      expect(decodeOrder(stored(order))).toEqual(order);
      const known = ['status', 'expires', 'identifiers', 'authorizations', 'finalize'];
      expect(Object.keys(order.raw).some((name) => !known.includes(name))).toBe(true);
      for (const url of order.authorizations) {
        const authorization = only(getAuthorization(account, url));
        expect(decodeAuthorization(stored(authorization))).toEqual(authorization);
        for (const challenge of authorization.challenges) expect(decodeChallenge(stored(challenge))).toEqual(challenge);
      }
    }));

  it('a certificate', () =>
    virtualTime((time) => {
      const { account, only } = benchWith(time);
      const events$ = obtainCertificate(account, { identifiers, solvers: [recordingSolver()] });
      const { certificate } = only<CertificateIssued>(events$.pipe(toCertificate(), last()));
      expect(certificate.alternates).toHaveLength(1);
      expect(only(decodeCertificate(stored(certificate), synchronousPorts().certificateReader))).toEqual(certificate);
    }));

  it('an order that was stored can be taken up where it was left', () =>
    virtualTime((time) => {
      const { account, only } = benchWith(time);
      const json = JSON.stringify(only(newOrder(account, { identifiers })));
      const order = decodeOrder(JSON.parse(json) as never);
      const key = synchronousCertificateKey();
      const resumed$ = resumeOrder(account, order.url, { solvers: [recordingSolver()], key }).pipe(toCertificate());
      const { certificate } = only<CertificateIssued>(resumed$);
      expect(certificate.leaf.identifiers.map(({ value }) => value).sort()).toEqual([...identifiers].sort());
      expect(only(newOrder(account, { identifiers }).pipe(concatMap(() => getOrder(account, order.url)))).status).toBe(
        'valid',
      );
    }));
});
