import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { IdentifierInput } from '../../lib/model/identifier.js';
import { identifierKey, sameIdentifiers, toIdentifier, toIdentifiers } from '../../lib/codec/identifier.js';
import { covers } from '../support/covers.js';
import { echoedOrder, internationalNames, wildcardNames } from '../vectors/identifiers.js';
import { anyText, thrownBy, unlessThrown } from './support.js';

const dns = (value: string) => ({ type: 'dns', value });
const ip = (value: string) => ({ type: 'ip', value });
const anyInput = fc.oneof(
  fc.domain(),
  fc.domain().map((name) => `*.${name}`),
  fc.ipV4(),
  fc.ipV6(),
  fc.constantFrom('example.org', 'EXAMPLE.org', 'example.org.', '*.example.org', '::1', '0:0::1', 'bücher.example'),
);

describe('toIdentifier', () => {
  it.each<[IdentifierInput, object]>([
    ['Example.ORG.', dns('example.org')],
    ['bücher.example', dns('xn--bcher-kva.example')],
    ['*.example.com', dns('*.example.com')],
    ['*.BÜCHER.example', dns('*.xn--bcher-kva.example')],
    ['*.com', dns('*.com')],
    ['127.0.0.1', ip('127.0.0.1')],
    ['2001:DB8::0:1', ip('2001:db8::1')],
    [dns('EXAMPLE.org'), dns('example.org')],
    [ip('0:0:0:0:0:0:0:1'), ip('::1')],
    [
      { type: 'email', value: 'A@example.org' },
      { type: 'email', value: 'A@example.org' },
    ],
  ])('writes %j as %j (RFC 8555 §7.1.4, RFC 8738 §3)', (input, expected) => {
    expect(toIdentifier(input)).toEqual(expected);
  });

  it.each<IdentifierInput>([
    '*.*.example.com',
    'a.*.example.com',
    '*example.com',
    '*',
    '*.',
    '*.1.2.3.4',
    '**.example.com',
    '[::1]',
    'fe80::1%eth0',
    '1.2.3',
    'example.org:443',
    'https://example.org',
    `*.${`${'a'.repeat(49)}.`.repeat(5)}abc`,
    dns('127.0.0.1'),
    dns('::1'),
    ip('example.org'),
    ip('[::1]'),
    ip('0127.0.0.1'),
  ])('refuses %j, and names it', (input) => {
    const value = typeof input === 'string' ? input : input.value;
    const error = thrownBy(() => toIdentifier(input));
    expect(error).toBeInstanceOf(TypeError);
    expect((error as Error).message).toContain(JSON.stringify(value.slice(0, 100)).slice(0, -1));
  });

  it.each([
    '',
    dns(''),
    { type: '', value: 'x' },
    { type: 'dns' },
    { type: 'email', value: '' },
    { type: 5, value: 'x' },
    {},
    null,
    undefined,
    5,
    [],
  ])('refuses %j', (input) => {
    expect(thrownBy(() => toIdentifier(input as IdentifierInput))).toBeInstanceOf(TypeError);
  });

  it.each(internationalNames)('writes %s as %s (RFC 5890 §2.3.2.1)', (text, expected) => {
    expect(toIdentifier(text)).toEqual(dns(expected));
    expect(toIdentifier(`*.${text}`)).toEqual(dns(`*.${expected}`));
  });

  it('takes a wildcard once, in front (RFC 8555 §7.1.3)', () => {
    for (const name of wildcardNames.taken) expect(toIdentifier(name)).toEqual(dns(name));
    for (const name of wildcardNames.refused) expect(thrownBy(() => toIdentifier(name))).toBeInstanceOf(TypeError);
  });

  it('does not repeat a long value whole', () => {
    const error = thrownBy(() => toIdentifier('a b'.repeat(10_000))) as Error;
    expect(error.message.length).toBeLessThan(250);
  });

  it('throws nothing but TypeError, and does not change its own result', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          anyInput,
          fc.string(),
          fc.string().map((rest) => `*.${rest}`),
        ),
        (input) => {
          const identifier = unlessThrown(TypeError, () => toIdentifier(input));
          if (identifier === undefined) return;
          expect(toIdentifier(identifier)).toEqual(identifier);
          expect(toIdentifier(identifier.value)).toEqual(identifier);
        },
      ),
      { numRuns: 1000 },
    );
  });
});

describe('toIdentifiers', () => {
  it('merges those that mean the same, and keeps the order', () => {
    const inputs = ['b.example', 'B.example.', dns('a.example'), '::1', ip('0::1'), '*.b.example', 'a.example'];
    expect(toIdentifiers(inputs)).toEqual([dns('b.example'), dns('a.example'), ip('::1'), dns('*.b.example')]);
  });

  it.each([[[]], ['example.org'], [undefined], [['example.org', 'a b']]])('refuses %j', (inputs) => {
    expect(thrownBy(() => toIdentifiers(inputs as string[]))).toBeInstanceOf(TypeError);
  });

  it('names each of its inputs once', () => {
    fc.assert(
      fc.property(fc.array(anyInput, { minLength: 1 }), (inputs) => {
        const identifiers = toIdentifiers(inputs);
        expect(new Set(identifiers.map(identifierKey)).size).toBe(identifiers.length);
        expect(sameIdentifiers(identifiers, inputs.map(toIdentifier))).toBe(true);
        expect(toIdentifiers(identifiers)).toEqual(identifiers);
      }),
    );
  });
});

describe('identifiers of other types', () => {
  covers('openTypes');

  const device = { type: 'permanent-identifier' };
  const email = {
    type: 'email',
    normalize: (value: string) => {
      if (!value.includes('@')) throw new TypeError('not a mailbox');
      return value.replace(/@.*/, (domain) => domain.toLowerCase());
    },
  };
  const address = (value: string) => ({ type: 'email', value });

  it('are written as their type wants them, and then merged', () => {
    const inputs = ['a.example', address('A@Example.org'), address('A@example.ORG'), address('a@example.org')];
    expect(toIdentifiers(inputs, [device, email])).toEqual([
      dns('a.example'),
      address('A@example.org'),
      address('a@example.org'),
    ]);
  });

  it('are written by a type that is an object of a class', () => {
    class Upper {
      readonly type = 'upper';
      private readonly prefix = 'x-';
      normalize(value: string): string {
        return this.prefix + value.toUpperCase();
      }
    }
    expect(toIdentifiers([{ type: 'upper', value: 'a' }], [new Upper()])).toEqual([{ type: 'upper', value: 'x-A' }]);
  });

  it('are passed through where their type is not registered, or says nothing of it', () => {
    const inputs = [address('No Mailbox'), { ...device, value: ' C02 ' }];
    expect(toIdentifiers(inputs)).toEqual(inputs);
    expect(toIdentifiers(inputs, [device])).toEqual(inputs);
  });

  it.each<[string, (value: string) => unknown, RegExp]>([
    ['throws TypeError', email.normalize, /^identifier "no mailbox": not a mailbox$/],
    [
      'throws something else',
      () => {
        throw 'nothing';
      },
      /^identifier "no mailbox": nothing$/,
    ],
    ['returns nothing', () => undefined, /^identifier "no mailbox": its type "email" makes no text of it$/],
    ['returns an empty text', () => '', /its type "email" makes no text of it$/],
  ])('are refused with TypeError where their type %s', (_, normalize, message) => {
    const types = [{ type: 'email', normalize: normalize as (value: string) => string }];
    const error = thrownBy(() => toIdentifiers([address('no mailbox')], types));
    expect(error).toBeInstanceOf(TypeError);
    expect((error as Error).message).toMatch(message);
  });
});

describe('sameIdentifiers', () => {
  it('takes the echo of an order for the order, as Pebble sent it', () => {
    for (const echoed of [echoedOrder.echoed, [...echoedOrder.echoed].reverse()]) {
      expect(sameIdentifiers(toIdentifiers(echoedOrder.sent), echoed)).toBe(true);
    }
    expect(sameIdentifiers([ip('::1')], [ip('0:0:0:0:0:0:0:1')])).toBe(true);
  });

  it.each([
    [[dns('a.example')], []],
    [[dns('a.example')], [dns('a.example'), dns('b.example')]],
    [[dns('example.com')], [dns('*.example.com')]],
    [[dns('1.2.3.4')], [ip('1.2.3.4')]],
    [[{ type: 'x', value: 'y"],["z' }], [{ type: 'x","y', value: '"],["z' }]],
    [[{ type: 'x', value: 'A' }], [{ type: 'x', value: 'a' }]],
    [[dns('k.example')], [dns('\u212A.example')]],
  ])('tells %j from %j', (a, b) => {
    expect(sameIdentifiers(a, b)).toBe(false);
    expect(sameIdentifiers(b, a)).toBe(false);
  });

  it('does not mind order and repetition, and notices one that is missing', () => {
    fc.assert(
      fc.property(fc.array(anyInput, { minLength: 1 }), (inputs) => {
        const identifiers = toIdentifiers(inputs);
        expect(sameIdentifiers(identifiers, [...identifiers, ...identifiers].reverse())).toBe(true);
        expect(sameIdentifiers(identifiers, identifiers.slice(1))).toBe(false);
      }),
    );
  });
});

it('identifierKey never throws, whatever a server wrote', () => {
  fc.assert(
    fc.property(fc.constantFrom('dns', 'ip', 'x', ''), anyText, (type, value) => {
      expect(typeof identifierKey({ type, value })).toBe('string');
    }),
  );
});
