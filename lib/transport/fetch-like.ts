/** What the adapter needs of `fetch`: less than any `fetch` gives, so that each of them fits. */
export type FetchLike = (url: string, init: FetchInit) => Promise<FetchResponse>;

/** What {@link FetchLike} is called with, exactly. */
export interface FetchInit {
  /** `GET`, `HEAD` or `POST`. */
  readonly method: string;
  /** Without those that the platform sets itself. */
  readonly headers: Record<string, string>;
  /** JSON. Absent unless the method is `POST`. */
  readonly body?: string;
  /** No redirect is followed: a signature holds for one URL. */
  readonly redirect: 'manual';
  /** No answer comes from a cache: its nonce would be spent. */
  readonly cache: 'no-store';
  /** No cookies are sent or kept. */
  readonly credentials: 'omit';
  /** Aborted when the request is unsubscribed from. */
  readonly signal: AbortSignal;
}

/** What {@link FetchLike} must resolve to. */
export interface FetchResponse {
  /** The HTTP status. */
  readonly status: number;
  /** `opaqueredirect` where a redirect was not followed and the platform hides its status. */
  readonly type?: string;
  /** The headers, as `Headers` has them. */
  readonly headers: { forEach(callback: (value: string, name: string) => void): void };
  /** A web stream, or anything that can be iterated asynchronously. */
  readonly body: unknown;
}

/** The `fetch` of a platform, and how it differs. */
export interface PlatformFetch {
  readonly fetch: FetchLike;
  /** Headers that the platform sets itself and that a request must not carry. */
  readonly forbiddenHeaders: readonly string[];
}
