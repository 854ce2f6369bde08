import { concatMap, firstValueFrom, from, switchMap } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { encodeBase64url } from '../../lib/codec/base64url.js';
import type { DevCa } from '../../lib/dev-ca/index.js';
import {
  AcmeUserActionRequiredError,
  generateCertificateKey,
  generateSigner,
  getAuthorization,
  newAccount,
  newOrder,
  type Order,
  type RegisteredAccount,
  respondToChallenge,
  signedPost,
} from '../../lib/index.js';
import { buildCertificateRequest } from '../../lib/x509/default-x509.js';
import { decodePem } from '../../lib/codec/pem.js';
import { openssl } from '../x509/openssl.js';
import { accountAt, errorOf, running, sessionWith } from './support/running.js';

const problem = (type: string, detail: RegExp) => ({
  problem: { type: `urn:ietf:params:acme:error:${type}`, detail: expect.stringMatching(detail) },
});

describe('an account is refused', () => {
  const opening = async (devCa: DevCa, termsOfServiceAgreed = false) => {
    const session = sessionWith(devCa);
    return errorOf(generateSigner().pipe(switchMap((signer) => newAccount(session, { signer, termsOfServiceAgreed }))));
  };

  it('where the terms are not agreed to, which are in the directory', async () => {
    const error = await opening(await running({ termsOfService: 'https://ca.test/terms' }));
    expect(error).toBeInstanceOf(AcmeUserActionRequiredError);
    expect((error as AcmeUserActionRequiredError).links).toContainEqual({
      url: 'https://ca.test/terms',
      relations: ['terms-of-service'],
    });
  });

  it('where it must be bound to an external one', async () => {
    const devCa = await running({ externalAccounts: { mine: encodeBase64url(new Uint8Array(32)) } });
    expect(await opening(devCa)).toMatchObject(problem('externalAccountRequired', /bound/));
  });
});

describe('a request is refused', () => {
  it('where its signature is that of another key', async () => {
    const devCa = await running();
    const account = await accountAt(devCa);
    const other = await firstValueFrom(generateSigner());
    const signer = { ...account.signer, sign: (input: Uint8Array) => other.sign(input) };
    const error = await errorOf(newOrder({ ...account, signer }, { identifiers: ['example.org'] }));
    expect(error).toMatchObject(problem('malformed', /signature is wrong/));
  });

  it('where it is about what belongs to another account', async () => {
    const devCa = await running();
    const [mine, yours] = [await accountAt(devCa), await accountAt(devCa)];
    const { authorizations } = await firstValueFrom(newOrder(yours, { identifiers: ['example.org'] }));
    const error = await errorOf(getAuthorization(mine, authorizations[0] ?? ''));
    expect(error).toMatchObject(problem('unauthorized', /another account/));
  });
});

describe('an order', () => {
  it('is refused for a name that is on the list, and for what is below it', async () => {
    const devCa = await running({ refusedNames: ['Refused.test'] });
    const account = await accountAt(devCa);
    for (const name of ['refused.test', 'www.REFUSED.test', '*.refused.test'])
      expect(await errorOf(newOrder(account, { identifiers: [name] }))).toMatchObject(
        problem('rejectedIdentifier', /refused\.test/i),
      );
    const { status } = await firstValueFrom(newOrder(account, { identifiers: ['notrefused.test'] }));
    expect(status).toBe('pending');
  });

  it.each([true, false])('uses what was proven again exactly where it is told to: %s', async (reuseAuthorizations) => {
    const devCa = await running({ alwaysValid: true, outcomeInAnswer: true, reuseAuthorizations });
    const account = await accountAt(devCa);
    const order = () => firstValueFrom(newOrder(account, { identifiers: ['example.org'] }));
    const { challenges } = await firstValueFrom(getAuthorization(account, (await order()).authorizations[0] ?? ''));
    for (const challenge of challenges.slice(0, 1)) await firstValueFrom(respondToChallenge(account, challenge));
    expect((await order()).status).toBe(reuseAuthorizations ? 'ready' : 'pending');
  });
});

describe('a CSR is refused', () => {
  /** An order of which only the CSR is missing. */
  async function readyOrder() {
    const devCa = await running({ alwaysValid: true, outcomeInAnswer: true });
    const account = await accountAt(devCa);
    const order = await firstValueFrom(newOrder(account, { identifiers: ['example.org'] }));
    for (const url of order.authorizations) {
      const { challenges } = await firstValueFrom(getAuthorization(account, url));
      for (const challenge of challenges.slice(0, 1)) await firstValueFrom(respondToChallenge(account, challenge));
    }
    return { account, order };
  }

  const finalizing = (account: RegisteredAccount, { finalize }: Order, der: Uint8Array) =>
    errorOf(signedPost(account, finalize, { csr: encodeBase64url(der) }));

  const requestFor = (...names: string[]) =>
    firstValueFrom(
      generateCertificateKey('P-256').pipe(
        concatMap((key) =>
          from(
            buildCertificateRequest(
              key,
              names.map((value) => ({ type: 'dns', value })),
            ),
          ),
        ),
      ),
    );

  it('where it is for other names', async () => {
    const { account, order } = await readyOrder();
    const csr = await requestFor('example.org', 'example.net');
    expect(await finalizing(account, order, csr)).toMatchObject(problem('badCSR', /example\.net/));
  });

  it('where whoever made it does not have the key', async () => {
    const { account, order } = await readyOrder();
    const csr = await requestFor('example.org');
    csr[csr.length - 1] = (csr.at(-1) ?? 0) ^ 1;
    expect(await finalizing(account, order, csr)).toMatchObject(problem('badCSR', /signature of the CSR is wrong/));
  });

  it('where its key is too weak, or of a kind that nobody certifies', async () => {
    const { account, order } = await readyOrder();
    const kinds = [
      [['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:1024'], /less than 2048 bits/],
      [['-algorithm', 'ED25519'], /none of P-256, P-384 and RSA/],
    ] as const;
    for (const [algorithm, why] of kinds) {
      const key = await openssl(['genpkey', ...algorithm]);
      const files = { key: key.slice(key.indexOf('-----BEGIN')) };
      const names = ['-subj', '/', '-addext', 'subjectAltName=DNS:example.org'];
      const pem = await openssl(['req', '-new', '-key', '@key', ...names], files);
      const csr = decodePem(pem, ['CERTIFICATE REQUEST']);
      expect(await finalizing(account, order, csr)).toMatchObject(problem('badCSR', why));
    }
  });

  it.each([
    ['a common name more', '/CN=example.net', 'DNS:example.org'],
    ['a mail address more', '/', 'DNS:example.org,email:a@example.org'],
    ['a URI more', '/', 'DNS:example.org,URI:https://example.org/'],
    ['an address more', '/', 'DNS:example.org,IP:192.0.2.1'],
    ['no names', '/', undefined],
  ])('where it has %s', async (_, subject, names) => {
    const { account, order } = await readyOrder();
    const key = await openssl(['genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256']);
    const files = { key: key.slice(key.indexOf('-----BEGIN')) };
    const extension = names === undefined ? [] : ['-addext', `subjectAltName=${names}`];
    const pem = await openssl(['req', '-new', '-key', '@key', '-subj', subject, ...extension], files);
    const csr = decodePem(pem, ['CERTIFICATE REQUEST']);
    expect(await finalizing(account, order, csr)).toMatchObject(problem('badCSR', /./));
  });

  it('where it is none, and where the order is not ready', async () => {
    const { account, order } = await readyOrder();
    expect(await finalizing(account, order, Uint8Array.of(1))).toMatchObject(problem('badCSR', /DER/));
    const pending = await firstValueFrom(newOrder(account, { identifiers: ['example.net'] }));
    const csr = await requestFor('example.net');
    expect(await finalizing(account, pending, csr)).toMatchObject(problem('orderNotReady', /pending/));
  });
});
