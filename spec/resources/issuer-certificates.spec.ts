import { last, map, take } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { decodeUtf8, encodeUtf8 } from '../../lib/codec/utf8.js';
import {
  AcmeProblemError,
  AcmeProtocolError,
  type AcmeInterceptor,
  type Certificate,
  getFullChain,
  getIssuerCertificates,
  obtainCertificate,
  toCertificate,
} from '../../lib/index.js';
import { fakeCa, recordingSolver, testAccount } from '../../lib/testing/index.js';
import { covers } from '../support/covers.js';
import { fakeCertificate, type IssuerPage, issuerPages, pemOf } from '../support/issuer-pages.js';
import { completed, errorOf, virtualTime, type VirtualTime } from '../support/virtual-time.js';

covers('certificate', 'postAsGet');

const base = 'https://ca.test/issuer';
const [one, two, three] = [`${base}/1`, `${base}/2`, `${base}/3`];
const leaf = fakeCertificate('', 'CN=One');
const oneOfTwo = fakeCertificate('CN=One', 'CN=Two');
const twoOfRoot = fakeCertificate('CN=Two', 'CN=Root');
const root = fakeCertificate('CN=Root', 'CN=Root');
const stranger = fakeCertificate('CN=Stranger', 'CN=Stranger');

/** The chain that begins with the leaf, and an account at a CA that has those pages. */
function benchWith(time: VirtualTime, pages: Readonly<Record<string, IssuerPage>>, up: readonly string[] = [one]) {
  const { interceptor, requests } = issuerPages(pages);
  const ca = fakeCa({ scheduler: time.scheduler });
  const account = testAccount(ca, { scheduler: time.scheduler, interceptors: [interceptor] });
  const details = { subject: '', issuer: 'CN=One', der: leaf } as Certificate['leaf'];
  const certificate: Certificate = {
    url: 'https://ca.test/certificate/1',
    links: [
      { url: 'https://ca.test/directory', relations: ['index'] },
      ...up.map((url) => ({ url, relations: ['up'] })),
    ],
    chainPem: pemOf(leaf).trimEnd(),
    chain: [details],
    leaf: details,
    alternates: [],
  };
  return { account, certificate, requests, issuers$: getIssuerCertificates(account, certificate) };
}

const whole: Readonly<Record<string, IssuerPage>> = {
  [one]: { body: oneOfTwo, up: [two] },
  [two]: { body: pemOf(twoOfRoot), up: ['/issuer/3'], type: 'application/pem-certificate-chain' },
  [three]: { body: root, up: [three] },
};

describe('getIssuerCertificates', () => {
  it('follows the links to the anchor, by POST-as-GET, in DER or PEM', () =>
    virtualTime((time) => {
      const { issuers$, requests } = benchWith(time, whole);
      expect(requests).toEqual([]);
      const { values, isComplete } = completed(time, issuers$);
      expect([values.map(({ subject }) => subject), isComplete]).toEqual([['CN=One', 'CN=Two', 'CN=Root'], true]);
      expect(values[0]?.der).toEqual(oneOfTwo);
      expect(requests.map(({ url, method }) => [method, url])).toEqual([
        ['POST', one],
        ['POST', two],
        ['POST', three],
      ]);
      expect(requests.map(({ body }) => (JSON.parse(body ?? '') as { payload: string }).payload)).toEqual(['', '', '']);
      expect(requests[0]?.headers['accept']).toMatch(/^application\/pkix-cert,/);
    }));

  it('asks for no certificate that is not taken', () =>
    virtualTime((time) => {
      const { issuers$, requests } = benchWith(time, whole);
      expect(completed(time, issuers$.pipe(take(1))).values).toHaveLength(1);
      expect(requests).toHaveLength(1);
    }));

  it('completes at once without a request where nothing leads up, or the last one has no issuer but itself', () =>
    virtualTime((time) => {
      const { issuers$, requests } = benchWith(time, whole, []);
      expect(completed(time, issuers$)).toMatchObject({ values: [], isComplete: true });
      const { account, certificate, requests: others } = benchWith(time, whole);
      const chain = [{ subject: 'CN=Root', issuer: 'CN=Root', der: root } as Certificate['leaf']];
      expect(completed(time, getIssuerCertificates(account, { ...certificate, chain })).values).toEqual([]);
      expect([...requests, ...others]).toEqual([]);
    }));

  it('takes several certificates in one answer', () =>
    virtualTime((time) => {
      const { issuers$ } = benchWith(time, {
        [one]: { body: pemOf(oneOfTwo, twoOfRoot), up: [three] },
        [three]: { body: root },
      });
      expect(completed(time, issuers$).values.map(({ issuer }) => issuer)).toEqual(['CN=Two', 'CN=Root', 'CN=Root']);
    }));

  it('follows the link of several that leads to the issuer (RFC 8555 §7.4.2: an issuer or issuers)', () =>
    virtualTime((time) => {
      const pages = { [one]: { body: stranger }, [two]: { body: oneOfTwo, up: [three] }, [three]: { body: twoOfRoot } };
      const { issuers$ } = benchWith(time, pages, [one, two]);
      expect(completed(time, issuers$).values.map(({ subject }) => subject)).toEqual(['CN=One', 'CN=Two']);
    }));

  it('finds the whole chain where the first answer lists all of it', () =>
    virtualTime((time) => {
      const pages = { [one]: { body: oneOfTwo }, [two]: { body: twoOfRoot }, [three]: { body: root } };
      const { issuers$ } = benchWith(time, pages, [one, two, three]);
      expect(completed(time, issuers$).values).toHaveLength(3);
    }));

  it('ends where what is left of such a list leads elsewhere', () =>
    virtualTime((time) => {
      const { issuers$ } = benchWith(time, { [one]: { body: oneOfTwo }, [two]: { body: stranger } }, [one, two]);
      expect(completed(time, issuers$)).toMatchObject({ values: [{ subject: 'CN=One' }], isComplete: true });
    }));

  it.each<[string, Readonly<Record<string, IssuerPage>>, RegExp]>([
    ['another’s certificate', { [one]: { body: stranger } }, /issuer\/1: .*is not signed by the one after it/],
    [
      'another’s certificate further up',
      { [one]: { body: oneOfTwo, up: [two] }, [two]: { body: stranger } },
      /issuer\/2: /,
    ],
    ['a circle', { [one]: { body: fakeCertificate('CN=One', 'CN=One, again'), up: [one] } }, /lead back to this one/],
    ['a page', { [one]: { body: '<html>' } }, /issuer\/1: .*text outside/],
    [
      'a bundle of PKCS#7',
      { [one]: { body: Uint8Array.of(0x30, 3, 6, 1, 0x2a), type: 'application/pkcs7-mime' } },
      /issuer\/1: /,
    ],
    ['nothing', { [one]: { body: '' } }, /issuer\/1: there is no certificate/],
  ])('errors with AcmeProtocolError where a link leads to %s', (_what, pages, message) =>
    virtualTime((time) => {
      const error = errorOf(time, benchWith(time, pages).issuers$.pipe(last()));
      expect(error).toBeInstanceOf(AcmeProtocolError);
      expect((error as AcmeProtocolError).message).toMatch(message);
      expect((error as AcmeProtocolError).url).toMatch(base);
    }),
  );

  it('reads 10 issuers and no more', () =>
    virtualTime((time) => {
      const endless = Object.fromEntries(
        Array.from({ length: 12 }, (_, index) => [
          `${base}/${index + 1}`,
          {
            body: fakeCertificate(index === 0 ? 'CN=One' : `CN=${index}`, `CN=${index + 1}`),
            up: [`${base}/${index + 2}`],
          },
        ]),
      );
      const { issuers$, requests } = benchWith(time, endless);
      const recording = completed(time, issuers$);
      expect(recording.values).toHaveLength(10);
      expect(recording.error).toMatchObject({
        code: 'protocol',
        message: expect.stringContaining('after 10') as unknown,
      });
      expect(requests).toHaveLength(10);
    }));

  const refusing = (status: number): IssuerPage => ({
    body: JSON.stringify({ type: 'urn:ietf:params:acme:error:malformed', detail: 'no such issuer' }),
    status,
    type: 'application/problem+json',
  });

  it.each([404, 410])('errors, naming the link, where a single certificate’s issuer is not there: %i', (status) =>
    virtualTime((time) => {
      const error = errorOf(time, benchWith(time, { [one]: refusing(status) }).issuers$);
      expect(error).toBeInstanceOf(AcmeProtocolError);
      expect(error).toMatchObject({ status, url: one, message: expect.stringContaining(one) as unknown });
      expect((error as Error).cause).toBeInstanceOf(AcmeProblemError);
    }),
  );

  it('errors where an issuer points further up and there is nothing', () =>
    virtualTime((time) => {
      const { issuers$ } = benchWith(time, { [one]: { body: oneOfTwo, up: [two] }, [two]: refusing(404) });
      const { values, error } = completed(time, issuers$);
      expect(values).toHaveLength(1);
      expect(error).toMatchObject({ code: 'protocol', url: two });
    }));

  it('tries the next link where there is nothing behind the first', () =>
    virtualTime((time) => {
      const pages = { [three]: refusing(404), [one]: { body: oneOfTwo } };
      expect(completed(time, benchWith(time, pages, [three, one]).issuers$)).toMatchObject({
        values: [{ subject: 'CN=One' }],
        isComplete: true,
      });
    }));

  it('ends where a longer chain’s link leads to nothing', () =>
    virtualTime((time) => {
      const { account, certificate, requests } = benchWith(time, { [two]: refusing(404) }, [two]);
      const issuer = { subject: 'CN=One', issuer: 'CN=Two', der: oneOfTwo } as Certificate['leaf'];
      const longer: Certificate = { ...certificate, chain: [certificate.leaf, issuer] };
      const { values, isComplete } = completed(time, getFullChain(account, longer));
      expect([values, isComplete]).toEqual([[longer], true]);
      expect(requests).toHaveLength(1);
    }));

  it('errors as the server says it where that is about something else than the link', () =>
    virtualTime((time) => {
      const error = errorOf(time, benchWith(time, { [one]: refusing(403) }).issuers$);
      expect(error).toBeInstanceOf(AcmeProblemError);
      expect(error).toMatchObject({ status: 403, url: one });
    }));
});

describe('getFullChain', () => {
  it('adds the issuers to chain and PEM, a root left out', () =>
    virtualTime((time) => {
      const { account, certificate } = benchWith(time, whole);
      const { values, isComplete } = completed(time, getFullChain(account, certificate));
      expect([values.length, isComplete]).toEqual([1, true]);
      expect(values[0]?.chainPem).toBe(pemOf(leaf, oneOfTwo, twoOfRoot));
      expect(values[0]?.chain.map(({ der }) => der)).toEqual([leaf, oneOfTwo, twoOfRoot]);
      expect(values[0]?.leaf).toBe(certificate.leaf);
      expect(JSON.parse(JSON.stringify(values[0]))).toMatchObject({ chainPem: values[0]?.chainPem });
    }));

  it('is the certificate itself where nothing is missing', () =>
    virtualTime((time) => {
      const { account, certificate, requests } = benchWith(time, whole, []);
      expect(completed(time, getFullChain(account, certificate)).values[0]).toBe(certificate);
      expect(requests).toEqual([]);
    }));

  /** Of each chain the CA sends the first certificate, and the rest from a URL of its own. */
  const oneByOne = (): AcmeInterceptor => {
    const rest = new Map<string, Uint8Array>();
    return (request, next) => {
      const body = rest.get(request.url);
      const url = body === undefined ? request.url : request.url.replace('/above', '');
      return next({ ...request, url }).pipe(
        map((response) => {
          if (body !== undefined) return { ...response, status: 200, body };
          const [first = '', ...others] = decodeUtf8(response.body).split(/(?<=-----END CERTIFICATE-----\n)/);
          if (!request.url.includes('/certificate/') || others.length === 0) return response;
          rest.set(`${request.url}/above`, encodeUtf8(others.join('')));
          return {
            ...response,
            headers: { ...response.headers, link: `<${request.url}/above>;rel="up"` },
            body: encodeUtf8(first),
          };
        }),
      );
    };
  };

  it('completes what an order brought from such a CA; what the CA refuses ends it', () =>
    virtualTime((time) => {
      const { scheduler } = time;
      const ca = fakeCa({ scheduler });
      const account = testAccount(ca, { scheduler, interceptors: [oneByOne()] });
      const issued$ = obtainCertificate(account, { identifiers: ['example.org'], solvers: [recordingSolver()] }).pipe(
        toCertificate(),
        map(({ certificate }) => certificate),
      );
      const [alone] = completed(time, issued$).values;
      expect(alone?.chain).toHaveLength(1);
      const [full] = completed(time, getFullChain(account, alone as Certificate)).values;
      expect(full?.chain).toHaveLength(2);
      expect(full?.chainPem.startsWith(alone?.chainPem ?? 'none')).toBe(true);
      expect(full?.chain[0]?.issuer).toBe(full?.chain[1]?.subject);

      const links = [{ url: `${alone?.url ?? ''}/gone`, relations: ['up'] }];
      const error = errorOf(time, getFullChain(account, { ...(alone as Certificate), links }));
      expect(error).toBeInstanceOf(AcmeProtocolError);
      expect(error).toMatchObject({ url: links[0]?.url, status: 404 });
    }));
});
