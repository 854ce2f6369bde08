import { concatMap, from, lastValueFrom, map, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { encodeBase64url } from '../../lib/codec/base64url.js';
import { encodeUtf8 } from '../../lib/codec/utf8.js';
import { keyAuthorization } from '../../lib/signing/key-authorization.js';
import { jwkThumbprint, webCryptoDigest } from '../../lib/signing/thumbprint.js';
import { keyAuthorizations } from '../vectors/signing.js';

describe('keyAuthorization', () => {
  it.each(keyAuthorizations)('$source', async ({ key, token, keyAuthorization: expected, digest }) => {
    const authorization = jwkThumbprint(key).pipe(map((thumbprint) => keyAuthorization(token, thumbprint)));
    expect(await lastValueFrom(authorization.pipe(toArray()))).toEqual([expected]);
    if (digest === undefined) return;
    const value = authorization.pipe(
      concatMap((each) => from(webCryptoDigest(encodeUtf8(each)))),
      map(encodeBase64url),
    );
    expect(await lastValueFrom(value)).toBe(digest);
  });
});
