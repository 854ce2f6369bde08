import { expect, it } from 'vitest';
import { leafOf } from '../../lib/codec/leaf-of.js';

const details = { serialNumber: '01' };

it.each([
  ['the details themselves', details],
  ['a certificate', { leaf: details, chainPem: '' }],
  ['the event that it came with', { type: 'certificate-issued', certificate: { leaf: details } }],
  ['a record with the details in it', { id: 7, certificate: details }],
])('leafOf finds the details in %s', (_what, value) => {
  expect(leafOf(value)).toBe(details);
});

it.each([
  ['a certificate from JSON', { url: 'https://ca.test/certificate/1', chainPem: '' }],
  ['an event from JSON', { type: 'certificate-issued', certificate: { chainPem: '' } }],
])('leafOf throws TypeError on %s, and says how to read it', (_what, value) => {
  expect(() => leafOf(value)).toThrow(new TypeError('a certificate from JSON has no leaf: decodeCertificate reads it'));
});

it.each([undefined, null, 'aYhb.AIdl', 7])('leafOf throws TypeError on %j, and says what it takes', (value) => {
  expect(() => leafOf(value as never)).toThrow(
    new TypeError(
      'a certificate, its leaf or the event that it came with is needed; decodeCertificate makes one of stored JSON',
    ),
  );
});
