import { describe, expect, it } from 'vitest';
import { referenceId } from '../../lib/resources/certificate-reference.js';

const leaf = {
  authorityKeyIdentifier: '69885b6b87460476eafd91dd4ba87c0e2fbe2e9d',
  serialNumber: '0087654321',
};

describe('referenceId', () => {
  it.each<[string, Parameters<typeof referenceId>[1]]>([
    ['a leaf', leaf],
    ['a certificate', { leaf }],
    ['an event of an issuance', { certificate: { leaf } }],
    ['its name', 'aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyE'],
  ])('is the name of %s', (what, certificate) => {
    const expected =
      what === 'its name' ? 'aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyE' : 'aYhba4dGBHbq_ZHdS6h8Di--Lp0.AIdlQyE';
    expect(referenceId('it', certificate)).toBe(expected);
  });

  it('is undefined for a certificate that has none', () => {
    expect(referenceId('it', { serialNumber: '01' })).toBeUndefined();
  });

  it.each(['', 'a', 'a.b.c', 'a.', 'a.b=', '../a.b'])('throws TypeError that names it on %j', (text) => {
    expect(() => referenceId('getRenewalInfo: certificate', text)).toThrow(
      /^getRenewalInfo: certificate must be what certificateId returns/,
    );
    expect(() => referenceId('getRenewalInfo: certificate', text)).toThrow(TypeError);
  });
});
