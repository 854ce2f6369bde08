import { concatMap, defer, from, map, type Observable } from 'rxjs';
import { encodeBase64url } from '../../../lib/codec/base64url.js';
import type { AcmeHttpRequest, AcmeHttpResponse, AcmeSigner } from '../../../lib/index.js';
import {
  type FakeCa,
  synchronousCertificateKey,
  synchronousPorts,
  synchronousSigner,
} from '../../../lib/testing/index.js';

/** An answer, read. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- specs look at it member by member
  readonly json: any;
  /** The last part of a problem document's type. */
  readonly problem: string | undefined;
}

/** What is different from a request as it should be. */
export interface Slips {
  readonly signer?: AcmeSigner;
  /** Default: that of the client's account, where it has one. */
  readonly kid?: string | undefined;
  /** Members of the protected header, over the right ones; `undefined` leaves one out. */
  readonly header?: object;
  /** Default: a new one. */
  readonly nonce?: string;
  /** What is signed instead of header and payload. */
  readonly input?: string;
  /** Members of the body, over the right ones. */
  readonly body?: object | string;
  readonly http?: Partial<AcmeHttpRequest>;
}

/** Asks a fake CA without a session: what a session would never send too. */
export function rawClient(ca: FakeCa, { signer = synchronousSigner(), kid }: Pick<Slips, 'signer' | 'kid'> = {}) {
  const send = (request: Partial<AcmeHttpRequest> & { url: string }): Observable<Answer> =>
    ca.transport({ method: 'GET', headers: {}, maxResponseBytes: Infinity, ...request }).pipe(map(read));
  const get = (url: string) => send({ url });
  const nonce = (): string => now(get(`${new URL(ca.directoryUrl).origin}/new-nonce`)).headers['replay-nonce'] ?? '';
  /** `''` for POST-as-GET. */
  const post = (url: string, payload: unknown = '', slips: Slips = {}): Observable<Answer> =>
    defer(() => {
      const by = slips.signer ?? signer;
      const account = 'kid' in slips ? slips.kid : kid;
      const identity = account === undefined ? { jwk: by.publicJwk } : { kid: account };
      const header = { alg: by.alg, ...identity, nonce: slips.nonce ?? nonce(), url, ...slips.header };
      const first = encodeBase64url(JSON.stringify(header));
      const second = payload === '' ? '' : encodeBase64url(JSON.stringify(payload));
      return from(by.sign(new TextEncoder().encode(slips.input ?? `${first}.${second}`))).pipe(
        concatMap((signature) => {
          const jws = { protected: first, payload: second, signature: encodeBase64url(signature) };
          const body = typeof slips.body === 'string' ? slips.body : JSON.stringify({ ...jws, ...slips.body });
          const headers = { 'content-type': 'application/jose+json', 'user-agent': 'spec' };
          return send({ method: 'POST', url, body, headers, ...slips.http });
        }),
      );
    });
  return { get, nonce, post };
}

/** The client, and the URLs, of an account that is there already. */
export function accountClient(ca: FakeCa, signer: AcmeSigner = synchronousSigner()) {
  const kid = ca.openAccount(signer);
  const client = rawClient(ca, { signer, kid });
  const at = (path: string) => `${new URL(ca.directoryUrl).origin}/${path}`;
  /** Orders for names, and gives the order's URL and what the server says of it. */
  const order = (...names: string[]) => {
    const identifiers = names.map((value) => ({ type: /^[\d.]+$|:/.test(value) ? 'ip' : 'dns', value }));
    const { json, headers } = now(client.post(at('new-order'), { identifiers }));
    return { ...json, url: headers['location'] } as OrderJson & { url: string };
  };
  /** Answers a challenge of each of the order's authorizations. */
  const prove = ({ authorizations }: OrderJson, type?: string): Answer[] =>
    authorizations.map((url) => {
      const { challenges } = now(client.post(url)).json as { challenges: { type: string; url: string }[] };
      const challenge = challenges.find((each) => type === undefined || each.type === type);
      return now(client.post(challenge?.url ?? '', {}));
    });
  return { ...client, kid, at, order, prove };
}

export interface OrderJson {
  readonly status: string;
  readonly expires: string;
  readonly identifiers: readonly { type: string; value: string }[];
  readonly authorizations: readonly string[];
  readonly finalize: string;
  readonly certificate?: string;
}

/** The one value that a stream emits at once. */
export function now<T>(source: Observable<T>): T {
  const values: T[] = [];
  source.subscribe((value) => values.push(value));
  if (values.length !== 1) throw new Error(`${values.length} values came at once`);
  return values[0] as T;
}

/** Status and problem of an answer: what most specs are about. */
export const outcome = ({ status, problem }: Answer): [number, string | undefined] => [status, problem];

function read({ status, headers, body }: AcmeHttpResponse): Answer {
  const text = new TextDecoder().decode(body);
  const json = headers['content-type']?.includes('json') ? JSON.parse(text) : undefined;
  const type: unknown = status >= 400 ? json?.type : undefined;
  return { status, headers, text, json, problem: typeof type === 'string' ? type.split(':').at(-1) : undefined };
}

/** The payload of finalize for a certificate request. */
export const csrOf = (der: Uint8Array): { csr: string } => ({ csr: encodeBase64url(der) });

/** The same, for a request of `rxacme/testing` for host names. */
export const csrFor = (names: readonly string[], key = synchronousCertificateKey()): { csr: string } =>
  csrOf(
    now(
      from(
        synchronousPorts().certificateRequestBuilder(
          key,
          names.map((value) => ({ type: 'dns', value })),
        ),
      ),
    ),
  );
