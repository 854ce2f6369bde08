import { concatMap, from, lastValueFrom, map, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { encodeBase64url } from '../../lib/codec/base64url.js';
import { encodeUtf8 } from '../../lib/codec/utf8.js';
import { keyAuthorization } from '../../lib/signing/key-authorization.js';
import { jwkThumbprint, webCryptoDigest } from '../../lib/signing/thumbprint.js';
import { covers } from '../support/covers.js';
import { keyAuthorizations } from '../vectors/signing.js';

covers('keyAuthorization');

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

  it.each([
    ['RFC 8737 §3', keyAuthorizations[0], keyAuthorizations[0].acmeIdentifier],
    ['golang.org/x/crypto', keyAuthorizations[4], keyAuthorizations[4].acmeIdentifierValue],
  ])(
    'is hashed into what the certificate of tls-alpn-01 holds: %s',
    async (_, { keyAuthorization: text }, extension) => {
      const digest = await lastValueFrom(from(webCryptoDigest(encodeUtf8(text))));
      expect(extension).toMatch(new RegExp(`0420${Buffer.from(digest).toString('hex')}$`));
    },
  );
});
