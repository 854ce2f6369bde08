import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeDelegation } from '../../lib/codec/decode-delegation.js';
import { AcmeProtocolError } from '../../lib/model/errors/protocol-error.js';
import { delegationExample as raw } from '../vectors/delegations.js';
import { anyContext, mutated, protocolErrorOf, stored, unlessThrown } from './support.js';

const url = 'https://acme.ido.example/acme/delegation/1';
const decode = (body: unknown) => decodeDelegation({ raw: body, url, links: [] });
const template = (change: object) => decode({ 'csr-template': { ...raw['csr-template'], ...change } }).csrTemplate;

describe('decodeDelegation', () => {
  it('reads the example of RFC 9115 §2.3.1.2', () => {
    expect(decode(raw)).toEqual({
      url,
      links: [],
      csrTemplate: {
        keyTypes: [
          { publicKeyType: 'rsaEncryption', publicKeyLength: 2048, signatureType: 'sha256WithRSAEncryption' },
          { publicKeyType: 'id-ecPublicKey', namedCurve: 'secp256r1', signatureType: 'ecdsa-with-SHA256' },
        ],
        subject: { country: 'CA', stateOrProvince: '**', locality: '**' },
        dnsNames: ['abc.ido.example'],
        emailAddresses: [],
        uris: [],
        keyUsage: ['digitalSignature'],
        extendedKeyUsage: ['serverAuth', 'clientAuth'],
        raw: raw['csr-template'],
      },
      cnameMap: { 'abc.ido.example.': 'abc.ndc.example.' },
      raw,
    });
  });

  it('takes a placeholder for a whole list', () => {
    const names = { DNS: '**', Email: ['*'], URI: 5 };
    expect(template({ extensions: { subjectAltName: names } })).toMatchObject({
      dnsNames: ['**'],
      emailAddresses: ['*'],
      uris: [],
      keyUsage: [],
    });
  });

  it.each<[unknown, string]>([
    [{}, 'member "csr-template" must be an object'],
    [{ 'csr-template': {} }, 'member "csr-template.keyTypes" must be an array'],
    [{ 'csr-template': { keyTypes: ['rsa'] } }, 'member "csr-template.keyTypes[0]" must be an object'],
  ])('refuses %j', (body, message) => {
    expect(protocolErrorOf(() => decode(body)).message).toContain(message);
  });

  it('throws nothing but AcmeProtocolError, and reads back what it made', () => {
    fc.assert(
      fc.property(mutated({ raw }), anyContext, (body, context) => {
        const delegation = unlessThrown(AcmeProtocolError, () => decodeDelegation({ ...context, raw: body }));
        if (delegation !== undefined) expect(decodeDelegation(stored(delegation))).toEqual(delegation);
      }),
    );
  });
});
