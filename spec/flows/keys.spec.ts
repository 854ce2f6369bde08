import { concatMap, firstValueFrom, lastValueFrom, of, switchMap, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  AcmeProblemError,
  type AcmeSigner,
  acmeSession,
  changeAccountKey,
  externalAccountBinding,
  findAccount,
  generateSigner,
  getAccount,
  importSigner,
  type IssuanceOptions,
  newAccount,
  type NewAccountOptions,
  obtainCertificate,
  toCertificate,
} from '../../lib/index.js';
import { fakeCa, type FakeCa, type FakeCaOptions, recordingSolver } from '../../lib/testing/index.js';
import { algorithms, keysFor, nodeSigner } from '../signing/keys.js';
import { covers } from '../support/covers.js';

/** A session with real keys. */
const sessionWith = (ca: FakeCa) => acmeSession({ directoryUrl: ca.directoryUrl, transport: ca.transport });
const failed = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => expect.unreachable('no error'),
    (error: unknown) => error,
  );
const opened = (ca: FakeCa, signer: AcmeSigner, more: Partial<NewAccountOptions> = {}) =>
  firstValueFrom(newAccount(sessionWith(ca), { signer, termsOfServiceAgreed: true, ...more }));
const problem = (name: string) => `urn:ietf:params:acme:error:${name}`;

describe('an account key', () => {
  covers('accountKeys', 'signedRequests');

  it.each(algorithms)('%s: opens an account, is found by itself, and obtains a certificate', async (alg) => {
    const ca = fakeCa();
    const signer = await firstValueFrom(importSigner(keysFor[alg].pkcs8));
    const account = await opened(ca, signer);
    expect(account.created).toBe(true);
    expect(await firstValueFrom(findAccount(sessionWith(ca), { signer }))).toMatchObject({ url: account.url });
    const { certificate } = await lastValueFrom(
      obtainCertificate(account, { identifiers: ['example.org'], solvers: [recordingSolver()] }).pipe(toCertificate()),
    );
    expect(certificate.leaf.identifiers).toEqual([{ type: 'dns', value: 'example.org' }]);
  });

  it.each(algorithms)('%s: may be in another place, behind the three members of a signer', async (alg) => {
    const account = await opened(fakeCa(), nodeSigner(alg, keysFor[alg].jwk));
    expect(await firstValueFrom(getAccount(account))).toMatchObject({ status: 'valid' });
  });

  it('can be changed for one of another kind', async () => {
    let account = await opened(fakeCa(), await firstValueFrom(generateSigner('RS256')));
    for (const alg of ['ES384', 'ES512', 'EdDSA', 'ES256'] as const) {
      account = {
        ...account,
        ...(await firstValueFrom(generateSigner(alg).pipe(switchMap((signer) => changeAccountKey(account, signer))))),
      };
      expect(account.signer.alg).toBe(alg);
      expect(await firstValueFrom(getAccount(account))).toMatchObject({ status: 'valid' });
    }
  });

  it('of an algorithm that the server does not know is refused with those that it does', async () => {
    const signer = { ...nodeSigner('RS256', keysFor.RS256.jwk), alg: 'PS256' };
    const error = await failed(opened(fakeCa(), signer));
    expect(error).toBeInstanceOf(AcmeProblemError);
    expect(error).toMatchObject({
      problem: {
        type: problem('badSignatureAlgorithm'),
        algorithms: expect.arrayContaining(['ES256', 'RS256']) as unknown,
      },
    });
  });

  it('that signs for another algorithm than it says is refused, and its account is not made', async () => {
    const ca = fakeCa();
    const signer = { ...nodeSigner('ES384', keysFor.ES384.jwk), alg: 'ES256' };
    expect(await failed(opened(ca, signer))).toBeInstanceOf(AcmeProblemError);
    const right = nodeSigner('ES384', keysFor.ES384.jwk);
    expect(await failed(firstValueFrom(findAccount(sessionWith(ca), { signer: right })))).toMatchObject({
      problem: { type: problem('accountDoesNotExist') },
    });
  });
});

describe('an external account', () => {
  covers('externalAccount');
  const macKey = 'zWNDZM6eQGHWpSRTPal5eIUYFTu7EajVIoguysqZ9wG44nMEtx3MUAsUDkMTQ12W';
  const options: FakeCaOptions = { externalAccounts: { 'kid-1': macKey }, externalAccountRequired: true };

  it.each(algorithms)('is bound to an account key for %s', async (alg) => {
    const externalAccount = externalAccountBinding({ keyId: 'kid-1', macKey });
    const account = await opened(fakeCa(options), nodeSigner(alg, keysFor[alg].jwk), { externalAccount });
    expect(account.created).toBe(true);
  });

  it.each([
    ['no binding', undefined, 'externalAccountRequired'],
    ['another MAC key', { keyId: 'kid-1', macKey: new Uint8Array(48) }, 'unauthorized'],
    ['an identifier that nobody knows', { keyId: 'kid-2', macKey }, 'unauthorized'],
  ])('is refused with %s', async (_, binding, type) => {
    const externalAccount = binding && externalAccountBinding(binding);
    const signer = nodeSigner('ES256', keysFor.ES256.jwk);
    expect(await failed(opened(fakeCa(options), signer, { externalAccount }))).toMatchObject({
      problem: { type: problem(type) },
    });
  });
});

describe('a certificate key', () => {
  covers('certificateKeys');

  const obtained = (ca: FakeCa, options: Partial<IssuanceOptions>) =>
    lastValueFrom(
      of(ca).pipe(
        concatMap(() => opened(ca, nodeSigner('ES256', keysFor.ES256.jwk))),
        concatMap((account) =>
          obtainCertificate(account, { identifiers: ['example.org'], solvers: [recordingSolver()], ...options }),
        ),
        toArray(),
      ),
    );

  it('of a kind that the authority does not take is refused, and its order stays open for another', async () => {
    const ca = fakeCa();
    const error = await failed(obtained(ca, { keyType: 'Ed25519' }));
    expect(error).toBeInstanceOf(AcmeProblemError);
    expect(error).toMatchObject({
      problem: { type: problem('badCSR') },
      orderUrl: expect.stringContaining('/order/') as unknown,
    });
    expect(ca.history.count('finalize')).toBe(1);
  });

  it('of an unknown kind is misuse', () => {
    expect(() =>
      obtainCertificate({} as never, { identifiers: ['a.test'], solvers: [], keyType: 'P-521' as never }),
    ).toThrow(TypeError);
  });
});
