import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readDirectoryExtensions } from '../../lib/codec/directory-extensions.js';
import type { JsonObject, JsonValue } from '../../lib/model/json.js';

const read = (meta: JsonValue) => readDirectoryExtensions({ raw: { meta } });

describe('readDirectoryExtensions', () => {
  it('reads what extensions say in meta, RFC 8739 §3.2 (figure 4), RFC 9115, RFC 9444, RFC 9799', () => {
    const meta = {
      'auto-renewal': { 'min-lifetime': 86_400, 'max-duration': 31_536_000, 'allow-certificate-get': true },
      'delegation-enabled': true,
      'allow-certificate-get': true,
      subdomainAuthAllowed: true,
      onionCAARequired: true,
    };
    expect(read(meta)).toEqual({
      autoRenewal: { minLifetimeMs: 86_400_000, maxDurationMs: 31_536_000_000, allowCertificateGet: true },
      delegationEnabled: true,
      allowCertificateGet: true,
      subdomainAuthAllowed: true,
      onionCaaRequired: true,
    });
  });

  it('knows a member by its other name: inBandOnionCAARequired (RFC 9799)', () => {
    expect(read({ inBandOnionCAARequired: false })).toEqual({ onionCaaRequired: false });
  });

  it.each<JsonObject>([
    { 'auto-renewal': true, 'delegation-enabled': 'yes', subdomainAuthAllowed: 1, onionCAARequired: null },
    { 'auto-renewal': { 'min-lifetime': 86_400 }, 'allow-certificate-get': 'true' },
    { 'auto-renewal': { 'min-lifetime': '1', 'max-duration': 5 } },
    { 'auto-renewal': { 'min-lifetime': -1, 'max-duration': 5 } },
  ])('leaves out what extensions say in the wrong type: %j', (meta) => {
    expect(read(meta)).toEqual({});
  });

  it('reads any directory, also one without meta', () => {
    expect(readDirectoryExtensions({ raw: {} })).toEqual({});
    fc.assert(
      fc.property(fc.jsonValue(), (meta) => {
        expect(read(meta as JsonValue)).toBeTypeOf('object');
      }),
    );
  });
});
