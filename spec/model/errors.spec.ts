import { inspect } from 'node:util';
import { lastValueFrom } from 'rxjs';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import * as rxacme from '../../lib/index.js';
import {
  AcmeAuthorizationError,
  AcmeBadNonceError,
  AcmeError,
  AcmeInputError,
  AcmeOrderError,
  AcmePortError,
  AcmeProblemError,
  AcmeProtocolError,
  AcmeRateLimitedError,
  AcmeTimeoutError,
  AcmeTransportError,
  AcmeUserActionRequiredError,
  type AnyAcmeError,
  describeProblem,
  type Order,
  type ProblemDocument,
} from '../../lib/index.js';
import { covers } from '../support/covers.js';

covers('problems');

const problem: ProblemDocument = {
  type: 'urn:ietf:params:acme:error:malformed',
  detail: 'Some of the identifiers requested were rejected',
  status: 400,
  subproblems: [],
  algorithms: [],
  raw: {},
};
const order: Order = {
  url: 'https://example.com/acme/order/1',
  status: 'invalid',
  identifiers: [{ type: 'dns', value: 'example.org' }],
  authorizations: [],
  finalize: 'https://example.com/acme/order/1/finalize',
  links: [],
  raw: {},
};

const failures = [{ identifier: { type: 'dns', value: 'a.example' }, wildcard: false, reason: 'no solver' }];

type Copy = typeof rxacme;

/** One error of each class: how it is made, its code, and the classes that it belongs to besides `AcmeError`. */
const errors: readonly (readonly [keyof Copy, (copy: Copy) => AcmeError, string, readonly (keyof Copy)[]])[] = [
  ['AcmeTransportError', (copy) => new copy.AcmeTransportError('cut'), 'transport', []],
  ['AcmeProtocolError', (copy) => new copy.AcmeProtocolError('odd'), 'protocol', []],
  ['AcmeProblemError', (copy) => new copy.AcmeProblemError(problem), 'problem', []],
  ['AcmeRateLimitedError', (copy) => new copy.AcmeRateLimitedError(problem), 'rateLimited', ['AcmeProblemError']],
  [
    'AcmeUserActionRequiredError',
    (copy) => new copy.AcmeUserActionRequiredError(problem),
    'userActionRequired',
    ['AcmeProblemError'],
  ],
  ['AcmeBadNonceError', (copy) => new copy.AcmeBadNonceError(problem), 'badNonce', ['AcmeProblemError']],
  ['AcmeAuthorizationError', (copy) => new copy.AcmeAuthorizationError(failures), 'authorization', []],
  ['AcmeOrderError', (copy) => new copy.AcmeOrderError('given up', order), 'order', []],
  ['AcmeTimeoutError', (copy) => new copy.AcmeTimeoutError('late', order), 'timeout', []],
  ['AcmeUnsupportedError', (copy) => new copy.AcmeUnsupportedError('not on offer'), 'unsupported', []],
  ['AcmeInputError', (copy) => new copy.AcmeInputError('no key'), 'input', []],
  ['AcmeDnsError', (copy) => new copy.AcmeDnsError('refused', 'no'), 'dns', []],
  ['AcmePortError', (copy) => new copy.AcmePortError('signer', new Error('no')), 'port', []],
];

const classOf = (copy: Copy, name: keyof Copy) => copy[name] as unknown as new () => unknown;

describe.each(errors)('%s', (name, make, code, above) => {
  it('has its code and its name', () => {
    const error = make(rxacme);
    expect(error.code).toBe(code);
    expect(error.name).toBe(name);
    expect(String(error)).toBe(`${name}: ${error.message}`);
    expect(inspect(error)).toMatch(new RegExp(`^${name}: `));
    expect(error.stack).toContain('errors.spec.ts');
  });

  it('is an instance of its own classes and of no other', () => {
    const error = make(rxacme);
    expect(error).toBeInstanceOf(Error);
    expect(error).toBeInstanceOf(AcmeError);
    for (const [other] of errors) {
      expect(error instanceof classOf(rxacme, other), other).toBe(other === name || above.includes(other));
    }
  });
});

describe('instanceof', () => {
  let copy: Copy;
  beforeAll(async () => {
    vi.resetModules();
    copy = await import('../../lib/index.js');
  });

  it('is asked of two copies of the package here', () => {
    for (const [name] of errors) expect(copy[name]).not.toBe(rxacme[name]);
  });

  it.each(errors)('%s: holds across two copies, both ways', (name, make, _, above) => {
    for (const [error, classes] of [
      [make(copy), rxacme],
      [make(rxacme), copy],
    ] as const) {
      expect(error instanceof classOf(classes, 'AcmeError')).toBe(true);
      for (const [other] of errors) {
        expect(error instanceof classOf(classes, other), other).toBe(other === name || above.includes(other));
      }
    }
  });

  it('holds for an error that a function of the other copy errors with', async () => {
    const error: unknown = await lastValueFrom(copy.importSigner('no key')).catch((each: unknown) => each);
    expect(error).toBeInstanceOf(AcmeInputError);
    expect(error).not.toBeInstanceOf(AcmeProblemError);
  });

  it('tells a subclass of an application from its base', () => {
    class OutOfOffice extends AcmeUserActionRequiredError {}
    const own = new OutOfOffice(problem);
    expect(own).toBeInstanceOf(OutOfOffice);
    expect(own).toBeInstanceOf(AcmeUserActionRequiredError);
    expect(own instanceof classOf(copy, 'AcmeProblemError')).toBe(true);
    expect(own.code).toBe('userActionRequired');
    expect(new AcmeUserActionRequiredError(problem)).not.toBeInstanceOf(OutOfOffice);
    expect(new copy.AcmeUserActionRequiredError(problem)).not.toBeInstanceOf(OutOfOffice);
  });

  it.each([undefined, null, 0, 'AcmeError', new Error('no'), { code: 'input' }, Object.create(null), () => undefined])(
    'does not hold for %s',
    (value) => {
      expect(value instanceof AcmeError).toBe(false);
      expect(value instanceof AcmeInputError).toBe(false);
    },
  );
});

describe('a switch on code', () => {
  const advice = (error: AnyAcmeError): string => {
    switch (error.code) {
      case 'rateLimited':
        return `later, at ${error.retryAt?.toISOString() ?? 'an unknown time'}`;
      case 'userActionRequired':
        return `visit ${error.problem.instance ?? 'nothing'}`;
      case 'problem':
      case 'badNonce':
        return error.problem.type;
      case 'authorization':
        return error.failures.map(({ identifier }) => identifier.value).join();
      case 'order':
        return error.order.url;
      default:
        return error.code;
    }
  };

  it('narrows to the members of each class', () => {
    const retryAt = new Date(0);
    expect(
      [
        new AcmeRateLimitedError(problem, { retryAt }),
        new AcmeUserActionRequiredError({ ...problem, instance: 'https://example.com/terms' }),
        new AcmeProblemError(problem),
        new AcmeAuthorizationError(failures),
        new AcmeOrderError('given up', order),
        new AcmeTransportError('cut'),
      ].map((error) => advice(error as AnyAcmeError)),
    ).toEqual([
      'later, at 1970-01-01T00:00:00.000Z',
      'visit https://example.com/terms',
      problem.type,
      'a.example',
      order.url,
      'transport',
    ]);
  });
});

describe('details', () => {
  const details = {
    url: 'https://example.com/acme/new-order',
    orderUrl: order.url,
    status: 429,
    retryAfterMs: 60_000,
    retryAt: new Date(60_000),
    links: [{ url: 'https://example.com/help', relations: ['help'] }],
    headers: { 'content-type': 'application/problem+json' },
  };

  it('are kept, those that are known and no others', () => {
    expect(new AcmeRateLimitedError(problem, details)).toMatchObject(details);
    const error = new AcmeTransportError('cut', { url: undefined, status: 500 });
    expect(Object.keys(error).sort()).toEqual(['code', 'name', 'status']);
    expect('cause' in error).toBe(false);
  });

  it('are printed and serialised', () => {
    const error = new AcmeRateLimitedError(problem, details);
    expect(inspect(error)).toContain('new-order');
    expect(JSON.parse(JSON.stringify(error))).toMatchObject({
      name: 'AcmeRateLimitedError',
      code: 'rateLimited',
      status: 429,
      retryAfterMs: 60_000,
      problem: { detail: problem.detail },
    });
  });

  it('keep the cause, whatever it is', () => {
    const cause = new Error('ECONNRESET');
    expect(new AcmeTransportError('cut', { cause }).cause).toBe(cause);
    expect(new AcmePortError('keyStore', cause).cause).toBe(cause);
    expect(new AcmePortError('keyStore', cause).message).toBe('the keyStore failed: ECONNRESET');
    expect(new AcmePortError('solver', 'no such zone').message).toBe('the solver failed: no such zone');
    expect(new AcmePortError('solver', undefined)).toHaveProperty('cause', undefined);
  });
});

describe('hidden members', () => {
  const prints = (error: Error) => [
    inspect(error, { depth: Infinity }),
    JSON.stringify(error),
    String(error),
    error.stack,
  ];

  it('nonce: can be read and is not printed', () => {
    const error = new AcmeBadNonceError(problem, { nonce: 'oFvnlFP1wIhRlYS2jTaXbA' });
    expect(error.nonce).toBe('oFvnlFP1wIhRlYS2jTaXbA');
    for (const text of prints(error)) expect(text).not.toContain('oFvnlFP1');
    expect(Object.keys({ ...error })).not.toContain('nonce');
  });

  it('body: can be read and is not printed', () => {
    const body = new TextEncoder().encode('it was a secret');
    const error = new AcmeProtocolError('odd', { body });
    expect(error.body).toBe(body);
    for (const text of prints(error)) expect(text).not.toMatch(/body|105, *116|69 *74|it was/);
    expect('body' in new AcmeProtocolError('odd')).toBe(false);
  });

  it('the last state that was seen: can be read and is not printed, since it may hold tokens', () => {
    const last = { ...order, challenges: [{ type: 'http-01', token: 'LoqXcYV8q5ONbJQx' }] };
    const error = new AcmeTimeoutError('late', last);
    expect(error.last).toBe(last);
    for (const text of prints(error)) expect(text).not.toContain('LoqXcYV8');
  });

  it('the brand: is not printed', () => {
    for (const [, make] of errors) {
      const error = make(rxacme);
      for (const text of prints(error)) expect(text).not.toContain('rxacme.error');
      expect(Object.getOwnPropertySymbols({ ...error })).toEqual([]);
    }
  });
});

describe('describeProblem', () => {
  const acme = (name: string) => `urn:ietf:params:acme:error:${name}`;

  it.each<[string, Partial<ProblemDocument>, number | undefined, string]>([
    ['the name of the type and the detail', {}, undefined, `malformed: ${problem.detail}`],
    ['the HTTP status in front', {}, 400, `400 malformed: ${problem.detail}`],
    ['the type alone', { detail: undefined as never }, undefined, 'malformed'],
    [
      'another type whole',
      { type: 'https://example.com/odd' },
      undefined,
      `https://example.com/odd: ${problem.detail}`,
    ],
    [
      'the title where there is no type',
      { type: 'about:blank', title: 'HTTP 502' },
      undefined,
      `HTTP 502: ${problem.detail}`,
    ],
    ['the status once', { type: 'about:blank', title: 'HTTP 502' }, 502, `502 error: ${problem.detail}`],
    ['something where there is nothing', { type: 'about:blank', detail: undefined as never }, undefined, 'error'],
    [
      'where to go',
      { type: acme('userActionRequired'), detail: 'Terms have changed', instance: 'https://example.com/terms' },
      403,
      '403 userActionRequired: Terms have changed\n  see https://example.com/terms',
    ],
  ])('says %s', (_, members, status, expected) => {
    expect(describeProblem({ ...problem, ...members }, status)).toBe(expected);
  });

  const subproblems = [
    {
      type: acme('malformed'),
      detail: 'Invalid underscore in DNS name "_example.org"',
      identifier: { type: 'dns', value: '_example.org' },
    },
    { type: acme('rejectedIdentifier'), identifier: { type: 'dns', value: 'example.net' } },
    { type: 'https://example.com/odd', detail: 'of nobody' },
  ];
  const text = [
    `403 malformed: ${problem.detail}`,
    '  _example.org: malformed: Invalid underscore in DNS name "_example.org"',
    '  example.net: rejectedIdentifier',
    '  https://example.com/odd: of nobody',
    '  see https://example.com/why',
  ].join('\n');

  it('has a line for each subproblem, and then where to go', () => {
    expect(describeProblem({ ...problem, subproblems, instance: 'https://example.com/why' }, 403)).toBe(text);
  });

  it('is the message of the error', () => {
    const error = new AcmeProblemError(
      { ...problem, subproblems, instance: 'https://example.com/why' },
      { status: 403 },
    );
    expect(error.message).toBe(text);
    expect(inspect(error)).toContain('example.net: rejectedIdentifier');
  });
});

describe('AcmeAuthorizationError', () => {
  it('names every identifier, how it was to be proven, and why it was not', () => {
    const error = new AcmeAuthorizationError(
      [
        {
          identifier: { type: 'dns', value: 'a.example' },
          wildcard: false,
          challengeType: 'http-01',
          problem,
          reason: 'x',
        },
        { identifier: { type: 'dns', value: 'b.example' }, wildcard: true, reason: 'no solver' },
      ],
      { orderUrl: order.url },
    );
    expect(error.message).toBe(`a.example (http-01): malformed: ${problem.detail}\n*.b.example: no solver`);
    expect(error.orderUrl).toBe(order.url);
    expect(error.failures).toHaveLength(2);
  });
});
