import { describe, expect, it } from 'vitest';
import { acmeSession, directories, publicAuthorities, requiresExternalAccount } from '../../lib/index.js';
import { covers } from '../support/covers.js';

covers('directory');

const meta = { externalAccountRequired: false, caaIdentities: [], profiles: {} };

describe('directories', () => {
  it.each(Object.entries(directories))('%s is a URL that a session takes', (_name, directoryUrl) => {
    expect(acmeSession({ directoryUrl }).directoryUrl).toBe(directoryUrl);
  });

  it('are those of the authorities, each of one', () => {
    const urls = publicAuthorities.flatMap(({ directoryUrls, stagingUrls }) => [...directoryUrls, ...stagingUrls]);
    expect([...urls].sort()).toEqual(Object.values(directories).sort());
  });
});

describe('publicAuthorities', () => {
  it.each([
    [directories.letsEncryptStaging, false],
    [directories.google, true],
    // Its directory says that it needs none.
    [directories.sslComEcc, true],
    [directories.sslComRsaStaging, true],
    ['https://ca.test/directory', false],
  ])('say whether %s needs an external account', (url, needed) => {
    expect(requiresExternalAccount({ url, meta })).toBe(needed);
    expect(requiresExternalAccount({ url, meta: { ...meta, externalAccountRequired: true } })).toBe(true);
  });

  it('have names of their own', () => {
    expect(new Set(publicAuthorities.map(({ name }) => name)).size).toBe(publicAuthorities.length);
  });
});
