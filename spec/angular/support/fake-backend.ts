import {
  type HttpBackend,
  HttpErrorResponse,
  type HttpEvent,
  HttpEventType,
  HttpHeaders,
  type HttpRequest,
  HttpResponse,
} from '@angular/common/http';
import { concat, map, type Observable, of } from 'rxjs';
import type { AcmeTransport } from '../../../lib/model/ports.js';

/** What stands at the end of `HttpClient`, with a transport in place of a network. */
export const fakeBackend = (transport: AcmeTransport): HttpBackend => ({
  handle: (request: HttpRequest<unknown>): Observable<HttpEvent<unknown>> =>
    concat(
      of({ type: HttpEventType.Sent } as const),
      transport({
        method: request.method as 'GET' | 'POST',
        url: request.urlWithParams,
        headers: {
          'user-agent': 'a browser',
          ...Object.fromEntries(request.headers.keys().map((name) => [name, request.headers.get(name) ?? ''])),
        },
        ...(request.body === null ? {} : { body: request.body as string }),
        maxResponseBytes: Infinity,
      }).pipe(
        map(({ status, headers, body }) => {
          const init = { status, headers: new HttpHeaders(headers), url: request.urlWithParams };
          const buffer = Uint8Array.from(body).buffer;
          if (status < 200 || status > 299) throw new HttpErrorResponse({ ...init, error: buffer });
          return new HttpResponse({ ...init, body: buffer });
        }),
      ),
    ),
});
