import { concat, first, firstValueFrom, from, map, of, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  AcmeProblemError,
  type AcmeKeyHolder,
  type CertificateDetails,
  certificateFingerprint,
  type CertificateIssued,
  certificateId,
  decodeCertificate,
  getAlternateCertificates,
  getFullChain,
  getRenewalInfo,
  importSigner,
  issuedBy,
  type RegisteredAccount,
  type RevocationReason,
  revokeCertificate,
  rootedIn,
} from '../../lib/index.js';
import { encodePem } from '../../lib/codec/pem.js';
import { plainRequest } from '../support/http-request.js';
import type { Pebble } from '../support/pebble.js';
import { describeWithPebble } from '../support/with-pebble.js';
import { openssl } from '../x509/openssl.js';
import { issued, obtain, openAccount, openSession, outcomeOf, problemType } from './support/client.js';
import { http01In } from './support/zone.js';
import { covers } from '../support/covers.js';

covers('certificate', 'revocation');

interface Obtained extends CertificateIssued {
  readonly account: RegisteredAccount;
}

async function obtained(pebble: Pebble, name: string): Promise<Obtained> {
  const account = await openAccount(pebble);
  const events = await obtain(account, { identifiers: [name], solvers: [http01In(pebble)] });
  return { ...issued(events), account };
}

/** What Pebble itself says of a certificate; it writes serial numbers without leading zeros. */
async function statusAt({ managementUrl, caPem }: Pebble, { certificate }: Obtained): Promise<object> {
  const serial = certificate.leaf.serialNumber.replace(/^0+/, '');
  const { body } = await plainRequest(`${managementUrl}/cert-status-by-serial/${serial}`, { ca: caPem });
  return JSON.parse(body) as object;
}

async function setRenewalInfo({ managementUrl, caPem }: Pebble, { certificate }: Obtained, info: object) {
  const [leafPem = ''] = /-----BEGIN[^]*?-----END CERTIFICATE-----\n/.exec(certificate.chainPem) ?? [];
  const body = JSON.stringify({ certificate: leafPem, ariResponse: JSON.stringify(info) });
  const { status } = await plainRequest(`${managementUrl}/set-renewal-info/`, { method: 'POST', ca: caPem, body });
  expect(status).toBe(200);
}

/** Who holds the certificate's key, and no account. */
async function holderOf(pebble: Pebble, { key }: Obtained): Promise<AcmeKeyHolder> {
  if (key === undefined) throw new Error('the certificate came without a key');
  const pem = await firstValueFrom(key.exportPem());
  return { session: openSession(pebble), signer: await firstValueFrom(importSigner(pem, 'ES256')) };
}

describeWithPebble('a certificate of Pebble', { env: { PEBBLE_ALTERNATE_ROOTS: '2' } }, (get) => {
  describe('is revoked', () => {
    const revocation = async (by: AcmeKeyHolder, { certificate }: Obtained, reason?: RevocationReason) =>
      outcomeOf(revokeCertificate(by, { certificate: certificate.leaf.der, reason }));

    it('by its account, and then it is refused a second time', async () => {
      const pebble = get();
      const one = await obtained(pebble, 'by-account.test');
      expect(await statusAt(pebble, one)).toMatchObject({ Status: 'Valid' });
      expect(await revocation(one.account, one, 'superseded')).toEqual({ events: [undefined], error: undefined });
      expect(await statusAt(pebble, one)).toMatchObject({ Status: 'Revoked', Reason: 4 });

      const { error } = await revocation(one.account, one);
      expect(error).toBeInstanceOf(AcmeProblemError);
      expect(error).toMatchObject({ problem: { type: problemType('alreadyRevoked') } });
    });

    it('by its own key, without an account', async () => {
      const pebble = get();
      const one = await obtained(pebble, 'by-key.test');
      pebble.resetLog();
      const { error } = await revocation(await holderOf(pebble, one), one, 'keyCompromise');
      expect(error).toBeUndefined();
      expect(await statusAt(pebble, one)).toMatchObject({ Status: 'Revoked', Reason: 1 });
      expect(pebble.requests().map(({ path }) => path)).toEqual(['/dir', '/nonce-plz', '/revoke-cert']);
    });

    it('by its chain in PEM, for no reason', async () => {
      const pebble = get();
      const one = await obtained(pebble, 'by-pem.test');
      await firstValueFrom(revokeCertificate(one.account, { certificate: one.certificate.chainPem }));
      expect(await statusAt(pebble, one)).toMatchObject({ Status: 'Revoked' });
    });

    it('by nobody else', async () => {
      const pebble = get();
      const one = await obtained(pebble, 'by-others.test');
      const other = await obtained(pebble, 'others.test');
      for (const by of [other.account, await holderOf(pebble, other)]) {
        const { error } = await revocation(by, one);
        expect(error).toMatchObject({ problem: { type: problemType('unauthorized') } });
      }
      expect(await statusAt(pebble, one)).toMatchObject({ Status: 'Valid' });
    });

    it('once, where the answer is lost on the way', async () => {
      const pebble = get();
      const one = await obtained(pebble, 'lost.test');
      let lost = 0;
      const session = openSession(pebble, {
        interceptors: [
          (request, next) =>
            next(request).pipe(
              map((response) => {
                if (!request.url.endsWith('/revoke-cert') || lost++ > 0) return response;
                throw new Error('lost on the way');
              }),
            ),
        ],
      });
      const { error } = await revocation({ ...one.account, session }, one, 'cessationOfOperation');
      expect([error, lost]).toEqual([undefined, 2]);
      expect(await statusAt(pebble, one)).toMatchObject({ Status: 'Revoked', Reason: 5 });
    });
  });

  describe('has alternate chains', () => {
    it('that openssl verifies, each up to another root', async () => {
      const pebble = get();
      const { account, certificate } = await obtained(pebble, 'chains.test');
      const alternates = await firstValueFrom(getAlternateCertificates(account, certificate).pipe(toArray()));
      expect(alternates.map(({ url }) => url)).toEqual(certificate.alternates);
      const chains = [certificate, ...alternates];
      expect(new Set(chains.map(({ chain }) => chain.at(-1)?.issuer)).size).toBe(3);
      const roots = await Promise.all([0, 1, 2].map((index) => pebble.issuerRootsPem(index)));
      const verified = chains.map(async ({ chainPem }) => {
        const fits = roots.map((root) =>
          openssl(['verify', '-CAfile', '@root', '-untrusted', '@chain', '@chain'], { root, chain: chainPem }).then(
            () => true,
            () => false,
          ),
        );
        return (await Promise.all(fits)).indexOf(true);
      });
      expect((await Promise.all(verified)).sort()).toEqual([0, 1, 2]);
    });

    it('one of which is picked by the root itself, or by the fingerprint of what is in it', async () => {
      const pebble = get();
      const { account, certificate } = await obtained(pebble, 'rooted.test');
      const all$ = concat(of(certificate), getAlternateCertificates(account, certificate));
      const chains = await firstValueFrom(all$.pipe(toArray()));
      const found: (string | undefined)[] = [];
      for (const index of [0, 1, 2]) {
        const root = await pebble.issuerRootsPem(index);
        const [kept, ...others] = await firstValueFrom(all$.pipe(rootedIn(account.session, root), toArray()));
        expect([kept, others]).toEqual([expect.anything(), []]);
        await openssl(['verify', '-CAfile', '@root', '-untrusted', '@chain', '@chain'], {
          root,
          chain: kept?.chainPem ?? '',
        });
        found.push(kept?.url);
        const top = kept?.chain.at(-1) as CertificateDetails;
        const fingerprint = await firstValueFrom(certificateFingerprint(top));
        expect(
          await openssl(['x509', '-in', '@top', '-noout', '-fingerprint', '-sha256'], {
            top: encodePem('CERTIFICATE', top.der),
          }),
        ).toContain(fingerprint.toUpperCase().match(/../g)?.join(':'));
        const [same] = await firstValueFrom(from(chains).pipe(rootedIn(account.session, fingerprint), toArray()));
        expect(same?.url).toBe(kept?.url);
      }
      expect(found.sort()).toEqual(chains.map(({ url }) => url).sort());
    });

    it('and none of them lacks an issuer: nothing leads up, nothing is asked', async () => {
      const pebble = get();
      const { account, certificate } = await obtained(pebble, 'whole.test');
      pebble.resetLog();
      expect(await firstValueFrom(getFullChain(account, certificate))).toBe(certificate);
      expect(pebble.requests()).toEqual([]);
      const { leaf, chain } = certificate;
      expect([leaf.isCa, chain.at(-1)?.isCa, leaf.keyType]).toEqual([false, true, 'P-256']);
      expect(await firstValueFrom(decodeCertificate(JSON.parse(JSON.stringify(certificate))))).toEqual(certificate);
    });

    it('one of which is picked by the name of its root, with no request too many', async () => {
      const pebble = get();
      const { account, certificate } = await obtained(pebble, 'picked.test');
      const subject = await openssl(['x509', '-in', '@root', '-noout', '-subject', '-nameopt', 'multiline'], {
        root: await pebble.issuerRootsPem(1),
      });
      const name = /commonName\s*= (.*)/.exec(subject)?.[1] ?? '';
      const all$ = concat(of(certificate), getAlternateCertificates(account, certificate));
      const picked = await firstValueFrom(all$.pipe(first(issuedBy(name), certificate)));
      expect(picked.url).not.toBe(certificate.url);
      expect(picked.chain.at(-1)?.issuer).toContain(name);

      pebble.resetLog();
      const none$ = getAlternateCertificates(account, certificate).pipe(first(issuedBy('none'), undefined));
      expect(await firstValueFrom(none$)).toBeUndefined();
      expect(pebble.requests()).toHaveLength(2);
    });
  });

  describe('has renewal information', () => {
    it('of its own, asked for without an account', async () => {
      const pebble = get();
      const { certificate } = await obtained(pebble, 'renewal.test');
      const session = openSession(pebble);
      pebble.resetLog();
      const info = await firstValueFrom(getRenewalInfo(session, certificate));
      const { startAt, endAt } = info.suggestedWindow;
      const { notBeforeAt, notAfterAt } = certificate.leaf;
      expect([notBeforeAt, startAt, endAt, notAfterAt].map(Number)).toEqual(
        [notBeforeAt, startAt, endAt, notAfterAt].map(Number).sort((a, b) => a - b),
      );
      expect(info.retryAfterMs).toBeGreaterThan(0);
      expect(info.url.endsWith(`/${certificateId(certificate.leaf) ?? 'none'}`)).toBe(true);
      expect(pebble.requests().map(({ method }) => method)).toEqual(['GET', 'GET']);
      expect(await firstValueFrom(getRenewalInfo(session, certificateId(certificate.leaf) ?? ''))).toMatchObject({
        url: info.url,
      });
    });

    it('that the server sets anew', async () => {
      const pebble = get();
      const one = await obtained(pebble, 'set.test');
      const suggestedWindow = { start: '2026-01-02T03:04:05.5Z', end: '2026-01-03T03:04:05+01:00' };
      const explanationURL = 'https://ca.test/why';
      await setRenewalInfo(pebble, one, { suggestedWindow, explanationURL });
      expect(await firstValueFrom(getRenewalInfo(one.account.session, one.certificate))).toMatchObject({
        suggestedWindow: { startAt: new Date('2026-01-02T03:04:05.500Z'), endAt: new Date('2026-01-03T02:04:05Z') },
        explanationUrl: explanationURL,
      });

      const { start } = suggestedWindow;
      await setRenewalInfo(pebble, one, { suggestedWindow: { start, end: start } });
      const { error } = await outcomeOf(getRenewalInfo(one.account.session, one.certificate));
      expect(error).toMatchObject({ code: 'protocol', message: expect.stringContaining('later than') as unknown });
    });

    it('that says now once it is revoked', async () => {
      const pebble = get();
      const { account, certificate } = await obtained(pebble, 'now.test');
      await firstValueFrom(revokeCertificate(account, { certificate: certificate.leaf.der }));
      const { suggestedWindow } = await firstValueFrom(getRenewalInfo(account.session, certificate));
      expect(suggestedWindow.endAt.getTime()).toBeLessThanOrEqual(Date.now());
    });

    it('only where it is known', async () => {
      const { error } = await outcomeOf(getRenewalInfo(openSession(get()), 'aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyE'));
      expect(error).toBeInstanceOf(AcmeProblemError);
    });
  });
});
