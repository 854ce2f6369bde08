import { describe, expect, it } from 'vitest';
import { firstValueFrom, from } from 'rxjs';
import { decodeBase64url } from '../../lib/codec/base64url.js';
import { encodeUtf8 } from '../../lib/codec/utf8.js';
import type { PublicJwk } from '../../lib/model/ports.js';
import { verifySignature } from '../../lib/signing/verify-signature.js';
import { covers } from '../support/covers.js';
import {
  rfc7515Es256,
  rfc7515EcKey,
  rfc8037EdDsa,
  rfc8037EdKey,
  rfc7520RsaKey,
  signedRequests,
} from '../vectors/signing.js';
import { algorithms, keysFor, nodeSigner } from './keys.js';

covers('accountKeys');

const input = encodeUtf8('a message');
const signatureBy = (alg: (typeof algorithms)[number]): Promise<Uint8Array> =>
  firstValueFrom(from(nodeSigner(alg, keysFor[alg].jwk).sign(input)));
const jwkFor = (alg: (typeof algorithms)[number]) => keysFor[alg].jwk as PublicJwk;

describe('verifySignature', () => {
  it('RFC 7515 A.3, ES256', async () => {
    const signed = encodeUtf8(`${rfc7515Es256.protected}.${rfc7515Es256.payload}`);
    expect(await verifySignature('ES256', rfc7515EcKey, signed, decodeBase64url(rfc7515Es256.signature))).toBe(true);
  });

  it('RFC 8037 A.4, EdDSA', async () => {
    const mark = decodeBase64url(rfc8037EdDsa.signature);
    expect(await verifySignature('EdDSA', rfc8037EdKey, encodeUtf8(rfc8037EdDsa.input), mark)).toBe(true);
  });

  it('RS256, a whole request with the key of RFC 7520 §3.4', async () => {
    const { header, rs256 } = signedRequests.postAsGet;
    const signed = encodeUtf8(`${Buffer.from(header.replace('EdDSA', 'RS256')).toString('base64url')}.`);
    expect(await verifySignature('RS256', rfc7520RsaKey, signed, decodeBase64url(rs256))).toBe(true);
  });

  it.each(algorithms)('%s: right as node:crypto made it, wrong with any change', async (alg) => {
    const signature = await signatureBy(alg);
    expect(await verifySignature(alg, jwkFor(alg), input, signature)).toBe(true);
    expect(await verifySignature(alg, jwkFor(alg), encodeUtf8('another'), signature)).toBe(false);
    const changed = signature.map((octet, index) => (index === 7 ? octet ^ 1 : octet));
    expect(await verifySignature(alg, jwkFor(alg), input, changed)).toBe(false);
    for (const length of [0, 1, signature.length - 1]) {
      expect(await verifySignature(alg, jwkFor(alg), input, signature.subarray(0, length))).toBe(false);
    }
    expect(await verifySignature(alg, jwkFor(alg), input, Uint8Array.of(...signature, 0))).toBe(false);
  });

  it('is wrong under every other algorithm, and with every other key', async () => {
    for (const alg of algorithms) {
      const signature = await signatureBy(alg);
      for (const other of algorithms.filter((each) => each !== alg)) {
        expect(await verifySignature(other, jwkFor(alg), input, signature)).toBe(false);
        expect(await verifySignature(alg, jwkFor(other), input, signature)).toBe(false);
        expect(await verifySignature(other, jwkFor(other), input, signature)).toBe(false);
      }
    }
  });

  it.each(['none', 'HS256', 'PS256', 'toString', ''])('is wrong under "%s"', async (alg) => {
    expect(await verifySignature(alg, jwkFor('RS256'), input, await signatureBy('RS256'))).toBe(false);
  });

  it.each([
    ['that lacks a member', { kty: 'EC', crv: 'P-256', x: rfc7515EcKey.x }],
    ['off its curve', { ...rfc7515EcKey, y: rfc7515EcKey.x }],
    ['of no kind', { kty: 'oct' }],
  ])('is wrong with a key %s', async (_, jwk) => {
    expect(await verifySignature('ES256', jwk, input, await signatureBy('ES256'))).toBe(false);
  });
});
