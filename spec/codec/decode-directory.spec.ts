import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AcmeProtocolError } from '../../lib/model/errors/protocol-error.js';
import { decodeDirectory } from '../../lib/codec/decode-directory.js';
import { directories } from '../vectors/codec-messages.js';
import { anyContext, mutated, protocolErrorOf, stored, unlessThrown } from './support.js';
import { covers } from '../support/covers.js';

covers('directory');

const url = 'https://example.com/directory';
const decode = (raw: unknown) => decodeDirectory({ raw, url, links: [] });
const least = directories['step-ca, without meta'];
const nothing = { caaIdentities: [], externalAccountRequired: false, profiles: {} };

const extended = {
  ...least,
  meta: {
    'auto-renewal': { 'min-lifetime': 86_400, 'max-duration': 31_536_000, 'allow-certificate-get': true },
    'delegation-enabled': true,
    'allow-certificate-get': true,
    subdomainAuthAllowed: true,
    inBandOnionCAARequired: true,
  },
};

describe('decodeDirectory', () => {
  it('reads RFC 8555 §7.1.1', () => {
    const raw = directories['RFC 8555 §7.1.1'];
    expect(decode(raw)).toEqual({ ...raw, meta: { ...raw.meta, profiles: {} }, url, links: [], raw });
  });

  it("reads Pebble's, with profiles, renewal information and a data: URL", () => {
    const raw = directories.Pebble;
    expect(decode(raw)).toEqual({ ...raw, meta: { ...raw.meta, caaIdentities: [] }, url, links: [], raw });
  });

  it("keeps Boulder's random entry to raw", () => {
    const raw = directories['Boulder, with its random entry'];
    const directory = decode(raw);
    expect(Object.keys(directory)).not.toContain('TjyzBbqNgKM');
    expect(directory.raw).toBe(raw);
  });

  it.each([undefined, null, [], 'x', {}])('does without meta: %j (step-ca)', (meta) => {
    const raw = meta === undefined ? least : { ...least, meta };
    expect(decode(raw)).toEqual({ ...least, meta: nothing, url, links: [], raw });
  });

  it('leaves out what meta says in the wrong type', () => {
    const meta = {
      termsOfService: '',
      website: 5,
      caaIdentities: 'a',
      externalAccountRequired: 'yes',
      profiles: { a: 'b', c: 5 },
    };
    expect(decode({ ...least, meta }).meta).toEqual({ ...nothing, profiles: { a: 'b' } });
  });

  it('knows a member by its other name: home (Actalis)', () => {
    const meta = { home: 'https://ca.example/' };
    expect(decode({ ...least, meta }).meta).toEqual({ ...nothing, website: 'https://ca.example/' });
  });

  it('keeps a profile of any name', () => {
    const profiles = JSON.parse('{"__proto__":"a","constructor":"b"}') as object;
    expect(Object.entries(decode({ ...least, meta: { profiles } }).meta.profiles)).toEqual([
      ['__proto__', 'a'],
      ['constructor', 'b'],
    ]);
  });

  it.each(['newNonce', 'newAccount', 'newOrder'])('needs %s', (name) => {
    for (const value of [undefined, null, '', 5, '/relative']) {
      expect(protocolErrorOf(() => decode({ ...least, [name]: value })).message).toMatch(
        new RegExp(`^directory: member "${name}" must be an absolute URL, found `),
      );
    }
  });

  it.each(['newAuthz', 'revokeCert', 'keyChange', 'renewalInfo'])(
    'does without %s, but not with nonsense there',
    (name) => {
      for (const value of [undefined, null, ''])
        expect(Object.keys(decode({ ...least, [name]: value }))).not.toContain(name);
      for (const value of [5, 'x', {}]) protocolErrorOf(() => decode({ ...least, [name]: value }));
    },
  );

  it('throws nothing but AcmeProtocolError, and reads back what it made', () => {
    fc.assert(
      fc.property(mutated({ ...directories, extended }), anyContext, (raw, context) => {
        const directory = unlessThrown(AcmeProtocolError, () => decodeDirectory({ ...context, raw }));
        if (directory !== undefined) expect(decodeDirectory(stored(directory))).toEqual(directory);
      }),
    );
  });
});
