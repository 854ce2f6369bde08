import { concatMap, last, map, tap } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  AcmeBadNonceError,
  type AcmeHttpRequest,
  type AcmeHttpResponse,
  AcmeProblemError,
  AcmeProtocolError,
  AcmeRateLimitedError,
  AcmeTimeoutError,
  AcmeUserActionRequiredError,
  changeAccountKey,
  type AcmeSessionOptions,
  type CertificateIssued,
  getAlternateCertificates,
  getOrder,
  isAcmeError,
  newAccount,
  newOrder,
  obtainCertificate,
  revokeCertificate,
  toCertificate,
} from '../../lib/index.js';
import {
  fakeCa,
  type FakeCaOptions,
  recordingSolver,
  synchronousSigner,
  testAccount,
  testSession,
} from '../../lib/testing/index.js';
import { covers } from '../support/covers.js';
import { completed, errorOf, virtualTime, type VirtualTime } from '../support/virtual-time.js';

const identifiers = ['example.org'];

/** A CA, an account of it, and every exchange between them as it went over the wire. */
function benchWith(time: VirtualTime, caOptions: FakeCaOptions = {}, options: Partial<AcmeSessionOptions> = {}) {
  const { scheduler } = time;
  const exchanges: { request: AcmeHttpRequest; response: AcmeHttpResponse }[] = [];
  const ca = fakeCa({ scheduler, ...caOptions });
  const account = testAccount(ca, {
    scheduler,
    interceptors: [(request, next) => next(request).pipe(tap((response) => exchanges.push({ request, response })))],
    ...options,
  });
  const solvers = [recordingSolver()];
  const obtain$ = obtainCertificate(account, { identifiers, solvers });
  const certificate = () => {
    const { values, error } = completed(time, obtain$.pipe(toCertificate(), last()));
    expect(error).toBeUndefined();
    return (values[0] as CertificateIssued).certificate;
  };
  return { ca, account, exchanges, obtain$, certificate };
}

describe('mistake: to repeat a refused nonce with one of the pool, once only, or without the nonce that came with the refusal', () => {
  covers('nonces', 'signedRequests');

  it('each repetition has the nonce of the very refusal before it, as often as it takes', () =>
    virtualTime((time) => {
      const { ca, account, exchanges } = benchWith(time);
      completed(time, newOrder(account, { identifiers }));
      const from = exchanges.length;
      for (let i = 0; i < 6; i++) ca.failNext('newOrder', { type: 'badNonce' });
      expect(completed(time, newOrder(account, { identifiers })).values).toHaveLength(1);
      const tries = exchanges.slice(from);
      expect(tries).toHaveLength(7);
      const sent = ca.history.requests.slice(-7).map(({ nonce }) => nonce);
      expect(sent.slice(1)).toEqual(tries.slice(0, -1).map(({ response }) => response.headers['replay-nonce']));
      const bodies = tries.map(
        ({ request }) => JSON.parse(request.body ?? '') as { payload: string; signature: string },
      );
      expect(new Set(bodies.map(({ payload }) => payload)).size).toBe(1);
      expect(new Set(bodies.map(({ signature }) => signature)).size).toBe(7);
    }));

  it('the nonce of any other refusal is used by the next request: no newNonce is asked', () =>
    virtualTime((time) => {
      const { ca, account } = benchWith(time);
      completed(time, newOrder(account, { identifiers }));
      const asked = ca.history.count('newNonce');
      for (const status of [400, 403, 500]) {
        ca.failNext('newOrder', { type: 'malformed', status });
        errorOf(time, newOrder(account, { identifiers }));
      }
      completed(time, newOrder(account, { identifiers }));
      expect(ca.history.count('newNonce')).toBe(asked);
    }));
});

describe('mistake: to read Retry-After as a number only, or by Date.parse, and to wait however long it says', () => {
  covers('rateLimits');

  it.each([
    // RFC 9110 §10.2.3, §5.6.7. `Date.parse` takes the first two for the years 120 and 2000, and -1 for 2001.
    ['120', 120_000],
    ['0', 0],
    ['Thu, 01 Jan 1970 00:02:00 GMT', 120_000],
    ['Thursday, 01-Jan-70 00:02:00 GMT', 120_000],
    ['Thu Jan  1 00:02:00 1970', 120_000],
    ['-1', undefined],
    ['soon', undefined],
  ])('Retry-After: %s', (retryAfter, expected) =>
    virtualTime((time) => {
      const { ca, account } = benchWith(time, {}, { retry: () => undefined });
      ca.failNext('newOrder', { type: 'rateLimited', retryAfter });
      const error = errorOf(time, newOrder(account, { identifiers })) as AcmeRateLimitedError;
      expect(error).toBeInstanceOf(AcmeRateLimitedError);
      expect(error.retryAfterMs).toBe(expected);
      expect(error.retryAt?.getTime()).toBe(expected);
    }),
  );

  it('a day is not slept through: the error says when to come back', () =>
    virtualTime((time) => {
      const { obtain$ } = benchWith(time, { retryAfter: '86400', issuance: { delayMs: 1_000 } });
      const error = errorOf(time, obtain$) as AcmeTimeoutError;
      expect(error).toBeInstanceOf(AcmeTimeoutError);
      expect(error.retryAt).toEqual(new Date(86_400_000));
      expect(time.scheduler.now()).toBeLessThan(86_400_000);
    }));
});

describe('mistake: to split Link at its commas', () => {
  covers('certificate');

  it('a target with a comma is one link, and alternates are found among the others', () =>
    virtualTime((time) => {
      const { ca, account, certificate } = benchWith(time);
      const url = certificate().url;
      // Vector: what fetch makes of the two Link headers of a Pebble (RFC 8288 §3).
      const link = `<https://ca.test/dir>;rel="index", <data:text/plain,Do%20what%20thou%20wilt>;rel="terms-of-service", <${url}>;rel=alternate; title="a, b"`;
      ca.script('certificate', { headers: { link } });
      expect(certificate()).toMatchObject({
        links: [
          { url: 'https://ca.test/dir', relations: ['index'] },
          { url: 'data:text/plain,Do%20what%20thou%20wilt', relations: ['terms-of-service'] },
          { url, relations: ['alternate'] },
        ],
        alternates: [url],
      });
      const one = { ...certificate(), alternates: [] };
      expect(completed(time, getAlternateCertificates(account, one)).values).toEqual([]);
    }));
});

describe('mistake: to expect JSON in the answer to revokeCert and keyChange, and a problem document in each refusal', () => {
  covers('revocation', 'problems', 'keyChange');

  it('an empty answer to revokeCert is success', () =>
    virtualTime((time) => {
      const { account, exchanges, certificate } = benchWith(time);
      const { leaf } = certificate();
      expect(completed(time, revokeCertificate(account, { certificate: leaf.der }))).toMatchObject({
        values: [undefined],
        isComplete: true,
      });
      expect(exchanges.at(-1)?.response.body).toHaveLength(0);
    }));

  it('an empty answer to keyChange is looked into', () =>
    virtualTime((time) => {
      const { ca, account } = benchWith(time);
      ca.script('keyChange', { answer: { status: 200 } });
      const error = errorOf(time, changeAccountKey(account, synchronousSigner('another')));
      expect(error).toMatchObject({ message: expect.stringContaining('does not have the new key') as unknown });
    }));

  it.each([
    ['a page', 502, 'text/html', '<html><title>502 Bad Gateway</title>', '502 error: 502 Bad Gateway'],
    ['text', 404, 'text/plain; charset=utf-8', '404 page not found\n', '404 error: 404 page not found'],
    ['nothing', 403, 'application/octet-stream', '', '403 error: no problem document'],
    [
      'JSON of another kind',
      403,
      'application/json',
      '{"message":"Missing Authentication Token"}',
      '403 error: Missing Authentication Token',
    ],
  ])('a refusal with %s is a typed error that can be read', (_what, status, type, body, message) =>
    virtualTime((time) => {
      const { ca, account } = benchWith(time, {}, { retry: () => undefined });
      ca.script('newOrder', { answer: { status, body, headers: { 'content-type': type } } });
      const error = errorOf(time, newOrder(account, { identifiers })) as AcmeProblemError;
      expect(error).toBeInstanceOf(AcmeProblemError);
      expect(error).toMatchObject({ status, problem: { type: 'about:blank' } });
      expect(error.message).toContain(message);
    }),
  );
});

describe('mistake: to add a charset to the Content-Type of a request', () => {
  covers('signedRequests', 'transport');

  it('every signed request of an order says application/jose+json, octet for octet', () =>
    virtualTime((time) => {
      const { exchanges, certificate } = benchWith(time);
      certificate();
      const types = exchanges.flatMap(({ request }) =>
        request.method === 'POST' ? [request.headers['content-type']] : [],
      );
      expect(types.length).toBeGreaterThan(4);
      expect(new Set(types)).toEqual(new Set(['application/jose+json']));
    }));
});

describe('mistake: to think that newAccount has taken the contacts over when it says 200', () => {
  covers('newAccount');

  it('an account that was there comes as such, with the contacts that it has', () =>
    virtualTime((time) => {
      const ca = fakeCa({ scheduler: time.scheduler });
      const session = testSession(ca, { scheduler: time.scheduler });
      const signer = synchronousSigner();
      const old = ['mailto:old@example.org'];
      const created = completed(time, newAccount(session, { signer, contacts: old })).values[0];
      const found = completed(time, newAccount(session, { signer, contacts: ['mailto:new@example.org'] })).values[0];
      expect(created).toMatchObject({ created: true, resource: { contacts: old } });
      expect(found).toMatchObject({ created: false, url: created?.url, resource: { contacts: old } });
    }));
});

describe('mistake: to save a PEM chain without a look at what is in it', () => {
  covers('certificate');

  it.each([
    ['a private key', '-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n'],
    ['another certificate’s key', '-----BEGIN EC PRIVATE KEY-----\nc2VjcmV0\n-----END EC PRIVATE KEY-----\n'],
    ['a block of an odd type', '-----BEGIN X509 CRL-----\nc2VjcmV0\n-----END X509 CRL-----\n'],
  ])('a chain with %s is not emitted, and none of it is printed', (_what, block) =>
    virtualTime((time) => {
      const { account, exchanges, certificate } = benchWith(time);
      const { chainPem } = certificate();
      const { ca } = benchWith(time);
      const other = testAccount(ca, { scheduler: time.scheduler });
      ca.script('certificate', { answer: { status: 200, body: chainPem + block } });
      const events$ = obtainCertificate(other, { identifiers, solvers: [recordingSolver()] });
      const { values, error } = completed(time, events$);
      expect(error).toBeInstanceOf(AcmeProtocolError);
      expect(values.map(({ type }) => type)).not.toContain('certificate-issued');
      expect(JSON.stringify([error, values])).not.toContain('c2VjcmV0');
      expect([account.url, exchanges.length > 0]).toEqual([other.url, true]);
    }),
  );
});

describe('mistake: to go by the HTTP status where a problem has a type', () => {
  covers('problems', 'rateLimits', 'termsOfService');
  const statuses = [400, 401, 403, 404, 409, 429, 500, 503];

  it.each(statuses)('with status %i', (status) =>
    virtualTime((time) => {
      const { ca, account } = benchWith(time, {}, { maxBadNonceRetries: 0, retry: () => undefined });
      const failed = (type: string) => {
        ca.failNext('newOrder', { type, status });
        return errorOf(time, newOrder(account, { identifiers }));
      };
      expect(failed('rateLimited')).toBeInstanceOf(AcmeRateLimitedError);
      expect(failed('userActionRequired')).toBeInstanceOf(AcmeUserActionRequiredError);
      expect(failed('badNonce')).toBeInstanceOf(AcmeBadNonceError);
      for (const type of ['unauthorized', 'malformed', 'orderNotReady', 'serverInternal', 'urn:example:own']) {
        const error = failed(type);
        expect(error).toMatchObject({ name: 'AcmeProblemError', code: 'problem', status });
        expect(isAcmeError(error, type)).toBe(true);
      }
    }),
  );

  it.each(statuses)('a second revocation is known by its type: %i', (status) =>
    virtualTime((time) => {
      const { ca, account, certificate } = benchWith(time);
      const { der } = certificate().leaf;
      ca.script('revokeCert', { lost: 'after' });
      const revoked$ = revokeCertificate(account, { certificate: der });
      ca.failNext('revokeCert', { type: 'alreadyRevoked', status });
      expect(completed(time, revoked$).isComplete).toBe(true);
    }),
  );

  it('an order that is there is read, whatever success is called', () =>
    virtualTime((time) => {
      const { account } = benchWith(
        time,
        {},
        {
          interceptors: [
            (request, next) =>
              next(request).pipe(
                map((response) => (response.status === 200 ? { ...response, status: 203 } : response)),
              ),
          ],
        },
      );
      const order$ = newOrder(account, { identifiers }).pipe(concatMap(({ url }) => getOrder(account, url)));
      expect(completed(time, order$).values).toMatchObject([{ status: 'pending' }]);
    }));
});
