import { defer, of } from 'rxjs';
import type { AcmeHttpRequest, AcmeTransport } from '../../../lib/model/ports.js';

/** A server of the application's own that answers with JSON, and writes down what it was asked. */
export function backEndThat(answer: (request: AcmeHttpRequest) => { status?: number; json?: unknown; text?: string }) {
  const asked: (AcmeHttpRequest & { readonly json?: unknown })[] = [];
  const transport: AcmeTransport = (request) =>
    defer(() => {
      asked.push({ ...request, ...(request.body === undefined ? {} : { json: JSON.parse(request.body) }) });
      const { status = 200, json, text = json === undefined ? '' : JSON.stringify(json) } = answer(request);
      return of({ status, headers: {}, body: new TextEncoder().encode(text) });
    });
  return { asked, transport, url: 'https://app.test/acme' };
}
