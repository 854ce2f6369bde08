import fc from 'fast-check';
import { EMPTY, from, lastValueFrom, of, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { AcmeAuthorizationError } from '../../lib/model/errors/authorization-error.js';
import { AcmeInputError } from '../../lib/model/errors/input-error.js';
import type { ChallengeTask } from '../../lib/model/ports.js';
import { http01, type HttpResource, httpResource } from '../../lib/solvers/http01.js';
import { covers } from '../support/covers.js';
import { obtainedAtFakeCa } from './at-fake-ca.js';
import { taskOf } from './tasks.js';

covers('http01');

const token = 'LoqXcYV8q5ONbJQxbmR7SCTNo3tiAXDfowyjxAjEuX0';
const keyAuthorization = `${token}.9jg46WB3rR_AHD-EBXdN7cBkH1WOu0tA3M9fm21mqTI`;
const task = (members: Partial<ChallengeTask> = {}) => taskOf({ type: 'http-01', token, keyAuthorization, ...members });
const ip = (value: string) => task({ identifier: { type: 'ip', value } });

describe('httpResource', () => {
  it('is the resource of RFC 8555 §8.3', () => {
    expect(httpResource(task({ identifier: { type: 'dns', value: 'example.org' } }))).toEqual({
      identifier: { type: 'dns', value: 'example.org' },
      host: 'example.org',
      url: 'http://example.org/.well-known/acme-challenge/LoqXcYV8q5ONbJQxbmR7SCTNo3tiAXDfowyjxAjEuX0',
      path: '/.well-known/acme-challenge/LoqXcYV8q5ONbJQxbmR7SCTNo3tiAXDfowyjxAjEuX0',
      token: 'LoqXcYV8q5ONbJQxbmR7SCTNo3tiAXDfowyjxAjEuX0',
      content: 'LoqXcYV8q5ONbJQxbmR7SCTNo3tiAXDfowyjxAjEuX0.9jg46WB3rR_AHD-EBXdN7cBkH1WOu0tA3M9fm21mqTI',
    });
  });

  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['2001:db8::1', '[2001:db8::1]'],
    ['::ffff:192.0.2.1', '[::ffff:192.0.2.1]'],
  ])('has brackets about IPv6 addresses only (RFC 3986 §3.2.2): %s', (address, host) => {
    const resource = httpResource(ip(address));
    expect(resource.host).toBe(host);
    expect(new URL(resource.url).href.startsWith('http://')).toBe(true);
    expect(resource.identifier.value).toBe(address);
  });

  it.each(['../x', 'a b', 'abc=', 'a+b/c', '', 'a\n', '.', 'ä', 'a/../b', 'a\0'])(
    'is refused for the token %j: it would be part of a path',
    (bad) => expect(() => httpResource(task({ token: bad }))).toThrow(AcmeInputError),
  );

  it('is refused without a token', () => {
    const { token: _, ...rest } = task();
    expect(() => httpResource(rest)).toThrow('no token');
  });

  it('takes nothing as a token that would leave the folder', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (text) => {
        try {
          expect(httpResource(task({ token: text })).path).toMatch(/^\/\.well-known\/acme-challenge\/[\w-]+$/);
          expect(text).toMatch(/^[A-Za-z0-9_-]+$/);
        } catch (error) {
          if (!(error instanceof AcmeInputError)) throw error;
          expect(error.message).not.toContain(text.length > 8 ? text : '\0none');
        }
      }),
    );
  });
});

describe('http01', () => {
  it('wants both functions', () => {
    for (const options of [{}, { add: () => EMPTY }, { remove: () => EMPTY }])
      expect(() => http01(options as never)).toThrow(new TypeError('http01: add and remove must be functions'));
  });

  it('calls each function with the whole resource, when it is subscribed to', async () => {
    const calls: [string, HttpResource][] = [];
    const noted = (what: string) => (resource: HttpResource) => of(calls.push([what, resource]));
    const solver = http01({ add: noted('add'), remove: noted('remove'), ready: noted('ready') });
    expect(solver.types).toEqual(['http-01']);
    for (const stream of [solver.present(task()), solver.ready?.(task()) ?? EMPTY, solver.cleanUp(task())])
      await lastValueFrom(from(stream).pipe(toArray()));
    const resource = httpResource(task());
    expect(calls).toEqual([
      ['add', resource],
      ['ready', resource],
      ['remove', resource],
    ]);
  });

  it('has nothing to wait for unless it is told what', () => {
    expect(http01({ add: () => EMPTY, remove: () => EMPTY })).not.toHaveProperty('ready');
  });

  it('hands a promise on as it is, so that a clean-up can wait for it', () => {
    const adding = Promise.resolve();
    expect(http01({ add: () => adding, remove: () => EMPTY }).present(task())).toBe(adding);
  });
});

describe('http01 in an order', () => {
  const identifiers = ['a.example', '2001:db8::1'];

  it('proves a name and an address, in virtual time', () => {
    const pages = new Map<string, string>();
    const solver = http01({
      add: ({ url, content }) => of(pages.set(url, content)),
      remove: ({ url }) => of(pages.delete(url)),
      ready: ({ url }) => (expect(pages.has(url)).toBe(true), EMPTY),
    });
    const { events, error } = obtainedAtFakeCa({ ca: {}, order: { identifiers, solvers: [solver] } });
    expect([error, events.at(-1)?.type, pages.size]).toEqual([undefined, 'certificate-issued', 0]);
  });

  it('names what was refused, and withdraws what was added', () => {
    const removed: string[] = [];
    const solver = http01({
      add: ({ identifier }) => {
        if (identifier.type === 'ip') throw new Error('bucket is read-only');
        return EMPTY;
      },
      remove: ({ host }) => of(removed.push(host)),
    });
    const { ca, error } = obtainedAtFakeCa({ ca: {}, order: { identifiers, solvers: [solver] } });
    expect(error).toBeInstanceOf(AcmeAuthorizationError);
    expect(String(error)).toContain('2001:db8::1 (http-01): the solver failed: bucket is read-only');
    expect(removed.sort()).toEqual(['[2001:db8::1]', 'a.example']);
    expect(ca.history.requests.some(({ operation }) => operation === 'challenge')).toBe(false);
  });
});
