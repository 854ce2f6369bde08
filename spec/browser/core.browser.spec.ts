/** What the core asks of a browser: fetch and CORS, abort, WebCrypto. */
import { concatMap, filter, firstValueFrom, from, lastValueFrom, Subject, take, takeUntil, timer } from 'rxjs';
import { describe, expect, inject, it } from 'vitest';
import {
  acmeSession,
  buildCertificateRequest,
  certificateReader,
  fetchTransport,
  generateCertificateKey,
  generateSigner,
  getDirectory,
  jwkThumbprint,
} from '../../lib/index.js';
import { decodeUtf8 } from '../../lib/codec/utf8.js';
import { verifySignature } from '../../lib/signing/verify-signature.js';

const server = inject('loopback');
const send = fetchTransport();
const get = (path: string) =>
  send({ method: 'GET', url: server + path, headers: { 'user-agent': 'rxacme' }, maxResponseBytes: 1000 });
const post = (path: string) =>
  send({
    method: 'POST',
    url: server + path,
    headers: { 'content-type': 'application/jose+json', 'user-agent': 'rxacme' },
    body: '{}',
    maxResponseBytes: 1000,
  });
const counts = async (): Promise<Record<string, number>> =>
  JSON.parse(decodeUtf8((await firstValueFrom(get('/counts'))).body, 'counts'));

/** What the server counted, once it has counted this. */
const counted = (what: string) =>
  firstValueFrom(
    timer(0, 20).pipe(
      concatMap(() => counts()),
      filter((all) => what in all),
      take(1),
    ),
  );

describe('in a page', () => {
  it('is one', () => {
    expect(document.defaultView).toBe(globalThis);
    expect((globalThis as { process?: { versions?: { node?: string } } }).process?.versions?.node).toBeUndefined();
  });

  it('reads answers of another origin, and of their headers only those that are exposed', async () => {
    const { status, headers, body } = await firstValueFrom(post('/answer'));
    expect(status).toBe(200);
    expect(headers).toMatchObject({ 'replay-nonce': 'bm9uY2U' });
    expect(headers).not.toHaveProperty('location');
    expect(decodeUtf8(body, 'body')).toBe('{"it":"works"}');
  });

  it('does not follow redirects', async () => {
    const before = await counts();
    expect(await firstValueFrom(post('/redirect'))).toMatchObject({ status: 0 });
    expect((await counts())['POST /answer']).toBe(before['POST /answer']);
  });

  it.each(['/silence', '/half'])('aborts %s when it is unsubscribed, and the server sees that', async (path) => {
    const left = new Subject<void>();
    const over = lastValueFrom(get(path).pipe(takeUntil(left)), { defaultValue: 'left' });
    await counted(`GET ${path}`);
    left.next();
    expect(await over).toBe('left');
    expect(await counted(`${path} left`)).toMatchObject({ [`${path} left`]: 1 });
  });

  it.each(['ES256', 'ES384', 'RS256'] as const)('makes keys for %s, and signs with them', async (alg) => {
    const signer = await firstValueFrom(generateSigner(alg));
    const input = new TextEncoder().encode('signed in a page');
    const signature = await (signer.sign(input) as Promise<Uint8Array>);
    expect(await verifySignature(alg, signer.publicJwk, input, signature)).toBe(true);
    expect(await firstValueFrom(jwkThumbprint(signer.publicJwk))).toMatch(/^[\w-]{43}$/);
  });

  it('makes certificate requests', async () => {
    const key = await firstValueFrom(from(generateCertificateKey('P-256')));
    const identifiers = [{ type: 'dns', value: 'example.org' }];
    const request = await firstValueFrom(from(buildCertificateRequest(key, identifiers)));
    const read = await firstValueFrom(from(certificateReader.readRequest(request)));
    expect(read).toMatchObject({ identifiers });
  });

  it('reads the directory of a CA that lets it', async () => {
    const directory = await firstValueFrom(getDirectory(acmeSession({ directoryUrl: inject('directoryUrl') })));
    expect(directory.newNonce).toMatch(/^https:/);
  });
});
