import fc from 'fast-check';
import { firstValueFrom, lastValueFrom, of, throwError, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { PublicJwk } from '../../lib/model/ports.js';
import { jwkThumbprint, webCryptoDigest } from '../../lib/signing/thumbprint.js';
import { covers } from '../support/covers.js';
import { rfc7515EcKey, rfc7520RsaKey, rfc8037EdKey, thumbprints } from '../vectors/signing.js';
import { nodeDigest } from './keys.js';

covers('keyAuthorization');

describe('jwkThumbprint', () => {
  it.each(thumbprints)('%s', async (_, jwk, expected) => {
    expect(await lastValueFrom(jwkThumbprint(jwk).pipe(toArray()))).toEqual([expected]);
    expect(await firstValueFrom(jwkThumbprint(jwk, nodeDigest))).toBe(expected);
  });

  it('hashes the required members in the order of their names, without white space', () => {
    const hashed: string[] = [];
    const digest = (data: Uint8Array) => {
      hashed.push(new TextDecoder().decode(data));
      return of(data);
    };
    for (const jwk of [rfc8037EdKey, rfc7515EcKey, rfc7520RsaKey]) jwkThumbprint(jwk, digest).subscribe();
    expect(hashed).toEqual([
      `{"crv":"Ed25519","kty":"OKP","x":"${rfc8037EdKey.x}"}`,
      `{"crv":"P-256","kty":"EC","x":"${rfc7515EcKey.x}","y":"${rfc7515EcKey.y}"}`,
      `{"e":"AQAB","kty":"RSA","n":"${rfc7520RsaKey.n}"}`,
    ]);
  });

  const further = {
    alg: 'ES256',
    use: 'sig',
    key_ops: ['sign'],
    ext: true,
    kid: 'https://example.com/acme/acct/1',
    d: 'private',
    x5t: '',
    'not known': { to: ['anybody'] },
  };

  it('does not change with further members or with the order of members', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...thumbprints),
        fc.subarray(Object.entries(further)),
        fc.infiniteStream(fc.double({ noNaN: true, min: 0, max: 1 })),
        ([, jwk, expected], more, chance) => {
          const place = new Map(Object.keys({ ...jwk, ...further }).map((name) => [name, chance.next().value]));
          const members = [...Object.entries(jwk), ...more.filter(([name]) => !(name in jwk))];
          const shuffled = members.sort(([a], [b]) => (place.get(a) ?? 0) - (place.get(b) ?? 0));
          jwkThumbprint(Object.fromEntries(shuffled) as unknown as PublicJwk, nodeDigest).subscribe((thumbprint) => {
            expect(thumbprint).toBe(expected);
          });
          expect.hasAssertions();
        },
      ),
    );
  });

  it.each<[string, object, RegExp]>([
    ['another kind of key', { kty: 'oct', k: 'AAAA' }, /"oct" is not EC, OKP or RSA/],
    ['no kind of key', {}, /"undefined" is not EC, OKP or RSA/],
    ['a kind that every object knows', { kty: 'toString' }, /"toString" is not EC, OKP or RSA/],
    ['a member that is missing', { kty: 'EC', crv: 'P-256', x: rfc7515EcKey.x }, /lacks y/],
    ['members of another type', { kty: 'RSA', n: 5, e: null }, /lacks e, n/],
  ])('throws at the call on %s', (_, jwk, message) => {
    expect(() => jwkThumbprint(jwk as PublicJwk)).toThrow(TypeError);
    expect(() => jwkThumbprint(jwk as PublicJwk)).toThrow(message);
  });

  it('errors with what the digest errors with', async () => {
    const thumbprint = jwkThumbprint(rfc8037EdKey, () => throwError(() => new Error('no digest today')));
    await expect(firstValueFrom(thumbprint)).rejects.toThrow('no digest today');
  });

  it('is cold: hashes nothing before it is subscribed, and anew each time', () => {
    let digests = 0;
    const thumbprint = jwkThumbprint(rfc8037EdKey, (data) => {
      digests++;
      return nodeDigest(data);
    });
    expect(digests).toBe(0);
    thumbprint.subscribe();
    thumbprint.subscribe();
    expect(digests).toBe(2);
  });

  it('errors with what the digest throws', async () => {
    const thumbprint = () =>
      jwkThumbprint(rfc8037EdKey, () => {
        throw new Error('no digest today');
      });
    expect(thumbprint).not.toThrow();
    await expect(firstValueFrom(thumbprint())).rejects.toThrow('no digest today');
  });
});

describe('webCryptoDigest', () => {
  it('is SHA-256', async () => {
    const digest = await webCryptoDigest(new Uint8Array());
    expect(Buffer.from(digest as Uint8Array).toString('base64url')).toBe('47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU');
  });
});
