import { createPrivateKey } from 'node:crypto';
import { firstValueFrom } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  AcmeProblemError,
  changeAccountKey,
  externalAccountBinding,
  findAccount,
  generateSigner,
  getAccount,
  getOrder,
  importSigner,
  newAccount,
  obtainCertificate,
  resumeOrder,
} from '../../lib/index.js';
import { toPkcs8Pem } from '../../lib/node/index.js';
import { covers } from '../support/covers.js';
import { describeWithPebble } from '../support/with-pebble.js';
import { openssl } from '../x509/openssl.js';
import { publicKeyOf, verifyChain } from './support/chain.js';
import {
  eventsOf,
  issued,
  obtain,
  openAccount,
  openSession,
  outcomeOf,
  problemType,
  quickPoll,
} from './support/client.js';
import { http01In } from './support/zone.js';

const textOf = (chain: string) => openssl(['x509', '-in', '@chain', '-noout', '-text'], { chain });

describeWithPebble('account keys at Pebble', {}, (get) => {
  covers('accountKeys', 'signedRequests', 'keyAuthorization');

  it.each(['ES256', 'ES384', 'ES512', 'RS256'] as const)('%s: good for a certificate', async (alg) => {
    const pebble = get();
    const signer = await firstValueFrom(generateSigner(alg));
    const account = await firstValueFrom(newAccount(openSession(pebble), { signer, termsOfServiceAgreed: true }));
    const name = `${alg.toLowerCase()}.keys.test`;
    const events = await obtain(account, { identifiers: [name], solvers: [http01In(pebble)] });
    await verifyChain(pebble, issued(events).certificate.chainPem, [name]);
  });

  it('from SEC1 and PKCS#1 files, and again from what is exported', async () => {
    const session = openSession(get());
    const files = [
      await openssl(['ecparam', '-name', 'secp384r1', '-genkey']),
      await openssl(['genrsa', '-traditional', '3072']),
    ];
    for (const file of files) {
      const signer = await firstValueFrom(importSigner(toPkcs8Pem(file)));
      const account = await firstValueFrom(newAccount(session, { signer, termsOfServiceAgreed: true }));
      const again = createPrivateKey(toPkcs8Pem(file)).export({ type: 'pkcs8', format: 'pem' }).toString();
      const found = await firstValueFrom(findAccount(session, { signer: await firstValueFrom(importSigner(again)) }));
      expect(found.url).toBe(account.url);
    }
  });

  it('changed for one of another kind', async () => {
    const account = await openAccount(get());
    const signer = await firstValueFrom(generateSigner('ES512'));
    const changed = await firstValueFrom(changeAccountKey(account, signer));
    expect(await firstValueFrom(getAccount(changed))).toMatchObject({ status: 'valid', url: account.url });
  });

  it('of Ed25519 are refused, with a problem of a type', async () => {
    const signer = await firstValueFrom(generateSigner('EdDSA'));
    const { error } = await outcomeOf(newAccount(openSession(get()), { signer, termsOfServiceAgreed: true }));
    expect(error).toBeInstanceOf(AcmeProblemError);
    expect(error).toMatchObject({ status: 400, problem: { type: problemType('badSignatureAlgorithm') } });
  });
});

describeWithPebble('certificate keys at Pebble', {}, (get) => {
  covers('certificateKeys', 'certificateRequest');

  it.each([
    ['P-384', /Public-Key: \(384 bit\)/],
    ['RSA-2048', /Public-Key: \(2048 bit\)/],
    ['RSA-3072', /Public-Key: \(3072 bit\)/],
  ] as const)('%s: certified', async (keyType, expected) => {
    const pebble = get();
    const name = `${keyType.toLowerCase()}.keys.test`;
    const events = await obtain(await openAccount(pebble), {
      identifiers: [name],
      solvers: [http01In(pebble)],
      keyType,
    });
    const { certificate, key } = issued(events);
    expect(key?.keyType).toBe(keyType);
    const { publicKeyPem } = await verifyChain(pebble, certificate.chainPem, [name]);
    expect(publicKeyPem).toBe(await publicKeyOf(issued(events)));
    expect(await textOf(certificate.chainPem)).toMatch(expected);
  });

  it('Ed25519: refused with a problem of a type, and the order stays ready for another key', async () => {
    const pebble = get();
    const account = await openAccount(pebble);
    const solvers = [http01In(pebble)];
    const { events, error } = await outcomeOf(
      obtainCertificate(account, { identifiers: ['ed25519.keys.test'], solvers, poll: quickPoll, keyType: 'Ed25519' }),
    );
    expect(error).toBeInstanceOf(AcmeProblemError);
    expect(error).toMatchObject({ problem: { type: problemType('badCSR') } });
    const url = events[0]?.orderUrl ?? '';
    expect(await firstValueFrom(getOrder(account, url))).toMatchObject({ status: 'ready' });
    const again = await eventsOf(resumeOrder(account, url, { solvers, poll: quickPoll, keyType: 'P-384' }));
    await verifyChain(pebble, issued(again).certificate.chainPem, ['ed25519.keys.test']);
  });
});

describeWithPebble('must-staple at Pebble', {}, (get) => {
  covers('mustStaple', 'certificateRequest');

  it('is in the certificate that asks for it, and in no other', async () => {
    const pebble = get();
    const account = await openAccount(pebble);
    const order = (mustStaple: boolean) =>
      obtain(account, { identifiers: [`staple-${mustStaple}.test`], solvers: [http01In(pebble)], mustStaple });
    expect(await textOf(issued(await order(true)).certificate.chainPem)).toMatch(/TLS Feature: *\n +status_request/);
    expect(await textOf(issued(await order(false)).certificate.chainPem)).not.toContain('TLS Feature');
  });
});

const macKey = 'zWNDZM6eQGHWpSRTPal5eIUYFTu7EajVIoguysqZ9wG44nMEtx3MUAsUDkMTQ12W';

describeWithPebble(
  'external accounts at Pebble',
  { externalAccountBinding: { macKeys: { 'kid-1': macKey } } },
  (get) => {
    covers('externalAccount');

    it.each(['ES384', 'ES512', 'RS256'] as const)('are bound to keys for %s', async (alg) => {
      const signer = await firstValueFrom(generateSigner(alg));
      const externalAccount = externalAccountBinding({ keyId: 'kid-1', macKey });
      const options = { signer, termsOfServiceAgreed: true, externalAccount };
      expect(await firstValueFrom(newAccount(openSession(get()), options))).toMatchObject({ created: true });
    });
  },
);

describeWithPebble('identifiers of other types at Pebble', {}, (get) => {
  describe('one that nobody knows', () => {
    covers('openTypes');

    it('is refused with a problem, before anything is presented', async () => {
      const account = await openAccount(get(), { identifierTypes: [{ type: 'device' }] });
      const { events, error } = await outcomeOf(
        obtainCertificate(account, {
          identifiers: ['a.test', { type: 'device', value: 'C02' }],
          solvers: [http01In(get())],
        }),
      );
      expect(events).toEqual([]);
      expect(error).toBeInstanceOf(AcmeProblemError);
    });
  });
});
