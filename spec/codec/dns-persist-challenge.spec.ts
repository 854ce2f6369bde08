import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dnsPersistChallenge } from '../../lib/codec/dns-persist-challenge.js';
import { AcmeProtocolError } from '../../lib/model/errors/protocol-error.js';
import { covers } from '../support/covers.js';
import { challengeWith } from './challenges.js';
import { anyJson, protocolErrorOf, unlessThrown } from './support.js';

covers('dnsPersist01');

const read = (issuers: unknown, more: object = {}) =>
  dnsPersistChallenge(challengeWith('dns-persist-01', { 'issuer-domain-names': issuers as never, ...more }));

describe('dnsPersistChallenge', () => {
  it('draft-ietf-acme-dns-persist-00, its own example', () => {
    expect(read(['authority.example', 'ca.example.net'])).toEqual({
      issuerDomainNames: ['authority.example', 'ca.example.net'],
      hashesAccount: false,
    });
  });

  it('draft-ietf-acme-dns-persist-02, its own example', () => {
    const issuerDomainNames = ['authority.example', 'ca.example.net'];
    const challenge = challengeWith('dns-persist-01', { issuerDomainNames });
    expect(dnsPersistChallenge(challenge)).toEqual({ issuerDomainNames, hashesAccount: true });
  });

  it.each([[[]], [Array(11).fill('ca.example')], [['CA.example']], ['ca.example'], [null]])(
    'refuses %j in that form too, whatever the earlier one says',
    (issuerDomainNames) => {
      const members = { issuerDomainNames, 'issuer-domain-names': ['ca.example'] } as never;
      const read02 = () => dnsPersistChallenge(challengeWith('dns-persist-01', members));
      expect(protocolErrorOf(read02).message).toContain('issuerDomainNames');
    },
  );

  it('draft-ietf-acme-dns-persist-01: with an account', () => {
    expect(read(['ca.example'], { accounturi: 'https://ca.example/1' }).accountUrl).toBe('https://ca.example/1');
  });

  it('takes ten names', () => {
    expect(read(Array(10).fill('ca.example')).issuerDomainNames).toHaveLength(10);
  });

  it.each([
    ['none', []],
    ['eleven', Array(11).fill('ca.example')],
    ['a dot at the end', ['ca.example.']],
    ['upper case', ['ca.example', 'CA.example']],
    ['U-labels', ['bücher.example']],
    ['a long one', [`${'a'.repeat(60)}.`.repeat(5)]],
    ['a number', [1]],
    ['text instead of a list', 'ca.example'],
    ['null', null],
    ['nothing', undefined],
  ])('refuses %s', (_, issuers) => {
    expect(protocolErrorOf(() => read(issuers)).message).toContain('issuer-domain-names');
  });

  it('refuses an account that is no URL', () => {
    expect(protocolErrorOf(() => read(['ca.example'], { accounturi: 'no' })).message).toContain('accounturi');
  });

  it('reads or refuses any JSON', () => {
    fc.assert(
      fc.property(anyJson, anyJson, (issuers, accounturi) => {
        unlessThrown(AcmeProtocolError, () => read(issuers, { accounturi }));
      }),
    );
  });
});
