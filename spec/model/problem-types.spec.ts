import { describe, expect, it } from 'vitest';
import { problemTypes } from '../../lib/index.js';
import { covers } from '../support/covers.js';

const rfc8555 = [
  ...['accountDoesNotExist', 'alreadyRevoked', 'badCSR', 'badNonce', 'badPublicKey', 'badRevocationReason'],
  ...['badSignatureAlgorithm', 'caa', 'compound', 'connection', 'dns', 'externalAccountRequired', 'incorrectResponse'],
  ...['invalidContact', 'malformed', 'orderNotReady', 'rateLimited', 'rejectedIdentifier', 'serverInternal', 'tls'],
  ...['unauthorized', 'unsupportedContact', 'unsupportedIdentifier', 'userActionRequired'],
];
const renewal = ['Canceled', 'Expired', 'CancellationInvalid', 'RevocationNotSupported'];

describe('problemTypes', () => {
  covers('problems');
  const of = (specification: string) =>
    Object.entries(problemTypes).flatMap(([code, info]) =>
      info.specification.startsWith(specification) ? [code] : [],
    );

  it('are those of RFC 8555 §6.7, and those of the extensions', () => {
    expect(of('RFC 8555').sort()).toEqual(rfc8555.sort());
    expect(of('RFC 8739')).toEqual(renewal.map((what) => `autoRenewal${what}`));
    expect([...of('RFC 9115'), ...of('RFC 9773'), ...of('RFC 9799')]).toEqual([
      'unknownDelegation',
      'alreadyReplaced',
      'onionCAARequired',
    ]);
    expect(of('draft-')).toEqual(['invalidProfile', 'badAttestationStatement']);
  });

  it.each(Object.entries(problemTypes))('%s is explained in one line, and says where it is defined', (_code, info) => {
    expect(info.description).toMatch(/^[A-Z][^\n]{10,100}[^.]$/);
    expect(info.specification).toMatch(/^(RFC \d{4}( §[\d.]+)?|draft-ietf-acme-[a-z-]+)$/);
  });
});
