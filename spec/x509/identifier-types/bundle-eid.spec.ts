import { describe, expect, it } from 'vitest';
import { bundleEidIdentifier } from '../../../lib/x509/identifier-types/bundle-eid.js';
import { covers } from '../../support/covers.js';
import { requestedHex } from './requested.js';

covers('nodeId');

const normalize = (value: string) => bundleEidIdentifier.normalize?.(value);

describe('bundleEidIdentifier', () => {
  it.each([
    ['dtn://example/', 'dtn://example/'],
    ['DTN://node%20a/', 'dtn://node%20a/'],
    ['ipn:2.0', 'ipn:2.0'],
    ['ipn:977000.100.0', 'ipn:977000.100.0'],
    ['other:x', 'other:x'],
  ])('writes %s as %s', (value, expected) => {
    expect(normalize(value)).toBe(expected);
  });

  it.each([
    '',
    'example',
    ':x',
    'dtn://example/service',
    'dtn:none',
    'ipn:2.1',
    'ipn:a.0',
    'dtn://a%zz/',
    'dtn://a%ff/',
    'dtn://ü/',
  ])('refuses %j', (value) => {
    expect(() => normalize(value)).toThrow(TypeError);
  });

  it('RFC 9174 §4.4.1: a request has a name of the form 1.3.6.1.5.5.7.8.11, IA5String', async () => {
    const text = Buffer.from('dtn://example/').toString('hex');
    expect(await requestedHex(bundleEidIdentifier, 'dtn://example/')).toContain(
      `a01c06082b0601050507080ba010160e${text}`,
    );
  });
});
