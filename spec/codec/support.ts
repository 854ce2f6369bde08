import fc from 'fast-check';
import { expect } from 'vitest';
import type { JsonObject, JsonValue } from '../../lib/model/json.js';
import { AcmeProtocolError } from '../../lib/model/errors/protocol-error.js';
import { encodeUtf8 } from '../../lib/codec/utf8.js';

/** What `run` throws. Fails where it throws nothing. */
export function thrownBy(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  throw new Error('it threw nothing');
}

/** What `run` returns, or undefined where it throws `errorClass`; any other error fails the test. */
export function unlessThrown<T>(errorClass: abstract new (...args: never) => Error, run: () => T): T | undefined {
  try {
    return run();
  } catch (error) {
    expect(error).toBeInstanceOf(errorClass);
    return undefined;
  }
}

/** The AcmeProtocolError that `run` throws. */
export function protocolErrorOf(run: () => unknown): AcmeProtocolError {
  const error = thrownBy(run);
  expect(error).toBeInstanceOf(AcmeProtocolError);
  return error as AcmeProtocolError;
}

/** Bytes without an own prototype or pool behind them, so that deep equality looks at nothing but the numbers. */
export const bytes = (...values: readonly number[]): Uint8Array => Uint8Array.from(values);

export const utf8 = encodeUtf8;

/** What a value becomes when it is stored as text and read again. */
export const stored = <T>(value: T): never => JSON.parse(JSON.stringify(value)) as never;

/** Any text of whole code points, half of it ASCII. (fast-check's own `binary` unit takes two seconds to set up.) */
export const anyText = fc
  .array(fc.oneof(fc.nat(0x7f), fc.nat(0xd7ff), fc.integer({ min: 0xe000, max: 0x10ffff })))
  .map((points) => String.fromCodePoint(...points));

/** Absolute URLs, with what a `Link` header has to quote or must not split at. */
export const anyUrl = fc
  .tuple(
    fc.constantFrom('https', 'http'),
    fc.domain(),
    fc.string({ unit: fc.constantFrom(...'aZ09-._~%41/?=&,;:@!$') }),
  )
  .map(([scheme, host, path]) => `${scheme}://${host}/${path}`);

/** Anything that `JSON.parse` returns. */
export const anyJson: fc.Arbitrary<JsonValue> = fc
  .oneof(
    fc.jsonValue({ maxDepth: 3 }),
    fc.constantFrom<JsonValue>(
      '',
      null,
      true,
      0,
      [],
      {},
      'pending',
      'https://ca.example/x',
      '2026-11-21T17:00:00Z',
      '../x',
    ),
  )
  .map((value) => JSON.parse(JSON.stringify(value)) as JsonValue);

/** One of `messages`, with members replaced, removed and added at random, also below the first level. */
export const mutated = (messages: Readonly<Record<string, object>>): fc.Arbitrary<JsonObject> =>
  fc
    .record({
      message: fc.constantFrom(...(Object.values(messages) as JsonObject[])),
      edits: fc.array(fc.record({ at: fc.nat(), value: fc.option(anyJson, { nil: undefined }) }), { maxLength: 4 }),
      extra: fc.dictionary(fc.string(), anyJson, { maxKeys: 2, noNullPrototype: true }),
    })
    .map(({ message, edits, extra }) => {
      const copy = structuredClone({ ...extra, ...message });
      for (const { at, value } of edits) edit(copy, at, value);
      return JSON.parse(JSON.stringify(copy)) as JsonObject;
    });

function edit(root: JsonObject, at: number, value: JsonValue | undefined): void {
  const places: [Record<string, unknown>, string][] = [];
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    for (const key of Object.keys(node)) {
      places.push([node as Record<string, unknown>, key]);
      visit((node as Record<string, unknown>)[key]);
    }
  };
  visit(root);
  const place = places[at % Math.max(places.length, 1)];
  if (place === undefined) return;
  const [parent, key] = place;
  if (value === undefined && !Array.isArray(parent)) delete parent[key];
  else parent[key] = value ?? null;
}

/** What the headers of a reply may have said. */
export const anyContext = fc.record(
  {
    url: fc.constant('https://ca.example/resource'),
    links: fc.constantFrom([], [{ url: 'https://ca.example/up', relations: ['up'] }]),
    retryAfterMs: fc.nat(),
  },
  { requiredKeys: ['url', 'links'] },
);
