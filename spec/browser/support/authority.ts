import type { RequestListener } from 'node:http';
import { firstValueFrom } from 'rxjs';
import type { AcmeTransport } from '../../../lib/model/ports.js';

/** A CA behind a server that exposes these headers to scripts; `none` has no CORS at all. */
export const authority =
  (transport: AcmeTransport, origin: () => string, exposed: string): RequestListener =>
  async (request, response) => {
    const cors = exposed === 'none' ? {} : corsHeaders(exposed);
    if (request.method === 'OPTIONS') return response.writeHead(204, cors).end();
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { status, headers, body } = await firstValueFrom(
      transport({
        method: request.method as 'GET' | 'POST',
        url: origin() + String(request.url),
        headers: Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)])),
        ...(request.method === 'POST' ? { body: Buffer.concat(chunks).toString() } : {}),
        maxResponseBytes: Infinity,
      }),
    );
    return response.writeHead(status, { ...headers, ...cors }).end(body);
  };

const corsHeaders = (exposed: string) => ({
  'access-control-allow-origin': '*',
  'access-control-allow-headers': 'content-type',
  'access-control-expose-headers': exposed,
});
