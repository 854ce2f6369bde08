import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Http01Request, handleWith } from '../../lib/node/http01-answer.js';

const path = '/.well-known/acme-challenge/';

/** What a response was told, or false where the request was left alone. */
function answered(contentOf: (token: string) => string | undefined, request: Http01Request) {
  let told: unknown[] | undefined;
  const response = {
    writeHead: (status: number, headers: object) => (told = [status, headers]),
    end: (body?: string) => told?.push(body),
  };
  const isOurs = handleWith(contentOf)(request, response);
  expect(isOurs).toBe(told !== undefined);
  return told ?? false;
}

const known = (token: string) => (token === 'token' ? 'token.thumbprint' : undefined);

describe('handleWith', () => {
  it('answers GET with the key authorization, and HEAD with its headers', () => {
    const headers = {
      'content-type': 'application/octet-stream',
      'content-length': 16,
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    };
    expect(answered(known, { method: 'GET', url: `${path}token` })).toEqual([200, headers, 'token.thumbprint']);
    expect(answered(known, { method: 'HEAD', url: `${path}token` })).toEqual([200, headers, undefined]);
  });

  it('looks at the path as it was before a router took a part of it away', () => {
    expect(answered(known, { method: 'GET', url: '/token', originalUrl: `${path}token` })).toHaveLength(3);
    expect(answered(known, { method: 'GET', url: `${path}token`, originalUrl: '/admin' })).toBe(false);
  });

  it.each([
    { method: 'POST', url: `${path}token` },
    { method: 'GET', url: `${path}other` },
    { method: 'GET', url: path },
    { method: 'GET', url: `${path}token/` },
    { method: 'GET', url: `${path}token?a` },
    { method: 'GET', url: `http://a.example${path}token` },
    { method: 'GET', url: '/' },
    { method: 'GET' },
    {},
  ])('leaves %j to the application', (request) => {
    expect(answered(known, request)).toBe(false);
  });

  it('never throws, and asks for nothing outside of its path', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (method, url) => {
        const asked: string[] = [];
        answered((token) => (asked.push(token), undefined), { method, url });
        if (asked.length > 0) expect(url).toBe(path + asked.join());
      }),
    );
  });
});
