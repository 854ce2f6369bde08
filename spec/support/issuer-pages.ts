/** A CA that hands out certificates one by one, each with a link to its issuer's. */
import { of } from 'rxjs';
import { encodePem } from '../../lib/codec/pem.js';
import { encodeUtf8 } from '../../lib/codec/utf8.js';
import type { AcmeHttpRequest, AcmeInterceptor } from '../../lib/index.js';
import { encodeFakeDer } from '../../lib/testing/synchronous/fake-der.js';

/** A certificate that the synchronous reader of rxacme/testing reads. Signed is what names the next one as its issuer. */
export const fakeCertificate = (subject: string, issuer: string): Uint8Array =>
  encodeFakeDer({ subject, issuer, identifiers: [], publicKey: '', serialNumber: '01', notBefore: 0, notAfter: 1 });

export interface IssuerPage {
  readonly body: Uint8Array | string;
  /** The targets of links `up`. */
  readonly up?: readonly string[];
  readonly status?: number;
  readonly type?: string;
}

/** PEM of certificates. */
export const pemOf = (...ders: readonly Uint8Array[]): string =>
  ders.map((der) => encodePem('CERTIFICATE', der)).join('');

/** Answers requests for these URLs in the place of the CA, and writes them down. */
export function issuerPages(pages: Readonly<Record<string, IssuerPage>>): {
  readonly interceptor: AcmeInterceptor;
  readonly requests: AcmeHttpRequest[];
} {
  const requests: AcmeHttpRequest[] = [];
  const interceptor: AcmeInterceptor = (request, next) => {
    const page = pages[request.url];
    if (page === undefined) return next(request);
    requests.push(request);
    const { body, up = [], status = 200, type = 'application/pkix-cert' } = page;
    const link = up.map((url) => `<${url}>;rel="up"`).join(', ');
    const headers: Record<string, string> = { 'content-type': type, ...(link === '' ? {} : { link }) };
    return of({ status, headers, body: typeof body === 'string' ? encodeUtf8(body) : body });
  };
  return { interceptor, requests };
}
