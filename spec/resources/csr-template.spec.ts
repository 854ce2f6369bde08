import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  AcmeInputError,
  checkDelegatedRequest,
  type CsrTemplate,
  decodeDelegation,
  delegationIdentifiers,
  delegationKeyTypes,
} from '../../lib/index.js';
import { delegationExample } from '../vectors/delegations.js';

const { csrTemplate } = decodeDelegation({ raw: delegationExample, url: 'https://a.test/1', links: [] });
const identifiers = [{ type: 'dns', value: 'abc.ido.example' }];
const spki = (key: { publicKey: { export(options: { type: 'spki'; format: 'der' }): Buffer } }) =>
  new Uint8Array(key.publicKey.export({ type: 'spki', format: 'der' }));
const ec = (namedCurve: string) => spki(generateKeyPairSync('ec', { namedCurve }));
const rsa = (modulusLength: number) => spki(generateKeyPairSync('rsa', { modulusLength }));

describe('delegationIdentifiers', () => {
  it('are the literal names, in the form of orders', () => {
    const template = {
      ...csrTemplate,
      dnsNames: ['ABC.ido.example.', '*', '**'],
      emailAddresses: ['a@ido.example', '*'],
    };
    expect(delegationIdentifiers(template)).toEqual([...identifiers, { type: 'email', value: 'a@ido.example' }]);
  });

  it('throws TypeError on a name that is none', () => {
    expect(() => delegationIdentifiers({ ...csrTemplate, dnsNames: ['a b'] })).toThrow(TypeError);
  });
});

describe('delegationKeyTypes', () => {
  it('of the example of RFC 9115 §2.3.1.2', () => {
    expect(delegationKeyTypes(csrTemplate)).toEqual(['P-256', 'RSA-2048']);
  });

  it.each<[Partial<CsrTemplate['keyTypes'][number]> & { publicKeyType: string }, readonly string[]]>([
    [{ publicKeyType: 'id-ecPublicKey', namedCurve: 'secp384r1', signatureType: 'ecdsa-with-SHA384' }, ['P-384']],
    [{ publicKeyType: 'id-ecPublicKey', namedCurve: 'secp384r1', signatureType: 'ecdsa-with-SHA256' }, []],
    [{ publicKeyType: 'id-ecPublicKey' }, []],
    [{ publicKeyType: 'rsaEncryption', publicKeyLength: 4096 }, ['RSA-4096']],
    [{ publicKeyType: 'rsaEncryption', publicKeyLength: 2048, signatureType: 'sha256WithRSAandMGF1' }, []],
    [{ publicKeyType: '' }, []],
  ])('of %j are %j', (keyType, expected) => {
    expect(delegationKeyTypes({ keyTypes: [keyType] })).toEqual(expected);
  });
});

describe('checkDelegatedRequest', () => {
  it('takes what the template wants', () => {
    for (const publicKey of [ec('P-256'), rsa(2048)]) checkDelegatedRequest(csrTemplate, { identifiers, publicKey });
  });

  it.each<[string, () => { identifiers?: typeof identifiers; publicKey?: Uint8Array }, string]>([
    ['another name', () => ({ identifiers: [{ type: 'dns', value: 'x.test' }] }), 'x.test'],
    ['no name', () => ({ identifiers: [] }), 'nothing'],
    ['another curve', () => ({ publicKey: ec('P-384') }), 'P-384'],
    ['a longer key', () => ({ publicKey: rsa(3072) }), 'RSA-3072'],
    ['no key', () => ({ publicKey: new Uint8Array() }), 'unknown'],
  ])('refuses %s, and says so', (_what, change, message) => {
    const request = { identifiers, publicKey: ec('P-256'), ...change() };
    expect(() => {
      checkDelegatedRequest(csrTemplate, request);
    }).toThrow(AcmeInputError);
    expect(() => {
      checkDelegatedRequest(csrTemplate, request);
    }).toThrow(message);
  });

  it('leaves names alone that the client chooses', () => {
    checkDelegatedRequest({ ...csrTemplate, dnsNames: ['**'] }, { identifiers, publicKey: ec('P-256') });
  });
});
