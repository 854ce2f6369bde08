/** What can be told without a page; the rest runs in one. */
import { describe, expect, it } from 'vitest';
import { indexedDbSigners } from '../../lib/browser/index.js';
import { AcmeUnsupportedError } from '../../lib/index.js';
import { record } from '../support/virtual-time.js';

describe('indexedDbSigners outside of a page', () => {
  it('says that there is no IndexedDB', () => {
    const { find, list } = indexedDbSigners();
    expect(record(find('a')).error).toBeInstanceOf(AcmeUnsupportedError);
    expect(record(list()).error).toBeInstanceOf(AcmeUnsupportedError);
  });

  it('throws on what is no name and no algorithm', () => {
    const signers = indexedDbSigners();
    for (const act of [signers.find, signers.generate, signers.findOrGenerate, signers.delete]) {
      expect(() => act('')).toThrow(TypeError);
    }
    expect(() => signers.generate('a', 'PS256' as 'ES256')).toThrow(/PS256/);
    expect(() => signers.findOrGenerate('a', 'HS256' as 'ES256')).toThrow(TypeError);
  });

  it('says where a page has no WebCrypto', async () => {
    const crypto = Object.getOwnPropertyDescriptor(globalThis, 'crypto');
    Object.defineProperty(globalThis, 'crypto', { value: {}, configurable: true });
    try {
      const failed = new Promise((resolve) => {
        indexedDbSigners({ indexedDB: {} as IDBFactory })
          .generate('a')
          .subscribe({ error: resolve });
      });
      expect(await failed).toBeInstanceOf(AcmeUnsupportedError);
    } finally {
      Object.defineProperty(globalThis, 'crypto', crypto as PropertyDescriptor);
    }
  });
});
