import { concatMap, firstValueFrom, map, type Observable } from 'rxjs';
import { expect, it } from 'vitest';
import { encodeBase64url } from '../../lib/codec/base64url.js';
import {
  acmeAccount,
  AcmeBadNonceError,
  AcmeProblemError,
  buildCertificateRequest,
  certificateId,
  type CertificateKey,
  generateCertificateKey,
  generateSigner,
  getDirectory,
  importCertificateKey,
  isAcmeError,
  newAccount,
  newOrder,
  type Order,
  postAsGet,
  problemCode,
  type RegisteredAccount,
  signedPost,
} from '../../lib/index.js';
import { covers } from '../support/covers.js';
import type { Pebble } from '../support/pebble.js';
import { describeWithPebble } from '../support/with-pebble.js';
import { http01Of, issued, obtain, openAccount, openSession, outcomeOf } from './support/client.js';
import { http01In } from './support/zone.js';

/** What a server says to something that it refuses, as the error that it becomes. */
async function refusalOf(stream: Observable<unknown>): Promise<AcmeProblemError> {
  const { error } = await outcomeOf(stream);
  expect(error).toBeInstanceOf(AcmeProblemError);
  return error as AcmeProblemError;
}

describeWithPebble('a refusal by Pebble, as it comes', { env: { PEBBLE_AUTHZREUSE: '100' } }, (get) => {
  covers('problems', 'postAsGet', 'signedRequests');

  const expectRefusal = async (stream: Observable<unknown>, status: number, code: string) => {
    const error = await refusalOf(stream);
    expect([error.status, problemCode(error.problem)]).toEqual([status, code]);
    expect(isAcmeError(error, code)).toBe(true);
    expect(error.message).toMatch(new RegExp(`^${status} ${code}: .`));
    expect(error.headers).not.toHaveProperty('replay-nonce');
    expect(error.headers?.['content-type']).toMatch(/^application\/problem\+json/);
    return error;
  };
  const urlOf = (pebble: Pebble, path: string) => new URL(path, pebble.directoryUrl).href;

  /** An account with a valid authorization for a name: its next order for it is ready at once. */
  const proven = async (pebble: Pebble, name: string) => {
    const account = await openAccount(pebble);
    const { certificate } = issued(await obtain(account, { identifiers: [name], solvers: [http01In(pebble)] }));
    const order = await firstValueFrom(newOrder(account, { identifiers: [name] }));
    expect(order.status).toBe('ready');
    return { account, certificate, order };
  };
  const finalizeWith = (account: RegisteredAccount, order: Order, key: CertificateKey, name: string) =>
    buildCertificateRequest(key, [{ type: 'dns', value: name }]).pipe(
      concatMap((csr) => signedPost(account, order.finalize, { csr: encodeBase64url(csr) })),
    );

  it('a nonce that it does not know: 400 badNonce', async () => {
    const session = openSession(get(), {
      maxBadNonceRetries: 0,
      interceptors: [
        (request, next) =>
          next(request).pipe(
            map((response) => ({ ...response, headers: { ...response.headers, 'replay-nonce': 'AAAAAAAA' } })),
          ),
      ],
    });
    const signer = await firstValueFrom(generateSigner());
    const refused$ = newAccount(session, { signer, termsOfServiceAgreed: true });
    expect(await expectRefusal(refused$, 400, 'badNonce')).toBeInstanceOf(AcmeBadNonceError);
  });

  it('an account key of Ed25519: 400 badSignatureAlgorithm, which does not say what would do', async () => {
    const signer = await firstValueFrom(generateSigner('EdDSA'));
    const refused$ = newAccount(openSession(get()), { signer, termsOfServiceAgreed: true });
    const { problem } = await expectRefusal(refused$, 400, 'badSignatureAlgorithm');
    expect(problem.algorithms).toEqual([]);
  });

  it('an account that it does not know: 400 accountDoesNotExist', async () => {
    const pebble = get();
    const { session, signer, url } = await openAccount(pebble);
    const stranger = acmeAccount(session, { signer, url: `${url}0000` });
    await expectRefusal(newOrder(stranger, { identifiers: ['a.test'] }), 400, 'accountDoesNotExist');
  });

  it('an order that is not ready: 403 orderNotReady', async () => {
    const account = await openAccount(get());
    const order = await firstValueFrom(newOrder(account, { identifiers: ['not-ready.test'] }));
    const key = await firstValueFrom(generateCertificateKey('P-256'));
    await expectRefusal(finalizeWith(account, order, key, 'not-ready.test'), 403, 'orderNotReady');
  });

  it('a CSR for other names: 403 unauthorized; one with the account key: 400 badCSR', async () => {
    const { account, order } = await proven(get(), 'csr.test');
    const key = await firstValueFrom(generateCertificateKey('P-256'));
    await expectRefusal(finalizeWith(account, order, key, 'other.test'), 403, 'unauthorized');
    const signer = await firstValueFrom(generateSigner());
    const own = await firstValueFrom(newAccount(openSession(get()), { signer, termsOfServiceAgreed: true }));
    await obtain(own, { identifiers: ['own.test'], solvers: [http01In(get())] });
    const ready = await firstValueFrom(newOrder(own, { identifiers: ['own.test'] }));
    const accountKey = await firstValueFrom(signer.exportPem().pipe(concatMap((pem) => importCertificateKey(pem))));
    await expectRefusal(finalizeWith(own, ready, accountKey, 'own.test'), 400, 'badCSR');
  });

  it('a predecessor of its own that it does not know: 500 serverInternal', async () => {
    const { account, certificate } = await proven(get(), 'predecessor.test');
    const { newOrder: url } = await firstValueFrom(getDirectory(account.session));
    const replaces = certificateId({ ...certificate.leaf, serialNumber: '01020304' });
    const payload = { identifiers: [{ type: 'dns', value: 'predecessor.test' }], replaces };
    await expectRefusal(signedPost(account, url, payload), 500, 'serverInternal');
  });

  it('the reason 7: 400 badRevocationReason; and then success has an empty body of no type', async () => {
    const { account, certificate } = await proven(get(), 'reason.test');
    const { revokeCert = '' } = await firstValueFrom(getDirectory(account.session));
    const payload = { certificate: encodeBase64url(certificate.leaf.der) };
    await expectRefusal(signedPost(account, revokeCert, { ...payload, reason: 7 }), 400, 'badRevocationReason');
    const { status, body, headers } = await firstValueFrom(signedPost(account, revokeCert, { ...payload, reason: 4 }));
    expect([status, body.length]).toEqual([200, 0]);
    expect(headers).not.toHaveProperty('content-type');
    await expectRefusal(signedPost(account, revokeCert, payload), 400, 'alreadyRevoked');
  });

  it('a second answer to a challenge: 400 malformed', async () => {
    const { account, order } = await proven(get(), 'twice.test');
    const { url } = await http01Of(account, order.authorizations[0] ?? '');
    await expectRefusal(signedPost(account, url, {}), 400, 'malformed');
  });

  it('mistake: a charset in the Content-Type: 415 malformed', async () => {
    const session = openSession(get(), {
      interceptors: [
        (request, next) => {
          const headers = { ...request.headers, 'content-type': 'application/jose+json; charset=utf-8' };
          return next(request.method === 'POST' ? { ...request, headers } : request);
        },
      ],
    });
    const signer = await firstValueFrom(generateSigner());
    await expectRefusal(newAccount(session, { signer, termsOfServiceAgreed: true }), 415, 'malformed');
  });

  it('a path that it does not have: 404 and a line of text, which is what the error says', async () => {
    const pebble = get();
    const account = await openAccount(pebble);
    const url = urlOf(pebble, '/nowhere');
    const error = await refusalOf(postAsGet(account, url));
    expect(error).toMatchObject({ status: 404, problem: { type: 'about:blank' } });
    expect(error.message).toBe(`404 error: 404 page not found (${url})`);
  });

  it('terms that nobody agreed to: 403 userActionRequired, with the link to them', async () => {
    const signer = await firstValueFrom(generateSigner());
    const error = await expectRefusal(newAccount(openSession(get()), { signer }), 403, 'userActionRequired');
    expect(error.links?.map(({ relations }) => relations).flat()).toContain('terms-of-service');
  });
});
