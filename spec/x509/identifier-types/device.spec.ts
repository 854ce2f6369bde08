import { describe, expect, it } from 'vitest';
import { hardwareModuleIdentifier, permanentIdentifier } from '../../../lib/x509/identifier-types/device.js';
import { covers } from '../../support/covers.js';
import { requestedHex, requestedText } from './requested.js';

covers('deviceAttest');

describe('permanentIdentifier', () => {
  it.each(['ABCDEF123456', 'ABCDEF123456/1.2.3.4', 'abcÜ 1', '2.999/2.999'])(
    'draft-ietf-acme-device-attest-09 §3: takes %s as it is',
    (value) => {
      expect(permanentIdentifier.normalize?.(value)).toBe(value);
    },
  );

  it.each(['', '/1.2.3', 'a/', 'a/b', 'a/1.2/3', 'a/1.2.3/', 'a/3.1', 'a/1.40'])('refuses %j', (value) => {
    expect(() => permanentIdentifier.normalize?.(value)).toThrow(TypeError);
  });

  it('RFC 4043 §2: a request has the serial number as UTF8String, and the assigner where there is one', async () => {
    const hex = await requestedHex(permanentIdentifier, 'ABCD', 'ABCD/1.2.3.4');
    expect(hex).toContain('a01406082b06010505070803a00830060c0441424344');
    expect(hex).toContain('a01906082b06010505070803a00d300b0c044142434406032a0304');
  });

  it('is left out of a request where that is wanted', async () => {
    const text = await requestedText({ ...permanentIdentifier, requestedNames: () => ({}) }, 'ABCD');
    expect(text).toContain('verify OK');
    expect(text).not.toContain('Subject Alternative Name');
  });
});

describe('hardwareModuleIdentifier', () => {
  it('draft-ietf-acme-device-attest-09 §4: takes a serial number and a type', () => {
    expect(hardwareModuleIdentifier.normalize?.('ABCD/1.2.3.4')).toBe('ABCD/1.2.3.4');
  });

  it.each(['ABCD', '/1.2.3', 'a/b', 'a/1.2/3', ''])('refuses %j', (value) => {
    expect(() => hardwareModuleIdentifier.normalize?.(value)).toThrow(TypeError);
  });

  it('RFC 4108 §5: a request has the type, and the serial number as octets', async () => {
    expect(await requestedHex(hardwareModuleIdentifier, 'ABCD/1.2.3.4')).toContain(
      'a01906082b06010505070804a00d300b06032a0304040441424344',
    );
  });
});
