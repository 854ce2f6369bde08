/** What the adapter needs of `fetch`: less than any `fetch` gives, so that each of them fits. */
export type FetchLike = (url: string, init: FetchInit) => Promise<FetchResponse>;

/** What {@link FetchLike} is called with, exactly. */
export interface FetchInit {
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body?: string;
  readonly redirect: 'manual';
  readonly cache: 'no-store';
  readonly credentials: 'omit';
  readonly signal: AbortSignal;
}

/** What {@link FetchLike} must resolve to. */
export interface FetchResponse {
  readonly status: number;
  readonly type?: string;
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
