import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createPrivateKey } from 'node:crypto';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { firstValueFrom, from, lastValueFrom, throwError, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  AcmeInputError,
  type CertificateKey,
  generateCertificateKey,
  obtainCertificate,
  resumeOrder,
  toCertificate,
} from '../../lib/index.js';
import { fileKeyStore } from '../../lib/node/index.js';
import { fakeCa, testAccount } from '../../lib/testing/index.js';
import { contentOf, scratch } from './folder.js';
import { done } from '../support/done.js';

const orderUrl = 'https://ca.example/order/1?a=../../b';
const made = (keyType: 'P-256' | 'Ed25519' = 'P-256') => firstValueFrom(generateCertificateKey(keyType));
const load = (folder: string, url = orderUrl) => done(fileKeyStore(folder).load?.(url) ?? []);

describe('fileKeyStore', () => {
  it('keeps keys for this user only, and gives back the very key', async () => {
    const folder = join(scratch(), 'keys');
    const key = await made();
    expect(await load(folder)).toEqual([]);
    await done(fileKeyStore(folder).save(orderUrl, key));
    const [name] = readdirSync(folder);
    const file = join(folder, name ?? '');
    const mode = (path: string) => (statSync(path).mode & 0o777).toString(8);
    expect([mode(folder), mode(file), name]).toEqual(['700', '600', expect.stringMatching(/^[\da-f]{64}\.pem$/)]);
    const [read] = await load(folder);
    expect(read?.publicKey).toEqual(key.publicKey);
    expect(await firstValueFrom((read as CertificateKey).exportPem())).toBe(await firstValueFrom(key.exportPem()));
    expect(await load(folder, `${orderUrl}/2`)).toEqual([]);
    expect(contentOf(join(folder, '..'))).toHaveLength(2);
  });

  it('says in the file whose key it is, and other programs read it', async () => {
    const folder = scratch();
    await done(fileKeyStore(folder).save(orderUrl, await made('Ed25519')));
    const text = readFileSync(join(folder, readdirSync(folder)[0] ?? ''), 'utf8');
    expect(text.split('\n')[0]).toBe(`Order: "${orderUrl}"`);
    expect(createPrivateKey(text).asymmetricKeyType).toBe('ed25519');
  });

  it('replaces the key of an order', async () => {
    const folder = scratch();
    const [first, second] = [await made(), await made()];
    await done(fileKeyStore(folder).save(orderUrl, first));
    await done(fileKeyStore(folder).save(orderUrl, second));
    expect((await load(folder))[0]?.publicKey).toEqual(second.publicKey);
    expect(readdirSync(folder)).toHaveLength(1);
  });

  it('names what cannot be read, and shows no key', async () => {
    const folder = scratch();
    const key = await made();
    await done(fileKeyStore(folder).save(orderUrl, key));
    const file = join(folder, readdirSync(folder)[0] ?? '');
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.slice(0, text.length - 40));
    const error = await load(folder).catch((each: unknown) => each);
    expect(error).toBeInstanceOf(AcmeInputError);
    expect((error as Error).message).toContain(`${file}: `);
    expect(inspect(error, { depth: 12 })).not.toContain(text.split('\n')[2]?.slice(0, 20));
  });

  it('errors as a key store', async () => {
    const file = join(scratch(), 'file');
    writeFileSync(file, '');
    await expect(load(file)).rejects.toMatchObject({ code: 'port', port: 'keyStore' });
    const opaque = { ...(await made()), exportPem: () => throwError(() => new Error('it stays in its device')) };
    await expect(done(fileKeyStore(scratch()).save(orderUrl, opaque))).rejects.toThrow('it stays in its device');
    expect(() => fileKeyStore('')).toThrow(TypeError);
  });

  it('has the key before the order is finalized, and when the order is resumed', async () => {
    const folder = scratch();
    const keyStore = fileKeyStore(folder);
    const ca = fakeCa({ issuance: { delayMs: 50 } });
    const account = testAccount(ca);
    const solver = { types: ['http-01'], present: () => [], cleanUp: () => [] };
    const key = await made();
    const options = { identifiers: ['example.org'], solvers: [solver], keyStore, key };
    const before = obtainCertificate(account, options);
    const seen = await lastValueFrom(from(before).pipe(toArray()));
    const stored = seen.findIndex(({ type }) => type === 'key-stored');
    expect(stored).toBeGreaterThan(0);
    expect(stored).toBeLessThan(seen.findIndex(({ type }) => type === 'order-finalized'));
    const url = seen[0]?.orderUrl ?? '';
    const resumed = await firstValueFrom(resumeOrder(account, url, { solvers: [], keyStore }).pipe(toCertificate()));
    expect(resumed.key?.publicKey).toEqual(key.publicKey);
  });
});
