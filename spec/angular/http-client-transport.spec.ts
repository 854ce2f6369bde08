import '@angular/compiler';
import {
  HttpClient,
  HttpErrorResponse,
  HttpEventType,
  type HttpInterceptorFn,
  provideHttpClient,
  withFetch,
  withInterceptors,
} from '@angular/common/http';
import { HttpTestingController, provideHttpClientTesting } from '@angular/common/http/testing';
import { catchError, lastValueFrom, map, of, retry, switchMap, throwError } from 'rxjs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { AcmeInputError } from '../../lib/model/errors/input-error.js';
import { AcmeProtocolError } from '../../lib/model/errors/protocol-error.js';
import { httpClientTransport } from '../../lib/angular/http-client-transport.js';
import type { AcmeHttpRequest } from '../../lib/model/ports.js';
import { record } from '../support/virtual-time.js';
import { injectorWith } from './support/test-bed.js';

const url = 'https://ca.test/order/1?a=b';
const get: AcmeHttpRequest = {
  method: 'GET',
  url,
  headers: { accept: 'text/plain', 'user-agent': 'x' },
  maxResponseBytes: 9,
};
const post: AcmeHttpRequest = {
  method: 'POST',
  url,
  headers: { 'content-type': 'application/jose+json' },
  body: '{"protected":""}',
  maxResponseBytes: 9,
};
const bytes = (text: string): ArrayBuffer => Uint8Array.from(text, (each) => each.charCodeAt(0)).buffer;

function bench(...interceptors: HttpInterceptorFn[]) {
  const injector = injectorWith(provideHttpClient(withInterceptors(interceptors)), provideHttpClientTesting());
  const server = injector.inject(HttpTestingController);
  return { server, send: httpClientTransport(injector.inject(HttpClient)) };
}

describe('httpClientTransport', () => {
  it('sends the bytes as they are, without cookies, cache and redirects', () => {
    const { server, send } = bench();
    record(send(post));
    const { request } = server.expectOne(url);
    expect(request).toMatchObject({ method: 'POST', body: post.body, urlWithParams: url, responseType: 'arraybuffer' });
    expect(request).toMatchObject({
      redirect: 'manual',
      cache: 'no-store',
      credentials: 'omit',
      withCredentials: false,
    });
    expect(request.headers.keys()).toEqual(['content-type']);
  });

  it('takes no answer that a server got while it rendered the page', () => {
    const { server, send } = bench();
    record(send(get));
    expect(server.expectOne(url).request.transferCache).toBe(false);
  });

  it.each([undefined, null, {}, () => of()])('throws on %o, which is no HttpClient', (http) => {
    expect(() => httpClientTransport(http as unknown as HttpClient)).toThrow(/HttpClient/);
    expect(() => httpClientTransport(http as unknown as HttpClient)).toThrow(TypeError);
  });

  it('stops reading what is larger than allowed', () => {
    const { server, send } = bench();
    const recording = record(send(get));
    const request = server.expectOne(url);
    expect(request.request.reportProgress).toBe(true);
    request.event({ type: HttpEventType.DownloadProgress, loaded: 9 });
    expect([recording.error, request.cancelled]).toEqual([undefined, false]);
    request.event({ type: HttpEventType.DownloadProgress, loaded: 10 });
    expect(recording.error).toBeInstanceOf(AcmeProtocolError);
    expect([String(recording.error), request.cancelled]).toEqual([expect.stringContaining('9 bytes'), true]);
  });

  it('does nothing before it is subscribed, and again for each subscription', () => {
    const { server, send } = bench();
    const sent$ = send(get);
    server.expectNone(url);
    record(sent$);
    record(sent$);
    expect(server.match(url)).toHaveLength(2);
  });

  it.each([
    [200, 'OK'],
    [201, 'Created'],
    [400, 'Bad Request'],
    [503, 'Service Unavailable'],
  ])('takes status %d for an answer', (status, statusText) => {
    const { server, send } = bench();
    const recording = record(send(post));
    server
      .expectOne(url)
      .flush(bytes('body'), { status, statusText, headers: { Location: 'x', Link: ['<a>', '<b>'] } });
    expect(recording).toMatchObject({
      values: [{ status, headers: { location: 'x', link: '<a>, <b>' }, body: new Uint8Array(bytes('body')) }],
      isComplete: true,
    });
  });

  it('emits nothing where there is no body', () => {
    const { server, send } = bench();
    const recording = record(send(get));
    server.expectOne(url).flush(null, { status: 204, statusText: 'No Content' });
    expect(recording.values).toEqual([{ status: 204, headers: {}, body: new Uint8Array() }]);
  });

  it('shows a hidden redirect as status 0', () => {
    const { server, send } = bench();
    const recording = record(send(post));
    server.expectOne(url).flush(null, { status: 0, statusText: '' });
    expect(recording.values).toEqual([{ status: 0, headers: {}, body: new Uint8Array() }]);
  });

  it('errors where there is no answer, and says why that may be', () => {
    const { server, send } = bench();
    const recording = record(send(post));
    server.expectOne(url).error(new Event('error') as ProgressEvent, { status: 0, statusText: 'Unknown Error' });
    expect(String(recording.error)).toContain('does not let scripts of this page read its answers');
  });

  it('cancels the request when it is unsubscribed', () => {
    const { server, send } = bench();
    const recording = record(send(post));
    const request = server.expectOne(url);
    expect(request.cancelled).toBe(false);
    recording.unsubscribe();
    expect(request.cancelled).toBe(true);
  });

  it('errors where the answer came from elsewhere', () => {
    const { server, send } = bench((request, next) => next(request.clone({ url: 'https://elsewhere.test/' })));
    const recording = record(send(post));
    server.expectOne('https://elsewhere.test/').flush(bytes('body'));
    expect(recording.error).toBeInstanceOf(AcmeProtocolError);
    expect(String(recording.error)).toContain('https://elsewhere.test/');
  });

  it.each(['https://ca.test/a/../b', 'https://ca.test/a b', 'https://ca.test/a#b'])('refuses %s', (odd) => {
    const { server, send } = bench();
    const recording = record(send({ ...post, url: odd }));
    expect(recording.error).toBeInstanceOf(AcmeProtocolError);
    server.verify();
  });
});

describe('an interceptor of the application', () => {
  const failing = { status: 503, statusText: 'Service Unavailable' };

  it.each<[string, HttpInterceptorFn]>([
    ['retries', (request, next) => next(request).pipe(retry(2))],
    [
      'sends a refreshed request',
      (request, next) =>
        next(request).pipe(catchError(() => next(request.clone({ setHeaders: { authorization: 'x' } })))),
    ],
  ])('that %s is found out, and what it sent is cancelled', (_, interceptor) => {
    const { server, send } = bench(interceptor);
    const recording = record(send(post));
    server.expectOne(url).flush(bytes('no'), failing);
    expect(recording.error).toBeInstanceOf(AcmeInputError);
    expect(String(recording.error)).toMatch(/a second time.*the first may have been carried out/);
    expect(server.match(url).filter(({ cancelled }) => !cancelled)).toEqual([]);
  });

  it.each<[string, AcmeHttpRequest]>([
    ['a GET', get],
    ['a POST of another type', { ...post, headers: { 'content-type': 'application/dns-message' } }],
  ])('may retry what carries no nonce, such as %s', (_, request) => {
    const { server, send } = bench((given, next) => next(given).pipe(retry(1)));
    const recording = record(send(request));
    server.expectOne(url).flush(bytes('no'), failing);
    server.expectOne(url).flush(bytes('yes'));
    expect(recording).toMatchObject({ values: [{ status: 200 }], isComplete: true });
  });

  it('may do something else first', () => {
    const { server, send } = bench((request, next) => of('token').pipe(switchMap(() => next(request))));
    const recording = record(send(post));
    server.expectOne(url).flush(bytes('yes'));
    expect(recording.values).toMatchObject([{ status: 200 }]);
  });

  it('may change what it reads', () => {
    const { server, send } = bench((request, next) =>
      next(request).pipe(map((event) => ('body' in event ? event.clone({ body: { a: 1 } }) : event))),
    );
    const recording = record(send(get));
    server.expectOne(url).flush(bytes('{}'));
    expect(new TextDecoder().decode(recording.values[0]?.body)).toBe('{"a":1}');
  });

  it('has its own errors passed on', () => {
    const { server, send } = bench((request, next) =>
      next(request).pipe(catchError(() => throwError(() => new Error('its own')))),
    );
    const recording = record(send(post));
    server.expectOne(url).flush(bytes('no'), failing);
    expect(recording.error).toEqual(new Error('its own'));
  });
});

describe('with fetch as its backend', () => {
  afterEach(() => {
    vi.unstubAllGlobals();
  });

  /** What comes of an answer of the platform's, and what was asked of it. */
  async function answered(response: object, request = post) {
    const fetch = vi.fn((_: string, __: RequestInit) => Promise.resolve({ ...shown, ...response }));
    vi.stubGlobal('fetch', fetch);
    const injector = injectorWith(provideHttpClient(withFetch()));
    const answer = await lastValueFrom(httpClientTransport(injector.inject(HttpClient))(request)).catch(
      (error: unknown) => error,
    );
    return { answer, asked: fetch.mock.calls[0]?.[1] };
  }
  const shown = { url, status: 200, statusText: '', headers: new Headers({ location: 'x' }), redirected: false };
  const stream = (...chunks: string[]) =>
    new ReadableStream({
      pull(controller) {
        const chunk = chunks.shift();
        if (chunk === undefined) controller.close();
        else controller.enqueue(new Uint8Array(bytes(chunk)));
      },
    });

  it('has the whole answer, and asks for it as fetch takes it', async () => {
    const { answer, asked } = await answered({ body: stream('a', 'bc') });
    expect(answer).toEqual({ status: 200, headers: { location: 'x' }, body: new Uint8Array(bytes('abc')) });
    expect(asked).toMatchObject({ redirect: 'manual', cache: 'no-store', credentials: 'omit', body: post.body });
  });

  it.each([
    ['was found to be redirected', { redirected: true }],
    ['has another URL, though nothing says that it was redirected', { url: 'https://elsewhere.test/' }],
    ['has another URL, from before it was told', { url: 'https://elsewhere.test/', redirected: undefined }],
  ])('refuses an answer that %s', async (_, changes) => {
    const { answer } = await answered({ ...changes, body: stream('a') });
    expect(answer).toBeInstanceOf(AcmeProtocolError);
    expect(String(answer)).toContain('Angular 20.1');
  });

  it('shows a redirect that is not followed as status 0', async () => {
    const { answer } = await answered({ type: 'opaqueredirect', status: 0, headers: new Headers(), body: null });
    expect(answer).toEqual({ status: 0, headers: {}, body: new Uint8Array() });
  });

  it('aborts an answer that is larger than allowed while it comes', async () => {
    const { answer, asked } = await answered({ body: stream('12345', '67890', 'never read') });
    expect(answer).toBeInstanceOf(AcmeProtocolError);
    expect(asked?.signal?.aborted).toBe(true);
  });

  it('says that a redirect was followed', () => {
    const followed: HttpInterceptorFn = () =>
      throwError(() => new HttpErrorResponse({ status: 404, url, ...{ redirected: true } }));
    const injector = injectorWith(provideHttpClient(withFetch(), withInterceptors([followed])));
    const recording = record(httpClientTransport(injector.inject(HttpClient))(get));
    expect(recording.error).toBeInstanceOf(AcmeProtocolError);
  });
});
