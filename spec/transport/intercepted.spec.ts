import { delay, lastValueFrom, map, of, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { AcmeHttpRequest, AcmeHttpResponse, AcmeInterceptor, AcmeTransport } from '../../lib/model/ports.js';
import { intercepted } from '../../lib/transport/intercepted.js';
import { virtualTime } from '../support/marbles.js';

const request: AcmeHttpRequest = { method: 'GET', url: 'https://ca.example/', headers: {}, maxResponseBytes: 1 };
const answer: AcmeHttpResponse = { status: 200, headers: {}, body: new Uint8Array() };

describe('intercepted', () => {
  it('is the transport itself where nothing stands between', async () => {
    const seen: AcmeHttpRequest[] = [];
    const transport = intercepted((each) => {
      seen.push(each);
      return of(answer);
    }, []);
    expect(await lastValueFrom(transport(request))).toBe(answer);
    expect(seen).toEqual([request]);
  });

  it('has the first interceptor outermost', async () => {
    const steps: string[] = [];
    const noting =
      (name: string): AcmeInterceptor =>
      (each, next) => {
        steps.push(`${name} in`);
        return next(each).pipe(
          map((response) => {
            steps.push(`${name} out`);
            return response;
          }),
        );
      };
    await lastValueFrom(intercepted(() => of(answer), [noting('first'), noting('second')])(request));
    expect(steps).toEqual(['first in', 'second in', 'second out', 'first out']);
  });

  it('lets each replace the request, the response and the transport', async () => {
    const named: AcmeInterceptor = (each, next) => next({ ...each, headers: { ...each.headers, 'x-name': 'a' } });
    const counted: AcmeInterceptor = (each, next) => next(each).pipe(map((response) => ({ ...response, status: 299 })));
    const seen: unknown[] = [];
    const transport: AcmeTransport = (each) => {
      seen.push(each.headers);
      return of(answer);
    };
    expect(await lastValueFrom(intercepted(transport, [counted, named])(request))).toMatchObject({ status: 299 });
    expect(seen).toEqual([{ 'x-name': 'a' }]);
    const offline: AcmeInterceptor = () => throwError(() => new Error('offline'));
    await expect(lastValueFrom(intercepted(transport, [offline, named])(request))).rejects.toThrow('offline');
    expect(seen).toHaveLength(1);
  });

  it('passes unsubscription through', () =>
    virtualTime(({ cold, expectObservable, expectSubscriptions, testScheduler }) => {
      const inner = cold<AcmeHttpResponse>('-----(a|)', { a: answer });
      const late: AcmeInterceptor = (each, next) => next(each).pipe(delay(2, testScheduler));
      expectObservable(intercepted(() => inner, [late])(request), '^--!').toBe('');
      expectSubscriptions(inner.subscriptions).toBe('^--!');
    }));

  it('calls the transport as a function, and closes it', () => {
    let closed = 0;
    const transport: AcmeTransport = Object.assign(() => of(answer), { close: () => void closed++ });
    intercepted(transport, [(each, next) => next(each)]).close?.();
    expect(closed).toBe(1);
    expect(() => intercepted(() => of(answer), []).close?.()).not.toThrow();
  });
});
