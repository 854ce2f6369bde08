import { type HttpClient, HttpErrorResponse, type HttpEvent, HttpEventType, HttpResponse } from '@angular/common/http';
import { catchError, defer, filter, map, type MonoTypeOperatorFunction, of, take, tap, throwError } from 'rxjs';
import { encodeUtf8 } from '../codec/utf8.js';
import { AcmeInputError } from '../model/errors/input-error.js';
import { protocolFault } from '../model/errors/protocol-error.js';
import type { AcmeHttpRequest, AcmeHttpResponse, AcmeTransport } from '../model/ports.js';
import { otherUrl } from '../transport/same-url.js';
import { checkThat } from './feature.js';

/** Options of {@link httpClientTransport} and `withHttpClient`. */
export interface HttpClientTransportOptions {
  /** Whether cookies are sent: a relay of the application's own may need them, no authority does. Default: `omit`. */
  readonly credentials?: 'omit' | 'same-origin' | undefined;
}

/**
 * The transport over Angular's `HttpClient`. An answer with a status that is no success is an answer, not an error.
 * Unsubscribing cancels the request.
 *
 * Emits each response once, then completes. Errors: {@link AcmeInputError} where an interceptor of the application sends
 * a signed request a second time, as `retry` does: it would carry a nonce that is spent (one that hands on no event but
 * the answer is not found out); `AcmeProtocolError` where the answer is larger than allowed or comes from another URL,
 * or the browser would ask for another one; with what the connection fails with. `provideHttpClient(withFetch())` refuses
 * redirects from Angular 20.1 on; before that, and without `withFetch`, one is found out after it was followed.
 * Cost: one request. Throws `TypeError` where `http` is none.
 *
 * @see RFC 8555 §6.1, §6.5
 */
export function httpClientTransport(
  http: HttpClient,
  { credentials = 'omit' }: HttpClientTransportOptions = {},
): AcmeTransport {
  checkThat(
    'request' in Object(http),
    'httpClientTransport: http must be an HttpClient, as inject(HttpClient) returns',
  );
  return (request) =>
    defer(() => {
      const { method, url, body } = request;
      const other = otherUrl(url);
      if (other !== undefined) {
        throw protocolFault(url, `a browser would ask for ${other} instead; this server cannot be used from a page`);
      }
      return http.request(method, url, {
        headers: headersFor(request),
        body: body ?? null,
        observe: 'events',
        responseType: 'arraybuffer',
        redirect: 'manual',
        cache: 'no-store',
        credentials,
        // A page that a server rendered has an answer of its own time, and its nonce is spent.
        transferCache: false,
        reportProgress: true,
      });
    }).pipe(
      sentOnce(request),
      tap(withinLimit(request)),
      filter((event) => event instanceof HttpResponse),
      take(1),
      catchError((error: unknown) =>
        error instanceof HttpErrorResponse && isAnswer(error) ? of(error) : throwError(() => reasonOf(error)),
      ),
      map((answer) => received(request, answer)),
    );
}

/** Firefox asks first whether it may send `User-Agent`, which servers do not expect; other browsers send their own. */
const headersFor = ({ headers }: AcmeHttpRequest): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => name !== 'user-agent'));

/**
 * Every subscription to the backend says that it sent, however many interceptors stand before it. One that sends again
 * and keeps that event to itself is not found out.
 */
const sentOnce =
  ({ method, url, headers }: AcmeHttpRequest): MonoTypeOperatorFunction<HttpEvent<ArrayBuffer>> =>
  (events$) =>
    defer(() => {
      let sent = 0;
      return events$.pipe(
        map((event) => {
          // No other type of request carries a nonce.
          const isSent = event.type === HttpEventType.Sent && headers['content-type'] === 'application/jose+json';
          if (!isSent || ++sent === 1) return event;
          throw new AcmeInputError(
            `${method} ${url}: an HTTP interceptor of the application sent this request a second time, with a nonce that is spent; the first may have been carried out; have it leave requests of type application/jose+json alone, rxacme signs and sends again by itself`,
          );
        }),
      );
    });

/** What is too large is found out while it comes, so that no page has to hold all of it. */
const withinLimit =
  ({ url, maxResponseBytes }: AcmeHttpRequest) =>
  (event: HttpEvent<ArrayBuffer>): void => {
    if (event.type !== HttpEventType.DownloadProgress || event.loaded <= maxResponseBytes) return;
    throw protocolFault(url, `the response is larger than the ${maxResponseBytes} bytes allowed (maxResponseBytes)`);
  };

/** A browser that hides a redirect shows no status and no reason; one that has no answer shows a reason. */
const isAnswer = ({ status, error }: HttpErrorResponse): boolean => status !== 0 || (error ?? null) === null;

function reasonOf(error: unknown): unknown {
  if (!(error instanceof HttpErrorResponse)) return error;
  const cause: unknown = error.error;
  const why = cause instanceof Error ? cause.message : error.message;
  return new Error(`${why} (no connection, or a server that does not let scripts of this page read its answers)`, {
    cause,
  });
}

type Answer = HttpResponse<ArrayBuffer> | HttpErrorResponse;

function received({ url }: AcmeHttpRequest, answer: Answer): AcmeHttpResponse {
  const { status, redirected } = answer;
  if (redirected || (answer.url !== null && new URL(answer.url, url).href !== new URL(url).href)) {
    throw protocolFault(
      url,
      `the answer came from ${answer.url ?? 'elsewhere'}: a redirect was followed, or an interceptor changes URLs; provideHttpClient(withFetch()) refuses redirects from Angular 20.1 on`,
      { status },
    );
  }
  return {
    status,
    headers: headersOf(answer),
    body: bytesOf(answer instanceof HttpResponse ? answer.body : answer.error),
  };
}

const headersOf = ({ headers }: Answer): Record<string, string> =>
  Object.fromEntries(headers.keys().map((name) => [name.toLowerCase(), headers.getAll(name)?.join(', ') ?? '']));

/** Interceptors may have made something else of the bytes. */
function bytesOf(body: unknown): Uint8Array {
  if (body instanceof ArrayBuffer) return new Uint8Array(body);
  if (ArrayBuffer.isView(body)) return new Uint8Array(body.buffer, body.byteOffset, body.byteLength);
  if (body === null || body === undefined) return new Uint8Array();
  return encodeUtf8(typeof body === 'string' ? body : JSON.stringify(body));
}
