import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeBase64url } from '../../lib/codec/base64url.js';
import { certificateId } from '../../lib/codec/certificate-id.js';
import { encodeHex } from '../../lib/codec/hex.js';
import { readCertificate } from '../../lib/x509/certificate-details.js';
import { exampleCertificate } from '../x509/vector-rfc9773.js';

const authorityKeyIdentifier = '69885b6b87464041e1b37b847ba0ae2cde01c8d4';

describe('certificateId', () => {
  it('names the example of RFC 9773, appendix A', () => {
    expect(createHash('sha256').update(exampleCertificate).digest('hex')).toBe(
      '4488f983790f68fff82e7d27dd56d8da0ee4a751db510d35e54360abad069ea2',
    );
    expect(certificateId(readCertificate(exampleCertificate).details)).toBe('aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyE');
  });

  it.each([
    [authorityKeyIdentifier, '0087654321', 'aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyE'],
    [authorityKeyIdentifier.toUpperCase(), '0087654321', 'aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyE'],
    // What a platform that drops the leading octet leaves is another certificate's.
    [authorityKeyIdentifier, '87654321', 'aYhba4dGQEHhs3uEe6CuLN4ByNQ.h2VDIQ'],
    // As Pebble answered for it.
    ['424bdeaf567a3dc9a0e11e3846f27cad7650f2fd', '5B4CCD4160CE0CF1', 'Qkver1Z6Pcmg4R44RvJ8rXZQ8v0.W0zNQWDODPE'],
  ])('of %s and %s is %s', (keyIdentifier, serialNumber, id) => {
    expect(certificateId({ authorityKeyIdentifier: keyIdentifier, serialNumber })).toBe(id);
  });

  it('of a certificate and of the event that it came with is that of the leaf', () => {
    const leaf = { authorityKeyIdentifier, serialNumber: '0087654321' };
    for (const holder of [{ leaf }, { certificate: leaf }, { certificate: { leaf } }])
      expect(certificateId(holder)).toBe(certificateId(leaf));
  });

  it('is undefined without an authority key identifier', () => {
    expect(certificateId({ serialNumber: '01' })).toBeUndefined();
    expect(certificateId({ authorityKeyIdentifier: '', serialNumber: '01' })).toBeUndefined();
  });

  it.each(['', '0', '0x01', '01:02', ' 01', 'zz'])('throws TypeError on %j', (text) => {
    expect(() => certificateId({ authorityKeyIdentifier, serialNumber: text })).toThrow(/serialNumber/);
    if (text === '') return;
    expect(() => certificateId({ authorityKeyIdentifier: text, serialNumber: '01' })).toThrow(/authorityKeyIdentifier/);
  });

  it('keeps every octet of both', () => {
    const octets = fc.uint8Array({ minLength: 1, maxLength: 21 });
    fc.assert(
      fc.property(octets, octets, (key, serial) => {
        const id = certificateId({ authorityKeyIdentifier: encodeHex(key), serialNumber: encodeHex(serial) }) ?? '';
        expect(id.split('.').map((part) => encodeHex(decodeBase64url(part)))).toEqual([key, serial].map(encodeHex));
      }),
    );
  });
});
