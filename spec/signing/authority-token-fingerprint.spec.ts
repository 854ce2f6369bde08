import { describe, expect, it } from 'vitest';
import { authorityTokenFingerprint } from '../../lib/signing/authority-token-fingerprint.js';
import { covers } from '../support/covers.js';

covers('authorityToken');

describe('authorityTokenFingerprint', () => {
  it('RFC 9447 §4, of the key of RFC 8037 appendix A.3', () => {
    expect(authorityTokenFingerprint('kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k')).toBe(
      'SHA256 90:FA:CA:FE:A9:B1:55:66:98:54:0F:70:C0:11:7A:22:EA:37:BD:5C:F3:ED:3C:47:09:3C:17:07:28:2B:4B:89',
    );
  });

  it('refuses what is no thumbprint', () => {
    expect(() => authorityTokenFingerprint('no thumbprint')).toThrow(TypeError);
  });
});
