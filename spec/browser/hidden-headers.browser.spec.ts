/** Authorities that do not let scripts read all of their headers. */
import { count, firstValueFrom, lastValueFrom } from 'rxjs';
import { describe, expect, inject, it } from 'vitest';
import { relayTransport } from '../../lib/browser/index.js';
import {
  acmeSession,
  AcmeProtocolError,
  AcmeTransportError,
  type AcmeTransport,
  generateSigner,
  getAlternateCertificates,
  newAccount,
  newOrder,
  obtainCertificate,
  toCertificate,
} from '../../lib/index.js';
import { recordingSolver, synchronousPorts } from '../../lib/testing/index.js';
import { covers } from '../support/covers.js';

covers('transport');

/** The directory of an authority that exposes these headers and no others. */
const authority = (exposed: string) => `${inject('authorities')[exposed]}/directory`;

async function opened(directoryUrl: string, transport?: AcmeTransport) {
  const session = acmeSession({ directoryUrl, allowInsecureHttp: true, transport, ...synchronousPorts() });
  const signer = await firstValueFrom(generateSigner());
  return lastValueFrom(newAccount(session, { signer, termsOfServiceAgreed: true }));
}
const failure = (exposed: string) => opened(authority(exposed)).catch((error: unknown) => error);

describe('in a page', () => {
  it('an authority that exposes its headers is used', async () => {
    const account = await opened(authority('replay-nonce,location'));
    const order = await lastValueFrom(newOrder(account, { identifiers: ['example.org'] }));
    expect(order.url).toMatch(/\/order\//);
  });

  it.each([
    ['Replay-Nonce', 'location,link'],
    ['Location', 'replay-nonce,link'],
  ])('an authority that hides %s is named for it', async (hidden, exposed) => {
    const error = await failure(exposed);
    expect(error).toBeInstanceOf(AcmeProtocolError);
    expect(String(error)).toContain(hidden);
    expect(String(error)).toContain('Access-Control-Expose-Headers');
  });

  it.each([
    ['names', 'replay-nonce,location,link', true],
    ['hides', 'replay-nonce,location', false],
  ])('an authority that %s Link has other chains or none, and links say so', async (_, exposed, isShown) => {
    const account = await opened(authority(exposed));
    const options = { identifiers: ['example.org'], solvers: [recordingSolver()] };
    const { certificate } = await lastValueFrom(obtainCertificate(account, options).pipe(toCertificate()));
    const others = await lastValueFrom(getAlternateCertificates(account, certificate).pipe(count()));
    expect([certificate.links.length > 0, others]).toEqual([isShown, isShown ? 1 : 0]);
  });

  it('an authority without CORS is one that gives no answer', async () => {
    expect(await failure('none')).toBeInstanceOf(AcmeTransportError);
  });

  it.each(['none', 'link'])('a relay makes good for one that exposes %s', async (exposed) => {
    const account = await opened(authority(exposed), relayTransport({ url: '/back-end/relay' }));
    expect(account.url).toMatch(String(inject('authorities')[exposed]));
    const order = await lastValueFrom(newOrder(account, { identifiers: ['example.org'] }));
    expect(order.url).toMatch(/\/order\//);
  });
});
