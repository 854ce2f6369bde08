import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readDnsPersistOffer } from '../../lib/codec/dns-persist-offer.js';
import type { JsonObject } from '../../lib/model/json.js';
import { covers } from '../support/covers.js';
import { anyJson } from './support.js';

covers('dnsPersist01');

const read = (meta: unknown) => readDnsPersistOffer({ raw: { meta } as JsonObject });

describe('readDnsPersistOffer', () => {
  it('draft-ietf-acme-dns-persist-02 §10.3, its own example', () => {
    const meta = {
      accountHashPrefix: 'https://ca.example/account-hash/',
      issuerDomainNames: ['authority.example', 'ca.example.net'],
    };
    expect(read(meta)).toEqual(meta);
  });

  it.each([[undefined], [null], ['text'], [[]], [{}]])('says nothing where meta is %j', (meta) => {
    expect(read(meta)).toEqual({ issuerDomainNames: [] });
  });

  it.each([['ca.example'], [['CA.example']], [['ca.example.']], [['ca.example', 1]], [Array(11).fill('ca.example')]])(
    'takes %j for no list of names, all of it',
    (issuerDomainNames) => {
      expect(read({ issuerDomainNames })).toEqual({ issuerDomainNames: [] });
    },
  );

  it('takes a prefix that is no URL for none', () => {
    expect(read({ accountHashPrefix: 'account-hash/' })).toEqual({ issuerDomainNames: [] });
  });

  it('reads any JSON', () => {
    fc.assert(
      fc.property(anyJson, anyJson, (issuerDomainNames, accountHashPrefix) => {
        expect(read({ issuerDomainNames, accountHashPrefix }).issuerDomainNames).toBeInstanceOf(Array);
      }),
    );
  });
});
