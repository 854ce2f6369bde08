import type { JsonObject } from './json.js';

/**
 * One link of a `Link` header: an absolute target and its relation types in lower case.
 *
 * @see RFC 8288 §3
 */
export interface Link {
  /** Absolute. */
  readonly url: string;
  /** In lower case. */
  readonly relations: readonly string[];
}

/** What the headers of a reply said about the resource in its body. */
export interface ResponseContext {
  /** The URL of the resource: the `Location` header where the reply created it, else the URL that was asked. */
  readonly url: string;
  /** The links of the reply. */
  readonly links: readonly Link[];
  /** How long the server asks to wait before the next look, in milliseconds, counted from the reply. */
  readonly retryAfterMs?: number;
}

/**
 * What every decoded resource keeps of its reply. Plain data: it survives `JSON.stringify`, and the decoder that
 * made it reads it back.
 */
export interface Retrieved extends ResponseContext {
  /** The body as the server sent it, members unknown to this library included. */
  readonly raw: JsonObject;
}
