import {
  AsyncSubject,
  catchError,
  concatMap,
  defer,
  from,
  map,
  type Observable,
  of,
  type TimestampProvider,
} from 'rxjs';
import type { AcmeHttpRequest } from '../../model/ports.js';
import { jwkThumbprint } from '../../signing/thumbprint.js';
import { authenticated } from './caller.js';
import { Nonces } from './nonces.js';
import type { CaCore, CaSettings, Operation } from './operation.js';
import { internalError, Refusal, refuse } from './refusal.js';
import { refusalReply, type Reply, withIndex } from './reply.js';
import { Store } from './store.js';

/** A certification authority: what it remembers, and how it answers. */
export interface AcmeCa {
  readonly directoryUrl: string;
  readonly store: Store;
  readonly nonces: Nonces;
  /** The operation that a URL belongs to. */
  route(url: string): Operation | undefined;
  /** Emits the answer to a request, once; refusals are answers too. */
  handle(request: AcmeHttpRequest): Observable<Reply>;
}

/** Options of {@link acmeCa}. */
export interface AcmeCaOptions {
  /** Scheme, host and port of every URL. */
  readonly origin: string;
  readonly operations: readonly Operation[];
  readonly settings: CaSettings;
  readonly clock: TimestampProvider;
  /** What nonces and URLs have in them, so that those of an earlier run mean nothing to a later one. Default: nothing. */
  readonly run?: string;
}

/** Makes a certification authority out of its operations. It sends nothing and listens to nothing. */
export function acmeCa({ origin, operations, settings, clock, run = '' }: AcmeCaOptions): AcmeCa {
  const store = new Store(origin, run);
  const nonces = new Nonces(run);
  const core: CaCore = {
    store,
    settings,
    operations,
    now: () => new Date(clock.now()),
    thumbprint: (jwk) => jwkThumbprint(jwk, settings.digest),
    background: (work) => {
      const done$ = new AsyncSubject<unknown>();
      from(work)
        .pipe(catchError(() => of(undefined)))
        .subscribe(done$);
      return done$;
    },
  };
  const byPath = new Map(operations.map((operation) => [operation.path, operation]));
  const route = (url: string) => {
    const [path = '', ...ids] = url.startsWith(`${origin}/`) ? url.slice(origin.length + 1).split('/') : [];
    const operation = byPath.get(path);
    const isWhole = ids.length === (operation?.byId === true ? 1 : 0);
    return operation === undefined || !isWhole ? undefined : { operation, id: ids[0] ?? '' };
  };
  const handle = (request: AcmeHttpRequest): Observable<Reply> => {
    const found = route(request.url);
    if (found === undefined)
      return of({ status: 404, headers: { 'content-type': 'text/plain' }, text: '404 page not found' });
    const { operation, id } = found;
    return defer(() => authenticated(core, nonces, operation, request)).pipe(
      concatMap((call) => {
        if (operation.reads === true && call.payload !== undefined)
          refuse('malformed', 'this is read by POST-as-GET: the payload must be empty, "" and not {}');
        return operation.handle(core, { ...call, id });
      }),
      catchError((error: unknown) => of(refusalReply(new Refusal(internalError(error))))),
      map((reply) => withStandardHeaders(reply, request.method === 'POST' || operation.name === 'newNonce')),
    );
  };
  const withStandardHeaders = (reply: Reply, hasNonce: boolean): Reply => ({
    ...reply,
    headers: {
      ...(hasNonce ? { 'replay-nonce': nonces.issue() } : {}),
      'cache-control': 'no-store',
      ...reply.headers,
      link: withIndex(store.url('directory'), reply.headers?.['link']),
    },
  });
  return { directoryUrl: store.url('directory'), store, nonces, route: (url) => route(url)?.operation, handle };
}
