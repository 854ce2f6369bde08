import { firstValueFrom, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { AcmePortError } from '../../lib/model/errors/port-error.js';
import { type DnsPersistAccount, dnsPersistAccountUri } from '../../lib/solvers/dns-persist-account.js';
import { covers } from '../support/covers.js';

covers('dnsPersist01');

/** That of RFC 7638 §3.1. */
const thumbprint = 'NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs';
const accountHashPrefix = 'https://ca.example/account-hash/';
const account = { accountHashPrefix, accountUrl: 'https://ca.example/acct/123', thumbprint, domain: 'example.com' };
const uri = (changed: Partial<DnsPersistAccount> = {}) =>
  firstValueFrom(dnsPersistAccountUri({ ...account, ...changed }));

describe('dnsPersistAccountUri', () => {
  it('draft-ietf-acme-dns-persist-02 §10.2, its own example', async () => {
    expect(await uri()).toBe(`${accountHashPrefix}sha-256/5SQm7n6tPh2-PlLbCKGnViTXX5z19SCN4cPGQHSk-kw`);
  });

  it('draft-ietf-acme-dns-persist-02 §10.2, its example for any domain', async () => {
    expect(await uri({ domain: '*' })).toBe(`${accountHashPrefix}sha-256/NpDnSwUthQK8zCgFdefYxAdAVPnygMLbs9US6oO-5ug`);
  });

  it('is the same for a name however it is written, and for its wildcard', async () => {
    const same = await Promise.all(['EXAMPLE.com.', '*.example.com', 'example.com'].map((domain) => uri({ domain })));
    expect(new Set(same).size).toBe(1);
  });

  it('counts the octets of a long name in one octet', async () => {
    const domain = `${`${'a'.repeat(60)}.`.repeat(4)}example`;
    const seen: Uint8Array[] = [];
    await firstValueFrom(
      dnsPersistAccountUri({ ...account, domain }, (octets) => (seen.push(octets), [new Uint8Array(32)])),
    );
    expect(seen[0]?.[0]).toBe(251);
    expect(seen[0]).toHaveLength(1 + 251 + 43 + account.accountUrl.length);
  });

  it.each<[string, Partial<DnsPersistAccount>]>([
    ['accountHashPrefix', { accountHashPrefix: 'account-hash/' }],
    ['accountUrl', { accountUrl: '' }],
    ['thumbprint', { thumbprint: `${thumbprint}=` }],
    ['a b', { domain: 'a b' }],
  ])('throws TypeError that names %s', (name, changed) => {
    expect(() => dnsPersistAccountUri({ ...account, ...changed })).toThrow(TypeError);
    expect(() => dnsPersistAccountUri({ ...account, ...changed })).toThrow(name);
  });

  it('errors where the digest fails', async () => {
    const uri$ = dnsPersistAccountUri(account, () => throwError(() => new Error('no digest')));
    await expect(firstValueFrom(uri$)).rejects.toBeInstanceOf(AcmePortError);
  });
});
