import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../lib/model/json.js';
import {
  booleanOrFalse,
  contextOf,
  membersOf,
  optionalInstant,
  optionalString,
  optionalUrl,
  requiredObject,
  requiredObjects,
  requiredString,
  requiredUrl,
  requiredUrls,
} from '../../lib/codec/received.js';
import { anyJson, protocolErrorOf } from './support.js';

const url = 'https://ca.example/order/1';
const order = (object: JsonObject) => membersOf({ raw: object, url }, 'order');
const messageOf = (run: () => unknown) => {
  const error = protocolErrorOf(run);
  expect(error.url).toBe(url);
  return error.message;
};

describe('membersOf', () => {
  it.each([
    [[], 'array'],
    [null, 'null'],
    ['s3cret', 'string'],
    ['', 'an empty string'],
    [undefined, 'nothing'],
    [1, 'number'],
  ])('refuses %j', (raw, kind) => {
    expect(messageOf(() => membersOf({ raw, url }, 'order'))).toBe(`order: the body must be an object, found ${kind}`);
  });
});

describe('members that have to be right', () => {
  it.each<[string, (object: JsonObject) => unknown, JsonObject, string]>([
    ['a URL that is a number', (o) => requiredUrl(order(o), 'm'), { m: 1 }, 'an absolute URL, found number'],
    ['a URL that is absent', (o) => requiredUrl(order(o), 'm'), {}, 'an absolute URL, found nothing'],
    ['a URL that is empty', (o) => requiredUrl(order(o), 'm'), { m: '' }, 'an absolute URL, found an empty string'],
    ['a URL that is null', (o) => requiredUrl(order(o), 'm'), { m: null }, 'an absolute URL, found null'],
    ['a relative URL', (o) => requiredUrl(order(o), 'm'), { m: '/x' }, 'an absolute URL, found a string that is none'],
    [
      'an optional URL that is relative',
      (o) => optionalUrl(order(o), 'm'),
      { m: '/x' },
      'an absolute URL, found a string that is none',
    ],
    [
      'an optional URL that is false',
      (o) => optionalUrl(order(o), 'm'),
      { m: false },
      'an absolute URL, found boolean',
    ],
    ['a string that is an array', (o) => requiredString(order(o), 'm'), { m: [] }, 'a string, found array'],
    ['a string that is empty', (o) => requiredString(order(o), 'm'), { m: '' }, 'a string, found an empty string'],
    ['an optional string that is an object', (o) => optionalString(order(o), 'm'), { m: {} }, 'a string, found object'],
    ['an object that is null', (o) => requiredObject(order(o), 'm'), { m: null }, 'an object, found null'],
    ['an object that is an array', (o) => requiredObject(order(o), 'm'), { m: [] }, 'an object, found array'],
    ['an array that is an object', (o) => requiredObjects(order(o), 'm'), { m: {} }, 'an array, found object'],
    ['an array that is a string', (o) => requiredUrls(order(o), 'm'), { m: 's3cret' }, 'an array, found string'],
    ['a boolean that is a string', (o) => booleanOrFalse(order(o), 'm'), { m: 'true' }, 'a boolean, found string'],
  ])('%s', (_, read, object, fault) => {
    expect(messageOf(() => read(object))).toBe(`order: member "m" must be ${fault}`);
  });

  it('are named by their whole path', () => {
    const members = order({ list: [{}, { inner: [{ x: 1 }] }], urls: ['https://a/', 'b'], object: { y: 1 } });
    const inner = requiredObjects(requiredObjects(members, 'list')[1]!, 'inner')[0]!;
    expect(messageOf(() => requiredString(inner, 'x'))).toContain('"list[1].inner[0].x"');
    expect(messageOf(() => requiredUrls(members, 'urls'))).toContain('"urls[1]"');
    expect(messageOf(() => requiredObjects(members, 'urls'))).toContain('"urls[0]"');
    expect(messageOf(() => requiredString(requiredObject(members, 'object'), 'y'))).toContain('"object.y"');
  });
});

describe('members that are right', () => {
  it('keep their URLs character for character (RFC 8555 §6.4)', () => {
    const odd = 'https://CA.example:443/a/../%7e?x#y';
    const members = order({ m: odd, list: [odd] });
    expect([requiredUrl(members, 'm'), optionalUrl(members, 'm'), ...requiredUrls(members, 'list')]).toEqual([
      odd,
      odd,
      odd,
    ]);
  });

  it('may be absent where they are optional, which null and empty are too', () => {
    for (const object of [{}, { m: null }, { m: '' }]) {
      expect(optionalUrl(order(object), 'm')).toBeUndefined();
      expect(optionalString(order(object), 'm')).toBeUndefined();
      expect(optionalInstant(order(object), 'm')).toBeUndefined();
    }
    expect([{}, { m: null }, { m: false }, { m: true }].map((o) => booleanOrFalse(order(o), 'm'))).toEqual([
      false,
      false,
      false,
      true,
    ]);
  });

  it('may be malformed where they are dates', () => {
    for (const m of [1, 'soon', {}, '0', '2023-02-29T00:00:00Z'])
      expect(optionalInstant(order({ m }), 'm')).toBeUndefined();
    expect(optionalInstant(order({ m: '2016-01-01T00:04:00+04:00' }), 'm')?.getTime()).toBe(1451592240000);
  });
});

it('says nothing of a value but its type', () => {
  const readers = [requiredUrl, requiredString, requiredObject, requiredObjects, requiredUrls, booleanOrFalse];
  fc.assert(
    fc.property(anyJson, fc.constantFrom(...readers), (value, read) => {
      try {
        read(order({ m: value }), 'm');
      } catch {
        const message = messageOf(() => read(order({ m: value }), 'm'));
        expect(message).toMatch(
          /^order: member "m(\[\d+\])?" must be an? [a-zA-Z ]+, found (a string that is none|an empty string|nothing|null|array|object|string|number|boolean)$/,
        );
      }
    }),
  );
});

it('keeps of a reply what a resource keeps', () => {
  const reply = { url, links: [], status: 200, raw: {} };
  expect(contextOf(reply)).toEqual({ url, links: [] });
  expect(Object.keys(contextOf({ ...reply, retryAfterMs: 0 }))).toEqual(['url', 'links', 'retryAfterMs']);
});
