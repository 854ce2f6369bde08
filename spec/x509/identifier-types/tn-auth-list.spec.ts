import { describe, expect, it } from 'vitest';
import { tnAuthListIdentifier } from '../../../lib/x509/identifier-types/tn-auth-list.js';
import { covers } from '../../support/covers.js';
import { requestedHex } from './requested.js';

covers('authorityToken');

/** SEQUENCE { [0] { IA5String "709J" } }: a service provider code, RFC 8226 §9. */
const value = 'MAigBhYENzA5Sg';
const normalize = (text: string) => tnAuthListIdentifier.normalize?.(text);

describe('tnAuthListIdentifier', () => {
  it.each([value, `${value}==`, 'MAygCqEIFgYxMi8zNSs', 'MAygCqEIFgYxMi8zNSs='])('takes %s', (text) => {
    expect(normalize(text)).toBe(text.replace(/=+$/, ''));
  });

  it.each(['', '709J', 'MAigBhYENzA5', 'no base64!', 'BAA'])('refuses %j', (text) => {
    expect(() => normalize(text)).toThrow(TypeError);
  });

  it('RFC 8226 §9: a request has the extension 1.3.6.1.5.5.7.1.26 with the list', async () => {
    const der = Buffer.from(value, 'base64url').toString('hex');
    expect(await requestedHex(tnAuthListIdentifier, value)).toContain(`06082b0601050507011a040a${der}`);
  });

  it('has one to a request', () => {
    expect(() => tnAuthListIdentifier.requestedNames?.([value, value])).toThrow(TypeError);
  });
});
