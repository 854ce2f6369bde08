import { inspect } from 'node:util';
import { createHmac } from 'node:crypto';
import { EMPTY, firstValueFrom, of, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { AcmePortError, externalAccountBinding, type PublicJwk, requiresExternalAccount } from '../../lib/index.js';
import { rfc7515EcKey, rfc7515Hs256 } from '../vectors/signing.js';

const url = 'https://example.com/acme/new-account';
const macKey = rfc7515Hs256.key;
const bytes = Buffer.from(macKey, 'base64url');
const signer = { publicJwk: rfc7515EcKey as PublicJwk };
const payload =
  'eyJjcnYiOiJQLTI1NiIsImt0eSI6IkVDIiwieCI6ImY4M09KM0QyeEYxQmc4dnViOXRMZTFnSE16Vjc2ZThUdXM5dVBIdlJWRVUiLCJ5IjoieF9GRXpSdTltMzZITE5fdHVlNjU5TE5wWFc2cEN5U3Rpa1lqS0lXSTVhMCJ9';

const vectors = [
  [
    'HS256',
    'eyJhbGciOiJIUzI1NiIsImtpZCI6ImtpZC0xIiwidXJsIjoiaHR0cHM6Ly9leGFtcGxlLmNvbS9hY21lL25ldy1hY2NvdW50In0',
    'QuZg1lKPrYwiYgptNJaaFxhg9jPemMxfmbk5B7ATSYE',
  ],
  [
    'HS384',
    'eyJhbGciOiJIUzM4NCIsImtpZCI6ImtpZC0xIiwidXJsIjoiaHR0cHM6Ly9leGFtcGxlLmNvbS9hY21lL25ldy1hY2NvdW50In0',
    'x0CV_fwAR3Jhseh6qnmGPKtU1ZYlZWFDHxieKyVPyxiwNQ3VoYquQT0F-2xyOQAt',
  ],
  [
    'HS512',
    'eyJhbGciOiJIUzUxMiIsImtpZCI6ImtpZC0xIiwidXJsIjoiaHR0cHM6Ly9leGFtcGxlLmNvbS9hY21lL25ldy1hY2NvdW50In0',
    'dSg8ZuOH_S5uB2QIeHyGr4sQ9ngcF1nsiFQxExZQLnpOXK0gMtOJ0dw3ZYprDZezu0oz0gD-g4VhBAS_jYugjw',
  ],
] as const;

const bound = async (binding: ReturnType<typeof externalAccountBinding>, to = url, key = signer) => {
  const request = await firstValueFrom(
    of({ url: to, payload: { contact: [] }, recovery: 'never' }).pipe(binding.bind(key)),
  );
  expect(request).toMatchObject({ url: to, payload: { contact: [] }, recovery: 'never' });
  return (request.payload as { externalAccountBinding?: unknown }).externalAccountBinding;
};

describe('externalAccountBinding', () => {
  it.each(vectors)('%s, octet for octet', async (alg, header, signature) => {
    const expected = { protected: header, payload, signature };
    expect(await bound(externalAccountBinding({ keyId: 'kid-1', macKey, alg }))).toEqual(expected);
    const hash = alg.replace('HS', 'sha');
    const sign = (input: Uint8Array) => of(createHmac(hash, bytes).update(input).digest());
    expect(await bound(externalAccountBinding({ keyId: 'kid-1', alg, sign }))).toEqual(expected);
  });

  it('as a server took it', async () => {
    const key = 'zWNDZM6eQGHWpSRTPal5eIUYFTu7EajVIoguysqZ9wG44nMEtx3MUAsUDkMTQ12W';
    const publicJwk = {
      kty: 'EC',
      crv: 'P-256',
      x: 'z8snKKk3CxS5v6xDW-7uJISyRO2eGE7OpoMVrMCjrEo',
      y: 'qDdNf7uu6CGTbU2jjiYgvt9QU29sYYYksjaTRTTqYZE',
    };
    const binding = externalAccountBinding({ keyId: 'kid-1', macKey: key });
    expect(await bound(binding, 'https://127.0.0.1:24110/sign-me-up', { publicJwk })).toMatchObject({
      protected: 'eyJhbGciOiJIUzI1NiIsImtpZCI6ImtpZC0xIiwidXJsIjoiaHR0cHM6Ly8xMjcuMC4wLjE6MjQxMTAvc2lnbi1tZS11cCJ9',
      signature: 'CcUZWWtZ995x52x4H7nTBIfpZLE5J89hdYIcuuObthc',
    });
  });

  it('takes the key in every base64 form, and as bytes that it copies', async () => {
    const copied = Uint8Array.from(bytes);
    const standard = bytes.toString('base64');
    const forms = [
      macKey,
      `${macKey}==`,
      standard,
      standard.replace(/=+$/, ''),
      ` ${standard.slice(0, 40)}\n${standard.slice(40)} `,
      copied,
    ];
    const bindings = forms.map((form) => externalAccountBinding({ keyId: 'kid-1', macKey: form }));
    copied.fill(0);
    for (const binding of bindings) expect(await bound(binding)).toMatchObject({ signature: vectors[0][2] });
  });

  it.each([
    ['a key of 15 bytes', { keyId: 'k', macKey: Buffer.alloc(15, 7).toString('base64url') }],
    ['15 bytes', { keyId: 'k', macKey: new Uint8Array(15) }],
    ['no base64', { keyId: 'k', macKey: 'sécret-sécret-sécret-sécret' }],
    ['no key', { keyId: 'k' }],
    ['another algorithm', { keyId: 'k', macKey, alg: 'ES256' }],
    ['no identifier', { keyId: '', macKey }],
    ['a sign that is no function', { keyId: 'k', sign: 1 }],
  ])('throws TypeError on %s, and does not show it', (_, options) => {
    let error: unknown;
    try {
      externalAccountBinding(options as never);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(TypeError);
    expect(String(error)).toMatch(/^TypeError: externalAccountBinding: (macKey|alg|keyId|sign)/);
    expect(String(error)).not.toMatch(/BwcH|sécret/);
  });

  it('takes 16 bytes', () => {
    expect(externalAccountBinding({ keyId: 'k', macKey: new Uint8Array(16) })).toMatchObject({
      keyId: 'k',
      alg: 'HS256',
    });
  });

  it('does not show the key', () => {
    const binding = externalAccountBinding({ keyId: 'kid-1', macKey });
    const shown = inspect(binding, { depth: 9, showHidden: true }) + JSON.stringify(binding) + String(binding);
    expect(shown).not.toContain(macKey.slice(0, 8));
    expect(shown).not.toMatch(/03, 23, 35|<Buffer|Uint8Array/);
  });

  it('errors with AcmePortError where the MAC cannot be made', async () => {
    for (const sign of [() => throwError(() => new Error('the HSM is locked')), () => EMPTY]) {
      await expect(bound(externalAccountBinding({ keyId: 'k', sign }))).rejects.toBeInstanceOf(AcmePortError);
    }
  });
});

it('requiresExternalAccount says what the directory says', () => {
  const meta = { caaIdentities: [], profiles: {} };
  expect(requiresExternalAccount({ meta: { ...meta, externalAccountRequired: true } })).toBe(true);
  expect(requiresExternalAccount({ meta: { ...meta, externalAccountRequired: false } })).toBe(false);
});
