import { inspect } from 'node:util';
import { createHmac } from 'node:crypto';
import { EMPTY, firstValueFrom, of, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { AcmePortError, externalAccountBinding, type PublicJwk, requiresExternalAccount } from '../../lib/index.js';
import { covers } from '../support/covers.js';
import { computedBindings, pebbleBinding } from '../vectors/external-account.js';
import { rfc7515EcKey, rfc7515Hs256 } from '../vectors/signing.js';

covers('externalAccount');

const url = 'https://example.com/acme/new-account';
const macKey = rfc7515Hs256.key;
const bytes = Buffer.from(macKey, 'base64url');
const signer = { publicJwk: rfc7515EcKey as PublicJwk };
const bound = async (
  binding: ReturnType<typeof externalAccountBinding>,
  to = url,
  key: { publicJwk: PublicJwk } = signer,
) => {
  const request = await firstValueFrom(
    of({ url: to, payload: { contact: [] }, recovery: 'never' }).pipe(binding.bind(key)),
  );
  expect(request).toMatchObject({ url: to, payload: { contact: [] }, recovery: 'never' });
  return (request.payload as { externalAccountBinding?: unknown }).externalAccountBinding;
};

describe('externalAccountBinding', () => {
  it.each(computedBindings)('%s with the keys of RFC 7515 A.1 and A.3, octet for octet', async (alg, expected) => {
    expect(await bound(externalAccountBinding({ keyId: 'kid-1', macKey, alg }))).toEqual(expected);
    const hash = alg.replace('HS', 'sha');
    const sign = (input: Uint8Array) => of(createHmac(hash, bytes).update(input).digest());
    expect(await bound(externalAccountBinding({ keyId: 'kid-1', alg, sign }))).toEqual(expected);
  });

  it('as Pebble took it, octet for octet', async () => {
    const binding = externalAccountBinding({ keyId: pebbleBinding.keyId, macKey: pebbleBinding.macKey });
    expect(await bound(binding, pebbleBinding.url, pebbleBinding)).toEqual(pebbleBinding.jws);
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
    for (const binding of bindings) expect(await bound(binding)).toEqual(computedBindings[0][1]);
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
