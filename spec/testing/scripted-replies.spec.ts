import { describe, expect, it } from 'vitest';
import { acmeSession, type AcmeHttpResponse, AcmeTransportError, getDirectory } from '../../lib/index.js';
import { scriptedReplies, virtualTime } from '../../lib/testing/index.js';

const request = { method: 'GET', url: 'https://ca.test/directory', headers: {}, maxResponseBytes: 1_000 } as const;
const text = ({ body }: AcmeHttpResponse): string => new TextDecoder().decode(body);

describe('scripted replies', () => {
  it('come one after the other, the last one again and again, and remember the requests', () => {
    const transport = scriptedReplies([{ text: 'first' }, { status: 404, json: { a: 1 }, headers: { 'x-y': 'z' } }]);
    const seen: AcmeHttpResponse[] = [];
    for (let index = 0; index < 3; index++) transport(request).subscribe((each) => seen.push(each));
    expect(seen.map((each) => [each.status, text(each), each.headers])).toEqual([
      [200, 'first', {}],
      [404, '{"a":1}', { 'content-type': 'application/json', 'x-y': 'z' }],
      [404, '{"a":1}', { 'content-type': 'application/json', 'x-y': 'z' }],
    ]);
    expect(transport.requests).toEqual([request, request, request]);
  });

  it('are empty where there are none', () => {
    const seen: unknown[] = [];
    scriptedReplies([])(request).subscribe(({ status, body }) => seen.push(status, body.length));
    expect(seen).toEqual([200, 0]);
  });

  it('come later, or not at all, on the scheduler', () => {
    virtualTime(({ scheduler, expectObservable }) => {
      const transport = scriptedReplies([{ delayMs: 5, error: 'broken' }, { delayMs: 7 }], scheduler);
      expectObservable(transport(request)).toBe('5ms #', {}, 'broken');
      expectObservable(transport(request)).toBe('7ms (a|)', {
        a: { status: 200, headers: {}, body: new Uint8Array() },
      });
    });
  });

  it('serve a session', () => {
    virtualTime(({ scheduler, expectObservable }) => {
      const transport = scriptedReplies([{ error: new Error('gone') }], scheduler);
      const session = acmeSession({ directoryUrl: request.url, transport, scheduler, random: () => 0.5 });
      const failure = new AcmeTransportError(`GET ${request.url}: gone`, { url: request.url });
      expectObservable(getDirectory(session)).toBe('3750ms #', {}, failure);
      scheduler.flush();
      expect(transport.requests.map(({ url }) => url)).toEqual(Array(5).fill(request.url));
    });
  });
});
