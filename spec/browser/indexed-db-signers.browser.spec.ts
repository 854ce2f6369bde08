import { firstValueFrom, forkJoin, lastValueFrom, Subscription, toArray } from 'rxjs';
import { afterEach, describe, expect, inject, it, vi } from 'vitest';
import { indexedDbSigners } from '../../lib/browser/index.js';
import { acmeSession, AcmeInputError, AcmePortError, type AcmeSigner, newAccount } from '../../lib/index.js';
import { verifySignature } from '../../lib/signing/verify-signature.js';
import { covers } from '../support/covers.js';

covers('accountKeys');

let count = 0;
const used: string[] = [];
/** A database that no other spec knows. */
const fresh = () => {
  const database = `rxacme-spec-${++count}-${Math.random()}`;
  used.push(database);
  return database;
};
afterEach(() => {
  vi.restoreAllMocks();
  for (const database of used.splice(0)) indexedDB.deleteDatabase(database);
});

const works = async ({ alg, publicJwk, sign }: AcmeSigner) => {
  const input = new TextEncoder().encode('input');
  return verifySignature(alg, publicJwk, input, (await sign(input)) as Uint8Array);
};
/** What a database holds, read without rxacme. */
const stored = (database: string) =>
  new Promise<{ name: string; privateKey: CryptoKey }[]>((resolve, reject) => {
    const opening = indexedDB.open(database);
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const all = opening.result.transaction('signers').objectStore('signers').getAll();
      all.onsuccess = () => {
        opening.result.close();
        resolve(all.result);
      };
    };
  });

/** Acts on each request that adds a key, or writes these members in its place. */
const whenAdding = (act: (request: IDBRequest) => unknown, members?: object) => {
  const { add } = IDBObjectStore.prototype;
  vi.spyOn(IDBObjectStore.prototype, 'add').mockImplementation(function (this: IDBObjectStore, value: object) {
    const { name } = value as { name: string };
    const request = add.call(this, members === undefined ? value : { name, ...members });
    act(request);
    return request;
  });
};

describe('indexedDbSigners', () => {
  it.each(['ES256', 'ES384', 'ES512', 'RS256', 'EdDSA'] as const)('keeps a key for %s', async (alg) => {
    const database = fresh();
    const made = await firstValueFrom(indexedDbSigners({ database }).generate('a', alg));
    const found = await firstValueFrom(indexedDbSigners({ database }).find('a'));
    expect([made.alg, found.alg, found.publicJwk]).toEqual([alg, alg, made.publicJwk]);
    expect([await works(made), await works(found)]).toEqual([true, true]);
  });

  it('has a key outlive its page', async () => {
    const database = fresh();
    const { publicJwk } = await firstValueFrom(indexedDbSigners({ database }).generate('a'));
    // A page of its own, and with it connections and keys that know nothing of the ones here.
    const frame = document.createElement('iframe');
    document.body.append(frame);
    const { indexedDB: elsewhere } = frame.contentWindow as Window & typeof globalThis;
    const found = await firstValueFrom(indexedDbSigners({ database, indexedDB: elsewhere }).find('a'));
    expect([found.publicJwk, await works(found)]).toEqual([publicJwk, true]);
    frame.remove();
    expect(await works(await firstValueFrom(indexedDbSigners({ database }).find('a')))).toBe(true);
  });

  it('lets nobody export a key', async () => {
    const database = fresh();
    const signer = await firstValueFrom(indexedDbSigners({ database }).generate('a'));
    expect(signer).not.toHaveProperty('exportPem');
    expect(JSON.stringify(signer)).not.toContain('"d"');
    const [record] = await stored(database);
    expect(record?.privateKey.extractable).toBe(false);
    for (const format of ['jwk', 'pkcs8'] as const) {
      await expect(crypto.subtle.exportKey(format, record?.privateKey as CryptoKey)).rejects.toThrow();
    }
  });

  it('completes where there is no key, and makes one where that is wanted', async () => {
    const signers = indexedDbSigners({ database: fresh() });
    expect(await lastValueFrom(signers.find('a'), { defaultValue: 'none' })).toBe('none');
    const made = await firstValueFrom(signers.findOrGenerate('a'));
    expect((await firstValueFrom(signers.findOrGenerate('a'))).publicJwk).toEqual(made.publicJwk);
  });

  it('gives pages that ask at the same time the same key', async () => {
    const database = fresh();
    const page = () => indexedDbSigners({ database }).findOrGenerate('a');
    const signers = await firstValueFrom(forkJoin([page(), page(), page()]));
    expect(new Set(signers.map(({ publicJwk }) => publicJwk.x)).size).toBe(1);
    expect(await Promise.all(signers.map(works))).toEqual([true, true, true]);
  });

  it('does not write over a key', async () => {
    const signers = indexedDbSigners({ database: fresh() });
    const { publicJwk } = await firstValueFrom(signers.generate('a'));
    await expect(firstValueFrom(signers.generate('a'))).rejects.toBeInstanceOf(AcmeInputError);
    expect((await firstValueFrom(signers.find('a'))).publicJwk).toEqual(publicJwk);
  });

  it('lists what is there, and deletes it', async () => {
    const signers = indexedDbSigners({ database: fresh() });
    const names = () => firstValueFrom(signers.list().pipe(toArray())).then((all) => all.map(({ name }) => name));
    const { publicJwk } = await firstValueFrom(signers.generate('b', 'ES384'));
    await firstValueFrom(signers.generate('a'));
    expect(await firstValueFrom(signers.list().pipe(toArray()))).toMatchObject([
      { name: 'a', alg: 'ES256' },
      { name: 'b', alg: 'ES384', publicJwk },
    ]);
    expect(await names()).toEqual(['a', 'b']);
    for (const name of ['a', 'a', 'never there']) {
      expect(await lastValueFrom(signers.delete(name), { defaultValue: 'done' })).toBe('done');
    }
    expect(await names()).toEqual(['b']);
  });

  it('does nothing before it is subscribed', async () => {
    const database = fresh();
    const signers = indexedDbSigners({ database });
    void [signers.find('a'), signers.generate('a'), signers.findOrGenerate('a'), signers.list(), signers.delete('a')];
    expect((await indexedDB.databases()).map(({ name }) => name)).not.toContain(database);
  });

  it('takes back a key that is being written when it is unsubscribed', async () => {
    const database = fresh();
    const run = new Subscription();
    const ended = new Promise((resolve) => {
      whenAdding((request) => {
        request.transaction?.addEventListener('abort', () => resolve('aborted'));
        request.transaction?.addEventListener('complete', () => resolve('complete'));
        queueMicrotask(() => run.unsubscribe());
      });
    });
    run.add(indexedDbSigners({ database }).generate('a').subscribe());
    expect(await ended).toBe('aborted');
    expect(await stored(database)).toEqual([]);
  });

  it('may be left while what it wrote is being committed', async () => {
    const run = new Subscription();
    const left = new Promise((resolve, reject) => {
      whenAdding((request) => {
        const leave = () => {
          try {
            run.unsubscribe();
            resolve('left');
          } catch (error) {
            reject(error);
          }
        };
        request.transaction?.addEventListener('complete', leave, { capture: true });
      });
    });
    run.add(indexedDbSigners({ database: fresh() }).generate('a').subscribe());
    expect(await left).toBe('left');
  });

  it('emits no key whose transaction is aborted in the end', async () => {
    whenAdding((request) => request.addEventListener('success', () => request.transaction?.abort()));
    const made$ = indexedDbSigners({ database: fresh() }).generate('a');
    await expect(firstValueFrom(made$)).rejects.toBeInstanceOf(AcmePortError);
  });

  it('has a key on disk before it emits it', async () => {
    const durabilities: unknown[] = [];
    whenAdding(({ transaction }) => durabilities.push(transaction?.durability));
    await firstValueFrom(indexedDbSigners({ database: fresh() }).generate('a'));
    expect(durabilities).toEqual(['strict']);
  });

  it('leaves no connection open', async () => {
    const database = fresh();
    await firstValueFrom(indexedDbSigners({ database }).generate('a'));
    const outcome = await new Promise((resolve) => {
      const deleting = indexedDB.deleteDatabase(database);
      deleting.onblocked = () => resolve('blocked');
      deleting.onsuccess = () => resolve('deleted');
    });
    expect(outcome).toBe('deleted');
  });

  it.each<[string, object]>([
    ['no key', {}],
    ['a key that cannot sign', { alg: 'ES256', privateKey: 'text', publicJwk: {} }],
    ['an algorithm that is none', { alg: 'none', publicJwk: { kty: 'EC' } }],
  ])('says that the store failed where it holds %s', async (_, members) => {
    const signers = indexedDbSigners({ database: fresh() });
    whenAdding(() => undefined, members);
    await firstValueFrom(signers.generate('a'));
    for (const found$ of [signers.find('a'), signers.findOrGenerate('a')]) {
      const error = await firstValueFrom(found$).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(AcmePortError);
      expect(error).toMatchObject({ port: 'keyStore' });
    }
  });

  it('says that the store failed where it is another one', async () => {
    const database = fresh();
    await new Promise((resolve) => {
      indexedDB.open(database, 7).onsuccess = (event) => {
        (event.target as IDBOpenDBRequest).result.close();
        resolve(undefined);
      };
    });
    const error = await firstValueFrom(indexedDbSigners({ database }).find('a')).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(AcmePortError);
    expect(error).toMatchObject({ port: 'keyStore', cause: { name: 'VersionError' } });
  });

  it('has a page that comes back know its account', async () => {
    const database = fresh();
    const account = async () => {
      const signer = await firstValueFrom(indexedDbSigners({ database }).findOrGenerate('acme'));
      const session = acmeSession({ directoryUrl: inject('directoryUrl') });
      return lastValueFrom(newAccount(session, { signer, termsOfServiceAgreed: true }));
    };
    expect((await account()).url).toBe((await account()).url);
  });
});
