import { describe, expect, it } from 'vitest';
import { AcmeUnsupportedError, type Directory, newOrder } from '../../lib/index.js';
import { type NewOrderOptions, newOrderPayload } from '../../lib/resources/new-order-request.js';
import { testAccount, fakeCa } from '../../lib/testing/index.js';
import { covers } from '../support/covers.js';

covers('newOrder', 'profiles', 'replaces');

const base = { identifiers: ['Example.org'] };
const identifiers = [{ type: 'dns', value: 'example.org' }];
const directory = {
  url: 'https://ca.test/directory',
  renewalInfo: 'https://ca.test/renewal-info',
  meta: { profiles: { short: 'six days', long: 'ninety days' } },
} as unknown as Directory;
const payload = (options: Partial<NewOrderOptions>, of = directory) => newOrderPayload({ ...base, ...options }, [])(of);

describe('newOrderPayload', () => {
  it('has the identifiers, and nothing else that was not asked for', () => {
    expect(payload({ profile: undefined, replaces: undefined, notAfterAt: undefined, extensions: [] })).toEqual({
      identifiers,
    });
  });

  it('has what was asked for, dates in UTC without a fraction', () => {
    const asked = payload({
      notBeforeAt: new Date('2026-03-01T12:00:00.5+02:00'),
      notAfterAt: new Date('2026-03-08T00:00:00Z'),
      profile: 'short',
      replaces: 'aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyE',
    });
    expect(asked).toEqual({
      identifiers,
      notBefore: '2026-03-01T10:00:00Z',
      notAfter: '2026-03-08T00:00:00Z',
      profile: 'short',
      replaces: 'aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyE',
    });
  });

  it('has what extensions add, each of which sees what is there so far', () => {
    const seen: unknown[] = [];
    const asked = payload({
      extensions: [
        ({ url }, made) => (seen.push(made), { 'x-from': url }),
        (_, made) => (seen.push(made), { identifiers: [...made.identifiers] }),
      ],
    });
    expect(asked).toEqual({ identifiers, 'x-from': directory.url });
    expect(seen).toEqual([{ identifiers }, { identifiers, 'x-from': directory.url }]);
  });

  it('does not say what is replaced where the server has no renewal information', () => {
    const { renewalInfo: _, ...without } = directory;
    expect(payload({ replaces: 'a.b' }, without as Directory)).toEqual({ identifiers });
  });

  it.each(['medium', '', 'toString', '__proto__'])(
    'refuses the profile %j, which is not on offer, and says what is',
    (profile) => {
      expect(() => payload({ profile })).toThrow(AcmeUnsupportedError);
      expect(() => payload({ profile })).toThrow(`the server has no profile "${profile}"; it offers: short, long`);
      const none = { ...directory, meta: { profiles: {} } } as unknown as Directory;
      expect(() => payload({ profile }, none)).toThrow('it offers: none');
    },
  );
});

describe('newOrder', () => {
  const at = new Date('2026-03-01T00:00:00Z');
  it.each<[string, Partial<NewOrderOptions>, string]>([
    ['a notBeforeAt that is no date', { notBeforeAt: new Date('soon') }, 'newOrder: notBeforeAt must be a valid Date'],
    ['a notAfterAt that is text', { notAfterAt: '2026-03-01' as unknown as Date }, 'newOrder: notAfterAt must be'],
    [
      'dates the wrong way round',
      { notBeforeAt: at, notAfterAt: new Date(0) },
      'notAfterAt must be a second after notBeforeAt',
    ],
    [
      'dates in one second',
      { notBeforeAt: at, notAfterAt: new Date(at.getTime() + 999) },
      'notAfterAt must be a second after notBeforeAt',
    ],
    ['an extension without a list', { extensions: (() => ({})) as never }, 'newOrder: extensions must be'],
    ['an extension that is none', { extensions: [{ 'x-y': 1 } as never] }, 'newOrder: extensions must be'],
    ['an identifier that is missing', { identifiers: ['a.test', undefined as never] }, 'an identifier needs a type'],
    ['an identifier that is null', { identifiers: [null as never] }, 'an identifier needs a type'],
    ['a replaces that is no name', { replaces: 'serial' }, 'newOrder: replaces must be what certificateId returns'],
    ['a replaces that is a certificate', { replaces: {} as never }, 'newOrder: replaces must be what certificateId'],
  ])('throws TypeError at the call on %s', (_what, options, message) => {
    const ca = fakeCa();
    expect(() => newOrder(testAccount(ca), { ...base, ...options })).toThrow(TypeError);
    expect(() => newOrder(testAccount(ca), { ...base, ...options })).toThrow(message);
    expect(ca.history.requests).toEqual([]);
  });
});
