import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, webcrypto } from 'node:crypto';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { exportJWK, type JWK } from 'jose';
import { firstValueFrom, from, lastValueFrom, type Observable, toArray } from 'rxjs';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { encodeUtf8 } from '../../lib/codec/utf8.js';
import { AcmeInputError } from '../../lib/model/errors/input-error.js';
import { AcmeUnsupportedError } from '../../lib/model/errors/unsupported-error.js';
import type { AcmeSigner } from '../../lib/model/ports.js';
import { cryptoKeySigner } from '../../lib/signing/crypto-key-signer.js';
import { generateSigner, importSigner } from '../../lib/signing/signer.js';
import { covers } from '../support/covers.js';
import { rfc7515EcKey, rfc7520RsaKey, rfc8037EdKey } from '../vectors/signing.js';
import { algorithms, keys, keysFor, nodeVerifies, signatureOctets } from './keys.js';

covers('accountKeys');

type Algorithm = (typeof algorithms)[number];

const message = encodeUtf8('a message');
const once = async <T>(stream: Observable<T>): Promise<T> => {
  const values = await lastValueFrom(stream.pipe(toArray()));
  expect(values).toHaveLength(1);
  return values[0] as T;
};
const errorOf = (stream: Observable<unknown>): Promise<Error> =>
  lastValueFrom(stream.pipe(toArray())).then(
    () => expect.unreachable('no error'),
    (error: Error) => error,
  );

/** Whether a signer signs with the private key that belongs to the public one it shows. */
async function signs({ alg, publicJwk, sign }: AcmeSigner): Promise<boolean> {
  const signature = await firstValueFrom(from(sign(message)));
  expect(signature).toHaveLength(signatureOctets[alg] ?? 0);
  return nodeVerifies(alg, publicJwk, message, signature);
}

/** Everything that people print a value with. */
const printed = (value: unknown): string =>
  [
    inspect(value, { depth: Infinity, showHidden: true }),
    JSON.stringify(value),
    String(value),
    value instanceof Error ? `${value.message}${value.stack ?? ''}` : '',
  ].join('\n');

/** The private parts of a key in every form in which they could be printed. */
function secretsOf(jwk: JWK): string[] {
  const parts = [jwk.d, jwk.p, jwk.q, jwk.dp, jwk.dq, jwk.qi].filter((part) => part !== undefined);
  return parts.flatMap((part) => {
    const bytes = Buffer.from(part, 'base64url');
    return [part, bytes.toString('base64'), bytes.toString('hex'), [...bytes.subarray(0, 8)].join(', ')];
  });
}

const text = expect.any(String) as unknown;
const publicMembers = {
  ES256: { kty: 'EC', crv: 'P-256', x: text, y: text },
  ES384: { kty: 'EC', crv: 'P-384', x: text, y: text },
  ES512: { kty: 'EC', crv: 'P-521', x: text, y: text },
  RS256: { kty: 'RSA', n: expect.stringMatching(/^.{342}$/) as unknown, e: 'AQAB' },
  EdDSA: { kty: 'OKP', crv: 'Ed25519', x: text },
};

describe('generateSigner', () => {
  it.each(algorithms)('%s: makes a key that signs, and shows only its public members', async (alg) => {
    const signer = await once(generateSigner(alg));
    expect(signer.alg).toBe(alg);
    expect(signer.publicJwk).toEqual(publicMembers[alg]);
    expect(await signs(signer)).toBe(true);
  });

  it('makes P-256 where nothing is said', async () => {
    expect((await once(generateSigner())).alg).toBe('ES256');
  });

  it('makes another key for each subscription', async () => {
    const made = generateSigner();
    const [first, second] = [await once(made), await once(made)];
    expect(first.publicJwk).not.toEqual(second.publicJwk);
  });

  it.each(algorithms)('%s: what is exported is PKCS#8, and the same key when imported', async (alg) => {
    const signer = await once(generateSigner(alg));
    const pem = await once(signer.exportPem());
    expect(pem).toMatch(/^-----BEGIN PRIVATE KEY-----\n/);
    const again = await once(importSigner(pem));
    expect(again.alg).toBe(alg);
    expect(again.publicJwk).toEqual(signer.publicJwk);
    expect(await signs(again)).toBe(true);
  });

  it.each(['PS256', 'Ed25519', 'HS256', 'none', '', 'toString'])('throws at the call on algorithm "%s"', (alg) => {
    expect(() => generateSigner(alg as never)).toThrow(TypeError);
    expect(() => generateSigner(alg as never)).toThrow(/ES256, ES384, ES512, RS256, EdDSA/);
  });

  it('errors with AcmeUnsupportedError on a platform that does not know the algorithm', async () => {
    const cause = new DOMException('Unrecognized name.', 'NotSupportedError');
    vi.spyOn(globalThis.crypto.subtle, 'generateKey').mockRejectedValue(cause);
    const error = await errorOf(generateSigner('EdDSA'));
    vi.restoreAllMocks();
    expect(error).toBeInstanceOf(AcmeUnsupportedError);
    expect(error).toMatchObject({ message: expect.stringContaining('EdDSA') as unknown, cause });
  });
});

describe('importSigner', () => {
  it.each<[string, string | JWK, Algorithm | undefined, Algorithm]>([
    ['PKCS#8, P-256', keys.p256.pkcs8, undefined, 'ES256'],
    ['PKCS#8, P-256, with its algorithm', keys.p256.pkcs8, 'ES256', 'ES256'],
    ['PKCS#8, P-256, lines ended by CR LF', keys.p256.pkcs8.replaceAll('\n', '\r\n'), undefined, 'ES256'],
    ['PKCS#8, RSA', keys.rsa.pkcs8, undefined, 'RS256'],
    ['PKCS#8, RSA, with its algorithm', keys.rsa.pkcs8, 'RS256', 'RS256'],
    ['PKCS#8, P-384', keys.p384.pkcs8, undefined, 'ES384'],
    ['PKCS#8, P-521', keys.p521.pkcs8, undefined, 'ES512'],
    ['PKCS#8, P-521, with its algorithm', keys.p521.pkcs8, 'ES512', 'ES512'],
    ['PKCS#8, Ed25519', keys.ed25519.pkcs8, undefined, 'EdDSA'],
    ['JWK, P-256', keys.p256.jwk, undefined, 'ES256'],
    ['JWK, P-384', keys.p384.jwk, undefined, 'ES384'],
    ['JWK, P-521', keys.p521.jwk, undefined, 'ES512'],
    ['JWK, Ed25519', keys.ed25519.jwk, undefined, 'EdDSA'],
    [
      'JWK, Ed25519, that names its algorithm as RFC 9864 does',
      { ...rfc8037EdKey, alg: 'Ed25519' },
      undefined,
      'EdDSA',
    ],
    ['JWK, P-256, that names its algorithm', { ...keys.p256.jwk, alg: 'ES256' }, undefined, 'ES256'],
    ['JWK, RSA', keys.rsa.jwk, undefined, 'RS256'],
    ['JWK, RSA, for another algorithm of that key', { ...keys.rsa.jwk, alg: 'PS256' }, 'RS256', 'RS256'],
    ['JWK, RFC 7515 A.3', rfc7515EcKey, undefined, 'ES256'],
    ['JWK, RFC 7520 §3.4', rfc7520RsaKey, undefined, 'RS256'],
    ['JWK, RFC 8037 A.1', rfc8037EdKey, undefined, 'EdDSA'],
  ])('%s', async (_, key, alg, expected) => {
    const signer = await once(importSigner(key, alg));
    expect(signer.alg).toBe(expected);
    expect(Object.keys(signer.publicJwk)).toEqual(Object.keys(publicMembers[expected]).sort());
    expect(await signs(signer)).toBe(true);
  });

  it('gives the same public key for the same private one, in whatever form', async () => {
    const fromPem = await once(importSigner(keys.p256.pkcs8));
    const fromJwk = await once(importSigner(keys.p256.jwk));
    expect(fromPem.publicJwk).toEqual(fromJwk.publicJwk);
  });

  it('does nothing before it is subscribed, and does not throw at the call', () => {
    expect(() => importSigner('')).not.toThrow();
  });

  const publicOf = ({ kty, crv, x, y, n, e }: JWK): JWK =>
    Object.fromEntries(Object.entries({ kty, crv, x, y, n, e }).filter(([, value]) => value !== undefined));
  const pkcs8Of = (body: string) => `-----BEGIN PRIVATE KEY-----\n${body}\n-----END PRIVATE KEY-----\n`;

  it.each<[string, string | JWK, Algorithm | undefined, RegExp]>([
    [
      'SEC1',
      keys.p256.sec1,
      undefined,
      /type PRIVATE KEY, found EC PRIVATE KEY; .*toPkcs8Pem.*openssl pkcs8 -topk8 -nocrypt/,
    ],
    [
      'PKCS#1',
      keys.rsa.pkcs1,
      undefined,
      /type PRIVATE KEY, found RSA PRIVATE KEY; .*toPkcs8Pem.*openssl pkcs8 -topk8 -nocrypt/,
    ],
    ['an encrypted key', keys.encrypted, undefined, /type PRIVATE KEY, found ENCRYPTED PRIVATE KEY; /],
    ['a public key', spki(keys.p256.pkcs8), undefined, /type PRIVATE KEY, found PUBLIC KEY; /],
    ['a P-256 key for RS256', keys.p256.pkcs8, 'RS256', /not one for RS256/],
    ['an RSA key for ES256', keys.rsa.pkcs8, 'ES256', /not one for ES256/],
    ['a P-384 key for ES256', keys.p384.pkcs8, 'ES256', /not one for ES256/],
    ['an Ed25519 key for ES256', keys.ed25519.pkcs8, 'ES256', /not one for ES256/],
    ['a key of another curve', keys.secp256k1.pkcs8, undefined, /not one for ES256, ES384, ES512, RS256, EdDSA/],
    ['an RSA key of 1024 bits', keys.shortRsa.pkcs8, undefined, /RSA with 1024 bits, RFC 7518/],
    ['an RSA JWK of 1024 bits', keys.shortRsa.jwk, undefined, /RSA with 1024 bits, RFC 7518/],
    ['no text', '', undefined, /type PRIVATE KEY, found none/],
    ['garbage', 'it is what it is', undefined, /type PRIVATE KEY, found none/],
    ['an empty block', pkcs8Of(''), undefined, /not base64/],
    ['a block of no base64', pkcs8Of('#'.repeat(64)), undefined, /not base64/],
    ['a block of zeros', pkcs8Of('A'.repeat(184)), undefined, /not one for ES256, ES384/],
    [
      'a truncated key',
      keys.p256.pkcs8.replace(/.{20}\n-----END/, '\n-----END'),
      undefined,
      /not one for ES256, ES384/,
    ],
    ['a block without an end', keys.p256.pkcs8.replace(/-----END.*/, ''), undefined, /without its END line/],
    ['two keys', keys.p256.pkcs8 + keys.rsa.pkcs8, undefined, /found 2: PRIVATE KEY, PRIVATE KEY/],
    ['a public JWK, P-256', publicOf(keys.p256.jwk), undefined, /holds no private key/],
    ['a public JWK, RSA', publicOf(keys.rsa.jwk), undefined, /holds no private key/],
    ['a symmetric JWK', { kty: 'oct', k: 'AAAA' }, undefined, /holds no private key/],
    ['an empty JWK', {}, undefined, /holds no private key/],
    ['a P-384 JWK for ES256', keys.p384.jwk, 'ES256', /private key for ES256/],
    ['an Ed25519 JWK for ES256', rfc8037EdKey, 'ES256', /private key for ES256/],
    ['a JWK of another curve', keys.secp256k1.jwk, undefined, /private key for ES256/],
    ['a JWK for another algorithm', { ...keys.rsa.jwk, alg: 'PS256' }, undefined, /"PS256" is not one of ES256, ES384/],
    ['a P-256 JWK for RS256', keys.p256.jwk, 'RS256', /private key for RS256/],
    ['an RSA JWK for ES256', keys.rsa.jwk, 'ES256', /private key for ES256/],
    ['a JWK without its curve', { ...keys.p256.jwk, crv: '' }, undefined, /private key for ES256/],
    ['a JWK without a coordinate', { ...keys.p256.jwk, y: '' }, undefined, /private key for ES256/],
    ['a JWK off the curve', { ...keys.p256.jwk, y: keys.p256.jwk.x ?? '' }, undefined, /private key for ES256/],
    ['an RSA JWK with d alone', { ...publicOf(keys.rsa.jwk), d: keys.rsa.jwk.d ?? '' }, undefined, /key for RS256/],
    ['a JWK for verification', { ...keys.p256.jwk, key_ops: ['verify'] }, undefined, /private key for ES256/],
  ])('refuses %s, and says why without showing it', async (_, key, alg, expected) => {
    const error = await errorOf(importSigner(key, alg));
    expect(error).toBeInstanceOf(AcmeInputError);
    expect(error).toMatchObject({ code: 'input', message: expect.stringMatching(expected) });
    const text = typeof key === 'string' ? key : JSON.stringify(key);
    const lines = text.split(/[\n"]/).filter((line) => line.length > 15 && !line.startsWith('-----'));
    for (const line of lines) expect(printed(error)).not.toContain(line.slice(0, 16));
  });

  it.each([
    ['an empty line', '\n'],
    ['a byte order mark', '\uFEFF'],
    ['text, as openssl writes it', 'Bag Attributes\n    localKeyID: 01 02\nKey Attributes: <No Attributes>\n'],
  ])('passes over %s in front of the block', async (_, before) => {
    const signer = await once(importSigner(before + keys.p256.pkcs8));
    expect(await signs(signer)).toBe(true);
  });

  it('passes over text after the block', async () => {
    expect(await signs(await once(importSigner(`${keys.p256.pkcs8}\n\n`)))).toBe(true);
  });

  const otherRsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' });
  const otherEd25519 = generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' });

  it.each<[string, string | JWK]>([
    ['P-256, JWK', { ...keys.p256.jwk, d: rfc7515EcKey.d }],
    ['P-256, PKCS#8', withPublicPart(keys.p256, rfc7515EcKey)],
    ['P-384, PKCS#8', withPublicPart(keys.p384, publicKeyOn('P-384'))],
    ['P-521, PKCS#8', withPublicPart(keys.p521, publicKeyOn('P-521'))],
    ['RSA, JWK', { ...keys.rsa.jwk, n: otherRsa.n ?? '' }],
    ['RSA, PKCS#8', withPublicPart(keys.rsa, { n: otherRsa.n ?? '' })],
    ['Ed25519, JWK', { ...keys.ed25519.jwk, x: otherEd25519.x ?? '' }],
  ])('refuses a damaged key: %s, whose parts belong to different keys', async (_, key) => {
    const error = await errorOf(importSigner(key));
    expect(error).toBeInstanceOf(AcmeInputError);
    for (const part of secretsOf(keys.rsa.jwk)) expect(printed(error)).not.toContain(part);
  });

  it('says of a damaged key what is wrong with it', async () => {
    const mixedUp = { ...keys.rsa.jwk, n: otherRsa.n ?? '' };
    expect(await errorOf(importSigner(mixedUp))).toMatchObject({ message: expect.stringMatching(/damaged, .*backup/) });
  });
});

describe('the private key', () => {
  it.each(algorithms)('%s: is in nothing that is printed of a signer', async (alg) => {
    const { jwk, pkcs8 } = keysFor[alg];
    const generated = await once(generateSigner(alg));
    const exported = await once(generated.exportPem());
    const cases: [AcmeSigner, JWK][] = [
      [generated, createPrivateKey(exported).export({ format: 'jwk' }) as JWK],
      [await once(importSigner(jwk)), jwk],
      [await once(importSigner(pkcs8)), jwk],
    ];
    for (const [signer, secret] of cases) {
      const shown = printed(signer);
      expect(shown).toContain(secret.x ?? secret.n);
      for (const part of secretsOf(secret)) expect(shown).not.toContain(part);
    }
  });

  it.each(algorithms)('%s: cannot be extracted from an imported signer', async (alg) => {
    const sign = vi.spyOn(globalThis.crypto.subtle, 'sign');
    onTestFinished(() => sign.mockRestore());
    for (const key of [keysFor[alg].jwk, keysFor[alg].pkcs8])
      expect(await signs(await once(importSigner(key)))).toBe(true);
    // Once to try the key, once for us.
    expect(sign.mock.calls.map(([, { extractable }]) => extractable)).toEqual([false, false, false, false]);
  });

  it('has no export on an imported signer', async () => {
    expect(Object.keys(await once(importSigner(keys.p256.pkcs8)))).toEqual(['alg', 'publicJwk', 'sign']);
  });
});

describe('cryptoKeySigner', () => {
  it.each([
    ['ES256', { name: 'ECDSA', namedCurve: 'P-256' }],
    ['ES384', { name: 'ECDSA', namedCurve: 'P-384' }],
    ['ES512', { name: 'ECDSA', namedCurve: 'P-521' }],
    ['EdDSA', { name: 'Ed25519' }],
    [
      'RS256',
      { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', modulusLength: 2048, publicExponent: Uint8Array.of(1, 0, 1) },
    ],
  ])('%s: signs with a key that cannot be extracted', async (alg, parameters) => {
    const pair = (await webcrypto.subtle.generateKey(parameters, false, ['sign', 'verify'])) as webcrypto.CryptoKeyPair;
    const publicJwk = await exportJWK(pair.publicKey);
    const signer = cryptoKeySigner(alg, pair.privateKey, { ...publicJwk, key_ops: ['verify'], ext: true });
    expect(await signs(signer)).toBe(true);
    expect(Object.keys(signer.publicJwk)).not.toContain('ext');
  });

  it.each<[string, JWK, RegExp]>([
    ['ES256', keys.rsa.jwk, /ES256 needs a key of type EC P-256/],
    ['ES256', keys.p384.jwk, /ES256 needs a key of type EC P-256/],
    ['RS256', keys.p256.jwk, /RS256 needs a key of type RSA/],
    ['EdDSA', keys.p256.jwk, /EdDSA needs a key of type OKP Ed25519/],
    ['EdDSA', rfc8037EdKey, /EdDSA needs a CryptoKey for Ed25519, this one is for ECDSA P-256/],
    ['PS256', keys.rsa.jwk, /"PS256" is not one of ES256, ES384, ES512, RS256, EdDSA; for others write an AcmeSigner/],
    ['ES256', { kty: 'EC', crv: 'P-256' }, /lacks x, y/],
  ])('throws where the key does not fit: %s', async (alg, jwk, expected) => {
    const { privateKey } = await webcrypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign']);
    expect(() => cryptoKeySigner(alg, privateKey, jwk)).toThrow(TypeError);
    expect(() => cryptoKeySigner(alg, privateKey, jwk)).toThrow(expected);
  });

  it.each<[string, object, readonly KeyUsage[], 'privateKey' | 'publicKey', RegExp]>([
    [
      'for another hash',
      { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-512' },
      ['sign'],
      'privateKey',
      /for RSASSA-PKCS1-v1_5 SHA-256, this one is for RSASSA-PKCS1-v1_5 SHA-512/,
    ],
    [
      'for another padding',
      { name: 'RSA-PSS', hash: 'SHA-256' },
      ['sign'],
      'privateKey',
      /this one is for RSA-PSS SHA-256/,
    ],
    [
      'that is public',
      { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
      ['sign', 'verify'],
      'publicKey',
      /private key with the usage "sign"/,
    ],
  ])('throws on a key %s', async (_, parameters, usages, which, expected) => {
    const rsa = { modulusLength: 2048, publicExponent: Uint8Array.of(1, 0, 1), ...parameters };
    const pair = (await webcrypto.subtle.generateKey(rsa as never, true, usages)) as never as webcrypto.CryptoKeyPair;
    const jwk = await exportJWK(pair.publicKey);
    expect(() => cryptoKeySigner('RS256', pair[which], jwk)).toThrow(TypeError);
    expect(() => cryptoKeySigner('RS256', pair[which], jwk)).toThrow(expected);
  });
});

describe('importSigner, whatever it is given', () => {
  const settles = async (key: string | JWK): Promise<void> => {
    const [outcome] = await Promise.allSettled([firstValueFrom(importSigner(key))]);
    if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(AcmeInputError);
  };

  /** Some octets of a key changed, left out or put in. */
  const change = fc.record({
    at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
    remove: fc.nat(3),
    insert: fc.uint8Array({ maxLength: 3 }),
  });
  const changed = (bytes: Buffer, changes: readonly { at: number; remove: number; insert: Uint8Array }[]): Buffer =>
    changes.reduce((now, { at, remove, insert }) => {
      const from = Math.floor(at * now.length);
      return Buffer.concat([now.subarray(0, from), insert, now.subarray(from + remove)]);
    }, bytes);
  const der = (pem: string) => Buffer.from(pem.replace(/-----.*-----|\s/g, ''), 'base64');
  const asPem = (bytes: Buffer) =>
    `-----BEGIN PRIVATE KEY-----\n${bytes.toString('base64')}\n-----END PRIVATE KEY-----\n`;
  const anyPem = fc.constantFrom(
    ...Object.values(keysFor).map(({ pkcs8 }) => pkcs8),
    keys.secp256k1.pkcs8,
    keys.p256.sec1,
  );

  it('errors with nothing but AcmeInputError on PEM whose DER is changed', () =>
    fc.assert(
      fc.asyncProperty(anyPem, fc.array(change, { minLength: 1, maxLength: 4 }), (pem, changes) =>
        settles(asPem(changed(der(pem), changes))),
      ),
      { numRuns: 300 },
    ));

  it('errors with nothing but AcmeInputError on PEM whose text is changed', () =>
    fc.assert(
      fc.asyncProperty(anyPem, fc.array(change, { minLength: 1, maxLength: 4 }), (pem, changes) =>
        settles(changed(Buffer.from(pem), changes).toString('latin1')),
      ),
      { numRuns: 200 },
    ));

  it('errors with nothing but AcmeInputError on any text', () =>
    fc.assert(fc.asyncProperty(fc.string(), settles), { numRuns: 200 }));

  it('errors with nothing but AcmeInputError on JWKs whose members are changed', () => {
    const value = fc.oneof(
      fc.string(),
      fc.base64String(),
      fc.constantFrom('EC', 'RSA', 'OKP', 'P-256', 'P-384', 'P-521', 'Ed25519', 'ES256', 'EdDSA'),
    );
    const members = fc.dictionary(
      fc.constantFrom(
        'kty',
        'crv',
        'x',
        'y',
        'd',
        'n',
        'e',
        'p',
        'q',
        'dp',
        'dq',
        'qi',
        'alg',
        'use',
        'key_ops',
        'ext',
      ),
      fc.option(value, { nil: undefined }),
      { minKeys: 1, maxKeys: 3 },
    );
    return fc.assert(
      fc.asyncProperty(fc.constantFrom(...Object.values(keysFor).map(({ jwk }) => jwk)), members, (jwk, more) =>
        settles({ ...jwk, ...more } as JWK),
      ),
      { numRuns: 300 },
    );
  });
});

function spki(pkcs8: string): string {
  return createPublicKey(createPrivateKey(pkcs8) as KeyObject)
    .export({ type: 'spki', format: 'pem' })
    .toString();
}

function publicKeyOn(namedCurve: string): JWK {
  return generateKeyPairSync('ec', { namedCurve }).publicKey.export({ format: 'jwk' }) as JWK;
}

/** A key in PKCS#8 that says that its public part is another key's. */
function withPublicPart({ pkcs8, jwk }: { pkcs8: string; jwk: JWK }, { x, y, n }: Partial<JWK>): string {
  const hex = (part = '') => Buffer.from(part, 'base64url').toString('hex');
  let body = Buffer.from(pkcs8.replace(/-----.*-----|\s/g, ''), 'base64').toString('hex');
  for (const [from, to] of [
    [jwk.x, x],
    [jwk.y, y],
    [jwk.n, n],
  ]) {
    if (to === undefined) continue;
    expect(body).toContain(hex(from));
    body = body.replace(hex(from), hex(to));
  }
  return `-----BEGIN PRIVATE KEY-----\n${Buffer.from(body, 'hex').toString('base64')}\n-----END PRIVATE KEY-----\n`;
}
