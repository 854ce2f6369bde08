import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AcmeProtocolError } from '../../lib/model/errors/protocol-error.js';
import { parseJson } from '../../lib/codec/json.js';
import { anyJson, bytes, protocolErrorOf, unlessThrown, utf8 } from './support.js';

const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);

describe('parseJson', () => {
  it.each([
    ['is empty', utf8('')],
    ['is empty', bytes(0xef, 0xbb, 0xbf)],
    ['is not JSON', utf8('404 page not found')],
    ['is not JSON', utf8('{"token":"s3cret"')],
    ['is not JSON', utf8("{'a':1}")],
    ['is not JSON', utf8('{} {}')],
    ['is not JSON', utf8('NaN')],
    ['is not JSON', utf8(']]]')],
    ['is not UTF-8', bytes(0x22, 0xff, 0x22)],
    ['is nested deeper than 64 levels', utf8(nested(65))],
    ['is nested deeper than 64 levels', utf8('[{"a":'.repeat(50_000))],
  ])('says that a body %s (RFC 8259)', (fault, body) => {
    const error = protocolErrorOf(() => parseJson(body, 'order', { url: 'https://ca.example/1', status: 200 }));
    expect(error.message).toBe(`order: the body ${fault}`);
    expect(error.body).toBe(body);
    expect(error).toMatchObject({ url: 'https://ca.example/1', status: 200 });
    expect(error.cause).toBeUndefined();
  });

  it('takes 64 levels', () => {
    expect(parseJson(utf8(nested(64)), 'order')).toHaveLength(1);
  });

  it('takes any number of siblings', () => {
    expect(parseJson(utf8(`[${'[{}],'.repeat(1000)}[]]`), 'order')).toHaveLength(1001);
  });

  it('counts no bracket within a string', () => {
    const text = `"${'['.repeat(100)}\\"${'{'.repeat(100)}\\\\"`;
    expect(parseJson(utf8(text), 'order')).toBe(JSON.parse(text));
  });

  it('passes over a byte order mark (RFC 8259 §8.1)', () => {
    expect(parseJson(bytes(0xef, 0xbb, 0xbf, 0x5b, 0x5d), 'order')).toEqual([]);
  });

  it('keeps a member called __proto__ a member', () => {
    const parsed = parseJson(utf8('{"__proto__":{"status":"valid"}}'), 'order');
    expect((parsed as { status?: string }).status).toBeUndefined();
  });

  it('reads back all values', () => {
    fc.assert(
      fc.property(anyJson, (value) => {
        expect(parseJson(utf8(JSON.stringify(value)), 'order')).toEqual(value);
      }),
    );
  });

  it('throws nothing else, whatever the body', () => {
    const nearly = fc.string({ unit: fc.constantFrom(...'[]{}",:\\0 '), maxLength: 40 }).map(utf8);
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array(), nearly), (body) => {
        unlessThrown(AcmeProtocolError, () => parseJson(body, 'order'));
      }),
      { numRuns: 1000 },
    );
  });
});
