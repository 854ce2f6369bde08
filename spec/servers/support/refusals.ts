import { tap } from 'rxjs';
import type { AcmeInterceptor } from '../../../lib/index.js';

/** Counts what a session sends and how much of it the server refuses for its nonce. */
export function countRefusals(): {
  readonly interceptor: AcmeInterceptor;
  readonly seen: { sent: number; refused: number };
} {
  const seen = { sent: 0, refused: 0 };
  const interceptor: AcmeInterceptor = (request, next) => {
    seen.sent++;
    return next(request).pipe(
      tap(({ status, body }) => {
        if (status === 400 && new TextDecoder().decode(body).includes('acme:error:badNonce')) seen.refused++;
      }),
    );
  };
  return { interceptor, seen };
}
