import type { IncomingMessage } from 'node:http';
import { Observable } from 'rxjs';
import { Refusal } from '../testing/ca/refusal.js';

/** Several times the largest request that anybody has reason to send. */
const largestBytes = 131_072;

/** Emits the body of a request as text, once. Errors with a `Refusal` on one that is too large. */
export const readBody = (request: IncomingMessage): Observable<string> =>
  new Observable((subscriber) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= largestBytes) chunks.push(chunk);
      else subscriber.error(tooLarge);
    });
    request.on('end', () => {
      subscriber.next(Buffer.concat(chunks).toString());
      subscriber.complete();
    });
    request.on('error', () => {
      subscriber.complete();
    });
  });

const tooLarge = new Refusal({
  type: 'malformed',
  status: 413,
  detail: `a request has at most ${largestBytes} bytes`,
  headers: { connection: 'close' },
});
