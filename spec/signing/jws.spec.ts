import { createHmac } from 'node:crypto';
import { flattenedVerify, importJWK } from 'jose';
import { firstValueFrom, from, lastValueFrom, of, throwError, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { encodeBase64url } from '../../lib/codec/base64url.js';
import { encodeUtf8 } from '../../lib/codec/utf8.js';
import type { AcmeSigner } from '../../lib/model/ports.js';
import { type JwsInput, signJws } from '../../lib/signing/jws.js';
import { generateSigner, importSigner } from '../../lib/signing/signer.js';
import {
  rfc7515Es256,
  rfc7515EcKey,
  rfc7515Hs256,
  rfc7520RsaKey,
  rfc8037EdDsa,
  rfc8037EdKey,
  signedRequests,
} from '../vectors/signing.js';
import { covers } from '../support/covers.js';
import { algorithms, nodeSigner, signatureOctets } from './keys.js';

covers('accountKeys', 'signedRequests');

interface Jws {
  readonly protected: string;
  readonly payload: string;
  readonly signature: string;
}

const signed = async (signer: AcmeSigner, input: JwsInput): Promise<Jws> =>
  JSON.parse(await firstValueFrom(signJws(signer, input))) as Jws;
const headerOf = (jws: Jws) => Buffer.from(jws.protected, 'base64url').toString();
const ed25519 = nodeSigner('EdDSA', rfc8037EdKey);
const { newAccount, postAsGet, challengeResponse, newOrder, keyChange } = signedRequests;

describe('signatures of the RFCs', () => {
  it('RFC 7515 A.1, HS256: the base64url form of the octets', () => {
    const input = `${rfc7515Hs256.protected}.${rfc7515Hs256.payload}`;
    const mac = createHmac('sha256', Buffer.from(rfc7515Hs256.key, 'base64url')).update(input).digest();
    expect(encodeBase64url(mac)).toBe(rfc7515Hs256.signature);
  });

  it('RFC 7515 A.3, ES256: verifies with the key that an imported signer shows', async () => {
    const { publicJwk } = await firstValueFrom(importSigner(rfc7515EcKey));
    const { payload } = await flattenedVerify(rfc7515Es256, await importJWK({ ...publicJwk }, 'ES256'));
    expect(JSON.parse(new TextDecoder().decode(payload))).toMatchObject({ iss: 'joe' });
  });

  it('RFC 8037 A.4, EdDSA: the same octets from a signer of that key', async () => {
    const signature = await firstValueFrom(from(ed25519.sign(encodeUtf8(rfc8037EdDsa.input))));
    expect(encodeBase64url(signature)).toBe(rfc8037EdDsa.signature);
  });
});

describe('signJws', () => {
  it('newAccount: with the bare key, octet for octet', async () => {
    const { input, ...expected } = newAccount;
    expect(await lastValueFrom(signJws(ed25519, input).pipe(toArray()))).toEqual([JSON.stringify(expected)]);
  });

  it('POST-as-GET: by the account, the payload the empty string', async () => {
    const jws = await signed(ed25519, postAsGet.input);
    expect(headerOf(jws)).toBe(postAsGet.header);
    expect(jws).toEqual({
      protected: Buffer.from(postAsGet.header).toString('base64url'),
      payload: '',
      signature: postAsGet.signature,
    });
  });

  it('challenge response: the payload the empty object', async () => {
    const jws = await signed(ed25519, challengeResponse.input);
    expect(headerOf(jws)).toBe(challengeResponse.header);
    expect(jws).toMatchObject({ payload: 'e30', signature: challengeResponse.signature });
  });

  it.each([
    ['newOrder, RFC 8555 §7.4', newOrder],
    ['the JWS inside a key change, RFC 8555 §7.3.5, without a nonce', keyChange],
  ])('%s: octet for octet, by an imported key', async (_, { input, header, signature }) => {
    for (const signer of [ed25519, await firstValueFrom(importSigner(rfc8037EdKey))]) {
      const jws = await signed(signer, input);
      expect(headerOf(jws)).toBe(header);
      expect(jws).toMatchObject({
        payload: Buffer.from(JSON.stringify(input.payload)).toString('base64url'),
        signature,
      });
    }
  });

  it('RS256: octet for octet, by an imported key and by one in another place', async () => {
    for (const signer of [await firstValueFrom(importSigner(rfc7520RsaKey)), nodeSigner('RS256', rfc7520RsaKey)]) {
      const jws = await signed(signer, postAsGet.input);
      expect(headerOf(jws)).toBe(postAsGet.header.replace('EdDSA', 'RS256'));
      expect(jws.signature).toBe(postAsGet.rs256);
    }
  });

  it.each(algorithms)('%s: verifies, by account and by key', async (alg) => {
    const signer = await firstValueFrom(generateSigner(alg));
    const key = await importJWK({ ...signer.publicJwk }, alg);
    for (const { input } of [newAccount, postAsGet, challengeResponse, newOrder]) {
      const jws = await signed(signer, input);
      const { payload, protectedHeader } = await flattenedVerify(jws, key);
      expect(new TextDecoder().decode(payload)).toBe(input.payload === '' ? '' : JSON.stringify(input.payload));
      const by = 'kid' in input ? { kid: input.kid } : { jwk: signer.publicJwk };
      expect(protectedHeader).toEqual({ alg, ...by, nonce: input.nonce, url: input.url });
      expect(Buffer.from(jws.signature, 'base64url')).toHaveLength(signatureOctets[alg] ?? 0);
    }
  });

  it('shows only the public members of a key, in the order of their names', async () => {
    const careless: AcmeSigner = { ...ed25519, publicJwk: { ...rfc8037EdKey, kid: 'x', use: 'sig' } as never };
    const { input, protected: expected } = newAccount;
    expect(await signed(careless, input)).toMatchObject({ protected: expected });
  });

  it('keeps the URL as it is, and writes UTF-8', async () => {
    const url = "https://example.com/acme/%7Ea/it's?b=c%2F&d='";
    const jws = await signed(ed25519, { ...postAsGet.input, url, payload: { contact: ['mailto:jürgen@example.org'] } });
    expect(JSON.parse(headerOf(jws))).toMatchObject({ url });
    expect(Buffer.from(jws.payload, 'base64url').toString()).toBe('{"contact":["mailto:jürgen@example.org"]}');
  });

  it('takes the first signature from an observable, a promise or an array', async () => {
    const signature = Uint8Array.of(0xfb, 0xff);
    for (const given of [of(signature), Promise.resolve(signature), [signature]]) {
      const jws = await signed({ ...ed25519, sign: () => given }, postAsGet.input);
      expect(jws.signature).toBe('-_8');
    }
  });

  it('errors with what the signer errors with', async () => {
    const failing: AcmeSigner = { ...ed25519, sign: () => throwError(() => new Error('the HSM is locked')) };
    await expect(signed(failing, postAsGet.input)).rejects.toThrow('the HSM is locked');
  });

  it('is synchronous where the signer is', () => {
    let jws = '';
    signJws(ed25519, postAsGet.input).subscribe((text) => (jws = text));
    expect(jws).toContain(postAsGet.signature);
  });
});
