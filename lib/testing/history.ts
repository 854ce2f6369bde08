import type { TimestampProvider } from 'rxjs';
import { decodeBase64url } from '../codec/base64url.js';
import { decodeUtf8 } from '../codec/utf8.js';
import type { AcmeHttpRequest } from '../model/ports.js';
import type { OperationName } from './ca/operation.js';

/** What became of a request. `lost`: it was carried out or not, and nobody was told. */
export type Outcome = 'open' | 'answered' | 'lost' | 'cancelled';

/** One request that a fake CA saw, decoded. */
export interface RecordedRequest {
  /** What it asked for. */
  readonly operation: OperationName;
  /** Which of this operation's requests it was, from 1. */
  readonly occurrence: number;
  /** `GET`, `HEAD` or `POST`. */
  readonly method: string;
  /** Where it was sent. */
  readonly url: string;
  /** Undefined for GET; `''` for POST-as-GET. */
  readonly payload: unknown;
  /** Of its protected header. Undefined where it was not signed. */
  readonly nonce: string | undefined;
  /** The account URL that it was signed for. Undefined where it carried a key instead, or was not signed. */
  readonly kid: string | undefined;
  /** The public key that it carried, as `newAccount` does. Undefined where it named an account, or was not signed. */
  readonly jwk: object | undefined;
  /** By the CA's clock, in milliseconds. */
  readonly startedAtMs: number;
  /** When it was answered, lost or cancelled, by the CA's clock, in milliseconds. Absent while it is open. */
  endedAtMs?: number;
  /** What became of it. */
  outcome: Outcome;
  /** The HTTP status of the answer. */
  status?: number;
  /** The type of the problem document in the answer. */
  problemType?: string;
}

/** What a fake CA saw. Counts are of all requests; the requests themselves are the latest ones only. */
export interface CaHistory {
  /** The requests, oldest first. */
  readonly requests: readonly RecordedRequest[];
  /** The requests that were given up before their answer came. */
  readonly cancelled: readonly RecordedRequest[];
  /** How many requests there were of each operation. */
  readonly counts: Readonly<Record<string, number>>;
  /** How many requests there were, of one operation or of all. */
  count(operation?: OperationName): number;
}

/** Keeps the history of a fake CA. */
export class RequestLog implements CaHistory {
  readonly #requests: RecordedRequest[] = [];
  readonly #counts = new Map<string, number>();

  constructor(
    private readonly clock: TimestampProvider,
    private readonly limit: number,
  ) {}

  /** The requests, oldest first. */
  get requests(): readonly RecordedRequest[] {
    return this.#requests;
  }

  /** The requests that were given up before their answer came. */
  get cancelled(): readonly RecordedRequest[] {
    return this.#requests.filter(({ outcome }) => outcome === 'cancelled');
  }

  /** How many requests there were, of one operation or of all. */
  count(operation?: OperationName): number {
    if (operation !== undefined) return this.#counts.get(operation) ?? 0;
    return [...this.#counts.values()].reduce((sum, each) => sum + each, 0);
  }

  /** How many requests there were of each operation. */
  get counts(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#counts);
  }

  begin(operation: OperationName, { method, url, body }: AcmeHttpRequest): RecordedRequest {
    const occurrence = this.count(operation) + 1;
    this.#counts.set(operation, occurrence);
    const request: RecordedRequest = {
      operation,
      occurrence,
      method,
      url,
      ...signedMembers(body),
      startedAtMs: this.clock.now(),
      outcome: 'open',
    };
    this.#requests.push(request);
    if (this.#requests.length > this.limit) this.#requests.shift();
    return request;
  }

  end(request: RecordedRequest, outcome: Outcome): void {
    if (request.outcome !== 'open') return;
    request.outcome = outcome;
    request.endedAtMs = this.clock.now();
  }
}

/** What a body says, as far as it can be read: a history keeps bad requests too. */
function signedMembers(body: string | undefined): Pick<RecordedRequest, 'payload' | 'nonce' | 'kid' | 'jwk'> {
  const jws = parsed(body);
  const header = parsed(textOf(jws['protected']));
  const payload = textOf(jws['payload']);
  return {
    payload: body === undefined ? undefined : payload === '' ? '' : parsed(payload),
    nonce: header['nonce'] as string | undefined,
    kid: header['kid'] as string | undefined,
    jwk: header['jwk'] as object | undefined,
  };
}

function parsed(text: string | undefined): Record<string, unknown> {
  try {
    return (JSON.parse(text ?? '') ?? {}) as Record<string, unknown>;
  } catch {
    return {};
  }
}

function textOf(base64url: unknown): string {
  if (typeof base64url !== 'string') return '';
  try {
    return decodeUtf8(decodeBase64url(base64url));
  } catch {
    return '';
  }
}
