import { lastValueFrom } from 'rxjs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { backEndUrl, sameOriginTransport } from '../../lib/browser/same-origin-transport.js';
import { relayTransport, remoteSigner } from '../../lib/browser/index.js';

afterEach(() => {
  vi.unstubAllGlobals();
});

describe('the URL of a back end', () => {
  it.each([
    ['/acme', 'https://app.test/acme'],
    ['acme', 'https://app.test/base/acme'],
    ['?acme', 'https://app.test/base/?acme'],
    ['https://elsewhere.test/acme', 'https://elsewhere.test/acme'],
    ['http://localhost:1/acme', 'http://localhost:1/acme'],
  ])('%s in a page with a base is %s, as its own fetch has it', (url, resolved) => {
    vi.stubGlobal('document', { baseURI: 'https://app.test/base/' });
    vi.stubGlobal('location', { href: 'https://app.test/deep/in/routes?x#y' });
    expect(backEndUrl('x', url)).toBe(resolved);
  });

  it('is that of the script in a worker', () => {
    vi.stubGlobal('location', { href: 'https://app.test/scripts/worker.js' });
    expect(backEndUrl('x', 'acme')).toBe('https://app.test/scripts/acme');
  });

  it.each([
    ['one that would ask for the page itself', ''],
    ['another scheme', 'data:application/json,{}'],
    ['a file', 'file:///acme'],
    ['a host that looks like a scheme', 'localhost:8080/acme'],
    ['no text', undefined],
    ['a URL in another form', new URL('https://app.test/acme')],
  ])('is refused where it is %s', (_, url) => {
    vi.stubGlobal('location', { href: 'https://app.test/' });
    for (const made of [relayTransport, remoteSigner]) {
      expect(() => made({ url: url as string })).toThrow(TypeError);
      expect(() => made({ url: url as string })).toThrow(`${made.name}: url must be`);
    }
  });
});

describe('sameOriginTransport', () => {
  it('sends cookies to the own origin, and to no other', async () => {
    const fetch = vi.fn((_: string, __: RequestInit) => Promise.resolve(new Response('{}')));
    vi.stubGlobal('fetch', fetch);
    const request = { method: 'GET', url: 'https://app.test/acme', headers: {}, maxResponseBytes: 9 } as const;
    expect(await lastValueFrom(sameOriginTransport()(request))).toMatchObject({ status: 200 });
    expect(fetch.mock.calls[0]?.[1]).toMatchObject({ credentials: 'same-origin', redirect: 'manual' });
  });
});
