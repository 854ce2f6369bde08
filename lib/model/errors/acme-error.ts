import type { Link } from '../retrieved.js';

const brand = Symbol.for('rxacme.error');

/** What an error knows of the exchange that it comes from. */
export interface AcmeErrorDetails {
  /** The URL of the request. Absent where none was sent. */
  readonly url?: string | undefined;
  /** The HTTP status of the response. Absent where there was none. */
  readonly status?: number | undefined;
  /** How long the server asked to wait, in milliseconds, counted from its answer. Absent where it did not. */
  readonly retryAfterMs?: number | undefined;
  /** When the server is ready to be asked again, by this machine's clock. Absent where it did not say. */
  readonly retryAt?: Date | undefined;
  /** The response's links, such as `help` or `terms-of-service`. */
  readonly links?: readonly Link[] | undefined;
  /** The response's headers, names in lower case, nonces and cookies left out. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** The order that it is about. */
  readonly orderUrl?: string | undefined;
  /** What it was caused by: the error of a port, a solver or the platform. */
  readonly cause?: unknown;
}

/**
 * The only kind of error that leaves rxacme's streams. Each subclass stands for one reaction and has a literal
 * `code`. `instanceof` also holds across two copies of the package.
 */
export abstract class AcmeError extends Error {
  /** @internal The name under which `instanceof` finds the class, also from another copy of the package. */
  static readonly brandName: string = 'AcmeError';

  /** What kind of error it is: the literal that a `switch` goes by. */
  abstract readonly code: string;
  /** The URL of the request. */
  declare readonly url?: string;
  /** The order that it is about, to resume it by. */
  declare readonly orderUrl?: string;
  /** The HTTP status of the response. */
  declare readonly status?: number;
  /** How long the server asked to wait, in milliseconds, counted from its answer. */
  declare readonly retryAfterMs?: number;
  /** When the server is ready to be asked again, by this machine's clock. */
  declare readonly retryAt?: Date;
  /** The response's links, such as `help` or `terms-of-service`. */
  declare readonly links?: readonly Link[];
  /** The response's headers, nonces and cookies left out. */
  declare readonly headers?: Readonly<Record<string, string>>;

  constructor(message: string, details: AcmeErrorDetails = {}) {
    super(message, details);
    this.name = new.target.brandName;
    Object.defineProperty(this, brand, { value: brandsOf(new.target) });
    for (const member of ['url', 'orderUrl', 'status', 'retryAfterMs', 'retryAt', 'links', 'headers'] as const) {
      if (details[member] !== undefined)
        Object.defineProperty(this, member, { value: details[member], enumerable: true });
    }
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    if (super[Symbol.hasInstance](value)) return true;
    const brands = (value as { readonly [brand]?: readonly string[] } | null | undefined)?.[brand] ?? [];
    return Object.hasOwn(this, 'brandName') && brands.includes(this.brandName);
  }
}

function brandsOf(constructor: typeof AcmeError): readonly string[] {
  const brands: string[] = [];
  for (let each = constructor; (each as unknown) !== Error; each = Object.getPrototypeOf(each) as typeof AcmeError) {
    brands.push(each.brandName);
  }
  return brands;
}
