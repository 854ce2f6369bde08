import type { IncomingMessage } from 'node:http';
import { Observable } from 'rxjs';
import { Refusal } from '../testing/ca/refusal.js';

/** Several times the largest request that anybody has reason to send. */
const largestBytes = 131_072;

/** Emits the body of a request as text, once. Errors with a `Refusal` on one that is too large; is empty where it is cut off. */
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
    // Cut off, in one way or another: nobody is left to be answered.
    const end = () => {
      subscriber.complete();
    };
    request.on('error', end).on('close', end);
  });

const tooLarge = new Refusal({
  type: 'malformed',
  status: 413,
  detail: `a request has at most ${largestBytes} bytes`,
  headers: { connection: 'close' },
});
