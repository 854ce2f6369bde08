import { createHash } from 'node:crypto';
import { concat, first, firstValueFrom, from, last, map, of, throwError, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  AcmeInputError,
  AcmePortError,
  acmeSession,
  type Certificate,
  type CertificateIssued,
  decodeCertificate,
  generateCertificateKey,
  buildCertificateRequest,
  getAlternateCertificates,
  obtainCertificate,
  rootedIn,
  toCertificate,
} from '../../lib/index.js';
import { fakeCa, recordingSolver, testAccount, testSession } from '../../lib/testing/index.js';
import { covers } from '../support/covers.js';
import { fakeCertificate, pemOf } from '../support/issuer-pages.js';
import { completed, errorOf, virtualTime, type VirtualTime } from '../support/virtual-time.js';
import { makeTestCa, toChainPem } from '../support/x509.js';

covers('certificate');

const rootPem = (name: string) => pemOf(fakeCertificate(`CN=${name}`, `CN=${name}`));
const fingerprintOf = (der: Uint8Array) => createHash('sha256').update(der).digest('hex');

/** A certificate with three chains at a fake CA. */
function benchWith(time: VirtualTime) {
  const { scheduler } = time;
  const ca = fakeCa({ scheduler, roots: ['Root A', 'Root B', 'Root C'] });
  const account = testAccount(ca, { scheduler });
  const events$ = obtainCertificate(account, { identifiers: ['example.org'], solvers: [recordingSolver()] });
  const { values } = completed(time, events$.pipe(toCertificate(), last()));
  const { certificate } = values[0] as CertificateIssued;
  const chains$ = concat(of(certificate), getAlternateCertificates(account, certificate));
  const before = ca.history.count('certificate');
  return { account, certificate, chains$, asked: () => ca.history.count('certificate') - before };
}

const rootsOf = (certificates: readonly Certificate[]) => certificates.map(({ chain }) => chain.at(-1)?.issuer);

describe('rootedIn', () => {
  it.each([
    ['Root A', 0],
    ['Root B', 1],
    ['Root C', 2],
  ])('finds the chain that %s has signed, with %d requests', (name, requests) =>
    virtualTime((time) => {
      const { account, certificate, chains$, asked } = benchWith(time);
      const picked$ = chains$.pipe(rootedIn(account.session, rootPem(name)), first(undefined, certificate));
      expect(rootsOf(completed(time, picked$).values as Certificate[])).toEqual([`CN=${name}`]);
      expect(asked()).toBe(requests);
    }),
  );

  it('keeps none where no chain leads there, so that the default is left', () =>
    virtualTime((time) => {
      const { account, certificate, chains$, asked } = benchWith(time);
      const none$ = chains$.pipe(rootedIn(account.session, rootPem('Root D')));
      expect(completed(time, none$)).toMatchObject({ values: [], isComplete: true });
      expect(asked()).toBe(2);
      expect(completed(time, none$.pipe(first(undefined, certificate))).values).toEqual([certificate]);
    }));

  it('finds a certificate of the chain by its fingerprint, however that is written', () =>
    virtualTime((time) => {
      const { account, chains$ } = benchWith(time);
      const all = completed(time, chains$).values;
      const wanted = fingerprintOf(all[1]?.chain[1]?.der as Uint8Array);
      const colons = wanted.toUpperCase().match(/../g)?.join(':') ?? '';
      for (const text of [wanted, colons]) {
        const kept = completed(time, from(all).pipe(rootedIn(account.session, text))).values;
        expect(rootsOf(kept)).toEqual(['CN=Root B']);
      }
      const leaf = fingerprintOf(all[0]?.leaf.der as Uint8Array);
      expect(completed(time, from(all).pipe(rootedIn(account.session, leaf))).values).toHaveLength(3);
    }));

  it('keeps a chain that holds the root itself', () =>
    virtualTime((time) => {
      const session = testSession(fakeCa({ scheduler: time.scheduler }));
      const root = fakeCertificate('CN=Root', 'CN=Root');
      const chain = [fakeCertificate('', 'CN=Root'), root].map((der) => ({ der }));
      const certificate = { chain } as unknown as Certificate;
      for (const text of [pemOf(root), fingerprintOf(root)]) {
        expect(completed(time, of(certificate).pipe(rootedIn(session, text))).values).toEqual([certificate]);
      }
    }));

  it.each([
    '',
    undefined as never,
    'Root A',
    'ab'.repeat(31),
    'ab'.repeat(33),
    'xy'.repeat(32),
    '-----BEGIN CERTIFICATE-----\n',
  ])('throws TypeError on what is neither PEM nor a fingerprint: %j', (root) =>
    virtualTime((time) => {
      const session = testSession(fakeCa({ scheduler: time.scheduler }));
      expect(() => rootedIn(session, root)).toThrow(TypeError);
      expect(() => rootedIn(session, root)).toThrow(/rootedIn: root must be|PEM/);
      expect(() => rootedIn(session, rootPem('A') + rootPem('B'))).toThrow(/found 2/);
    }),
  );

  it('errors with AcmeInputError where the PEM holds no certificate, and does not take it for another root', () =>
    virtualTime((time) => {
      const { account, chains$ } = benchWith(time);
      const error = errorOf(time, chains$.pipe(rootedIn(account.session, pemOf(Uint8Array.of(0x30, 0)))));
      expect(error).toBeInstanceOf(AcmeInputError);
    }));

  it('errors with AcmePortError where reader or digest fails', () =>
    virtualTime((time) => {
      const { certificate, account } = benchWith(time);
      const failing = () => throwError(() => new Error('out of order'));
      const ca = fakeCa({ scheduler: time.scheduler });
      const certificateReader = { ...account.session.state.certificateReader, readChain: failing };
      const reading = testSession(ca, { certificateReader });
      const digesting = testSession(ca, { digest: failing });
      expect(errorOf(time, of(certificate).pipe(rootedIn(reading, rootPem('A'))))).toBeInstanceOf(AcmePortError);
      expect(errorOf(time, of(certificate).pipe(rootedIn(digesting, 'ab'.repeat(32))))).toBeInstanceOf(AcmePortError);
    }));

  it('verifies real signatures: a root of the same name does not do', async () => {
    const [root, impostor] = [await makeTestCa({ name: 'Root' }), await makeTestCa({ name: 'Root' })];
    const ca = await root.intermediate();
    const key = await firstValueFrom(generateCertificateKey('P-256'));
    const csr = await firstValueFrom(buildCertificateRequest(key, [{ type: 'dns', value: 'example.com' }]));
    const stored = { url: 'https://ca.test/1', chainPem: toChainPem([await ca.issue(csr), ca.certificate]) };
    const session = acmeSession({ directoryUrl: 'https://ca.test/directory' });
    const kept = (pem: string) => {
      const kept$ = decodeCertificate(stored).pipe(rootedIn(session, pem), toArray());
      return firstValueFrom(kept$.pipe(map(({ length }) => length)));
    };
    expect(await kept(toChainPem([root.certificate]))).toBe(1);
    expect(await kept(toChainPem([impostor.certificate]))).toBe(0);
    expect(await kept(`subject=CN = Root\n${toChainPem([root.certificate])}`)).toBe(1);
    expect(await kept(fingerprintOf(ca.certificate))).toBe(1);
    expect(await kept(fingerprintOf(root.certificate))).toBe(0);
  });
});
