import { firstValueFrom, lastValueFrom, throwError, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { keyAuthorizationDigest } from '../../lib/signing/key-authorization-digest.js';
import { covers } from '../support/covers.js';
import { keyAuthorizations } from '../vectors/signing.js';
import { nodeDigest } from './keys.js';

covers('keyAuthorization');

const withDigest = keyAuthorizations.filter(({ digest }) => digest !== undefined);

describe('keyAuthorizationDigest', () => {
  it.each(withDigest)('$source', async ({ keyAuthorization, digest }) => {
    expect(await lastValueFrom(keyAuthorizationDigest(keyAuthorization).pipe(toArray()))).toEqual([digest]);
    expect(await firstValueFrom(keyAuthorizationDigest(keyAuthorization, nodeDigest))).toBe(digest);
  });

  it('RFC 9891 appendix: of a token in two parts', async () => {
    const parts = 'p3yRYFU4KxwQaHQjJ2RdiQ' + 'tPUZNY4ONIk6LxErRFEjVw';
    const proof = `${parts}.LPJNul-wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ`;
    expect(await firstValueFrom(keyAuthorizationDigest(proof))).toBe('mVIOJEQZie8XpYM6MMVSQUiNPH64URnhM9niJ5XHrew');
  });

  it('errors with what the digest errors with', async () => {
    const failing = keyAuthorizationDigest('a.b', () => throwError(() => new Error('no digest today')));
    await expect(lastValueFrom(failing)).rejects.toThrow('no digest today');
  });
});
