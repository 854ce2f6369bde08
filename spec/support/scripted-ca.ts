import { concatMap, defer, finalize, isObservable, map, type Observable, of, tap, timer } from 'rxjs';
import type { SchedulerLike } from 'rxjs';
import { encodeBase64 } from '../../lib/codec/base64.js';
import { decodeBase64url } from '../../lib/codec/base64url.js';
import { decodeUtf8, encodeUtf8 } from '../../lib/codec/utf8.js';
import type { AcmeHttpRequest, AcmeTransport } from '../../lib/index.js';

/** The first part of a URL's path. */
// prettier-ignore
export type Operation =
  | 'directory' | 'newNonce' | 'newAccount' | 'account' | 'newOrder'
  | 'order' | 'authorization' | 'challenge' | 'finalize' | 'certificate';

/** An answer before it is put on the wire. An object becomes JSON; a header that is undefined is left out. */
export interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly body?: string | object;
}

/** What happens to one request: `carryOut` does what it asks for. */
export type Script = (carryOut: () => Answer) => Answer | Observable<Answer>;

/** A request as it came in. The payload of a POST-as-GET is `''`. */
export interface SeenRequest {
  readonly operation: Operation;
  readonly http: AcmeHttpRequest;
  readonly atMs: number;
  readonly header: Readonly<Record<string, unknown>>;
  readonly payload: unknown;
  readonly isNonceFresh: boolean;
}

/** All of it can be changed between requests. Left alone, everything is valid at once. */
export interface CaSettings {
  scheduler?: SchedulerLike;
  latencyMs?: number | Partial<Record<Operation, number>>;
  /** Whether to refuse the nonce of that POST, counted from 1. */
  badNonce?: (post: number) => boolean;
  validationMs?: number | ((name: string) => number);
  issuanceMs?: number;
  retryAfter?: Partial<Record<Operation, string>>;
  /** Names, `*.` included, that need no proof any more, and names that fail. */
  authorized?: (name: string) => boolean;
  invalid?: (name: string) => boolean;
  shuffle?: boolean;
}

type NameState = { id: string; value: string; isReused: boolean; answered?: { type: string; atMs: number } };
type OrderState = { id: number; names: NameState[]; identifiers: object[]; csr?: string; finalizedAtMs?: number };
type Headers = Answer['headers'];

const base = 'https://ca.test';
export const directoryUrl = `${base}/directory`;
/** An account that is there from the start, for whatever key. */
export const accountUrl = `${base}/account/1`;

export type ScriptedCa = ReturnType<typeof scriptedCa>;

/** A certification authority in the process, synchronous where its latency is 0. */
export function scriptedCa(settings: CaSettings = {}) {
  const history: SeenRequest[] = [];
  const aborted: SeenRequest[] = [];
  const scripts = new Map<string, Script>();
  const nonces = new Set<string>();
  const accounts = new Map<unknown, string>([['any', accountUrl]]);
  const orders: OrderState[] = [];
  const counts = { post: 0, nonce: 0, read: 0 };
  const numbers = new Map<Operation, number>();
  const now = () => settings.scheduler?.now() ?? 0;
  const mixed = <T>(list: T[]): T[] => (settings.shuffle && counts.read++ % 2 === 0 ? [...list].reverse() : list);

  const nameStatus = ({ value, isReused, answered }: NameState) => {
    if (isReused) return 'valid';
    const { validationMs: ms = 0 } = settings;
    if (answered === undefined || now() < answered.atMs + (typeof ms === 'number' ? ms : ms(value))) return 'pending';
    return settings.invalid?.(value) ? 'invalid' : 'valid';
  };
  const orderStatus = ({ names, finalizedAtMs }: OrderState) => {
    const statuses = names.map(nameStatus);
    if (statuses.includes('invalid')) return 'invalid';
    if (statuses.includes('pending')) return 'pending';
    if (finalizedAtMs === undefined) return 'ready';
    return now() < finalizedAtMs + (settings.issuanceMs ?? 0) ? 'processing' : 'valid';
  };
  const orderBody = (order: OrderState) => ({
    status: orderStatus(order),
    identifiers: mixed(order.identifiers),
    authorizations: mixed(order.names.map(({ id }) => `${base}/authorization/${id}`)),
    finalize: `${base}/finalize/${order.id}`,
    ...(orderStatus(order) === 'valid' ? { certificate: `${base}/certificate/${order.id}` } : {}),
  });
  const challengeBody = (name: NameState, type: string) => {
    const status = name.answered?.type === type ? nameStatus(name).replace('pending', 'processing') : 'pending';
    const error = { error: { type: `${errors}connection`, detail: `${name.value} does not answer` } };
    const token = `token-${type}-${name.id.replace('/', '-')}`;
    return { type, status, url: `${base}/challenge/${name.id}/${type}`, token, ...(status === 'invalid' ? error : {}) };
  };

  const operations: Record<Operation, (request: SeenRequest, order: OrderState, path: string[]) => Answer> = {
    directory: () =>
      ok(Object.fromEntries(['newNonce', 'newAccount', 'newOrder'].map((name) => [name, `${base}/${name}`]))),
    newNonce: () => ({ status: 204 }),
    newAccount: ({ header, payload }) => {
      const { onlyReturnExisting, contact = [] } = payload as { onlyReturnExisting?: boolean; contact?: string[] };
      const key = JSON.stringify(header['jwk']);
      const known = accounts.get(key);
      if (known === undefined && onlyReturnExisting) return problem('accountDoesNotExist');
      const location = known ?? `${base}/account/${accounts.size + 1}`;
      accounts.set(key, location);
      return { ...ok({ status: 'valid', contact }, { location }), status: known === undefined ? 201 : 200 };
    },
    account: () => ok({ status: 'valid' }),
    newOrder: ({ payload }) => {
      const { identifiers } = payload as { identifiers: { value: string }[] };
      const id = orders.length + 1;
      const isReused = settings.authorized ?? (() => false);
      const names = identifiers.map(({ value }, at) => ({ id: `${id}/${at}`, value, isReused: isReused(value) }));
      const order = { id, names, identifiers };
      orders.push(order);
      return { ...ok(orderBody(order), { location: `${base}/order/${id}` }), status: 201 };
    },
    order: (_, order) => ok(orderBody(order)),
    authorization: (_, { names, identifiers }, [, at = '']) => {
      const name = names[Number(at)] as NameState;
      const wildcard = name.value.startsWith('*.');
      const challenges = mixed(wildcard ? ['dns-01'] : ['http-01', 'dns-01']).map((type) => challengeBody(name, type));
      const identifier = { ...identifiers[Number(at)], value: name.value.replace('*.', '') };
      return ok({ status: nameStatus(name), identifier, challenges, ...(wildcard ? { wildcard } : {}) });
    },
    challenge: (_, { names }, [, at = '', type = '']) => {
      const name = names[Number(at)] as NameState;
      if (name.answered !== undefined) return problem('malformed', { detail: 'this challenge was answered before' });
      name.answered = { type, atMs: now() };
      return ok(challengeBody(name, type), { link: `<${base}/authorization/${name.id}>;rel="up"` });
    },
    finalize: ({ payload }, order) => {
      if (orderStatus(order) !== 'ready') return problem('orderNotReady', { status: 403 });
      return ok(orderBody(Object.assign(order, payload, { finalizedAtMs: now() })));
    },
    // The octets of the request stand for the certificate: what they say is the plugged-in reader's business.
    certificate: (_, { csr = '' }) => {
      const base64 = encodeBase64(decodeBase64url(csr));
      const headers = { 'content-type': 'application/pem-certificate-chain' };
      return { headers, body: `-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----\n` };
    },
  };

  const refusal = ({ http, header, isNonceFresh, operation }: SeenRequest): Answer | undefined => {
    const by = operation === 'newAccount' ? 'jwk' : 'kid';
    if (http.headers['content-type'] !== 'application/jose+json') return problem('malformed', { status: 415 });
    if (Object.keys(header).sort().join() !== `alg,${by},nonce,url`) return problem('malformed');
    if (header['url'] !== http.url) return problem('unauthorized', { status: 403 });
    if (!isNonceFresh || settings.badNonce?.(++counts.post)) return problem('badNonce');
    const isKnown = by === 'jwk' || [...accounts.values()].includes(String(header['kid']));
    return isKnown ? undefined : problem('accountDoesNotExist');
  };
  const carryOut = (request: SeenRequest): Answer => {
    const { http, operation } = request;
    const path = new URL(http.url).pathname.split('/').slice(2);
    const isUnsigned = ['directory', 'newNonce'].includes(operation);
    if (!Object.hasOwn(operations, operation)) return { status: 404, body: 'there is no such thing' };
    if ((http.method === 'GET') !== isUnsigned) return problem('malformed', { status: 405 });
    const refused = isUnsigned ? undefined : refusal(request);
    return refused ?? operations[operation](request, orders[Number(path[0]) - 1] as OrderState, path);
  };
  const onWire = ({ status = 200, headers, body = '' }: Answer, operation: Operation) => {
    const nonce = operation === 'directory' ? undefined : `nonce-${++counts.nonce}`;
    const later = status < 300 ? settings.retryAfter?.[operation] : undefined;
    const given = Object.entries({ 'replay-nonce': nonce, 'retry-after': later, ...headers });
    for (const [name, value] of given) if (name === 'replay-nonce') nonces.add(String(value));
    const sent = Object.fromEntries(given.filter((entry): entry is [string, string] => entry[1] !== undefined));
    return { status, headers: sent, body: encodeUtf8(typeof body === 'object' ? JSON.stringify(body) : body) };
  };
  const transport: AcmeTransport = (http) =>
    defer(() => {
      const operation = new URL(http.url).pathname.split('/')[1] as Operation;
      const { header, payload } = readJws(http.body);
      const isNonceFresh = nonces.delete(String(header['nonce']));
      const seen: SeenRequest = { operation, http, atMs: now(), header, payload, isNonceFresh };
      history.push(seen);
      const number = (numbers.get(operation) ?? 0) + 1;
      numbers.set(operation, number);
      const change = scripts.get(`${operation} ${number}`) ?? scripts.get(`${operation} every`);
      const outcome = change === undefined ? carryOut(seen) : change(() => carryOut(seen));
      const answer$ = isObservable(outcome) ? outcome : of(outcome);
      const { latencyMs = 0, scheduler } = settings;
      const delayMs = typeof latencyMs === 'number' ? latencyMs : (latencyMs[operation] ?? 0);
      let isOver = false;
      return (delayMs > 0 ? timer(delayMs, scheduler).pipe(concatMap(() => answer$)) : answer$).pipe(
        map((answer) => onWire(answer, operation)),
        tap({ next: () => (isOver = true), error: () => (isOver = true) }),
        finalize(() => isOver || aborted.push(seen)),
      );
    });
  /** Changes the next request of that kind that has no script yet, the one of that number from 1, or every one. */
  const script = (operation: Operation, change: Script, which?: number | 'every') => {
    let next = (numbers.get(operation) ?? 0) + 1;
    while (which === undefined && scripts.has(`${operation} ${next}`)) next++;
    scripts.set(`${operation} ${which ?? next}`, change);
  };
  return { settings, transport, history, aborted, script, operations: () => history.map((each) => each.operation) };
}

const errors = 'urn:ietf:params:acme:error:';
const ok = (body: object, headers: Headers = {}) => ({
  headers: { 'content-type': 'application/json', ...headers },
  body,
});

/** A header without members stands for a body that is no JWS. */
function readJws(body = '{}'): Pick<SeenRequest, 'header' | 'payload'> {
  const jws = JSON.parse(body) as Record<string, string>;
  if (Object.keys(jws).sort().join() !== 'payload,protected,signature') return { header: {}, payload: undefined };
  const text = (member: string) => decodeUtf8(decodeBase64url(jws[member] ?? ''), member);
  return { header: JSON.parse(text('protected')), payload: text('payload') && JSON.parse(text('payload')) };
}

/** A refusal with a problem document. */
export const problem = (
  type: string,
  { status = 400, ...members }: { status?: number; [member: string]: unknown } = {},
  headers: Headers = {},
): Answer => ({
  status,
  headers: { 'content-type': 'application/problem+json', ...headers },
  body: { type: `${errors}${type}`, detail: `refused: ${type}`, status, ...members },
});
