import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { concatMap, defer, EMPTY, map, type Observable, of, tap } from 'rxjs';
import {
  type AcmeSigner,
  type CertificateIssued,
  generateSigner,
  importCertificateKey,
  importSigner,
  type KeyStore,
} from 'rxacme';

/** Writes a file so that it is there whole or not at all. */
export function writeWhole(file: string, content: string, mode: number): void {
  const temporary = `${file}.${process.pid}.tmp`;
  try {
    writeFileSync(temporary, content, { mode, flag: 'wx' });
    renameSync(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/** The files of one certificate, in one folder. */
export class CertificateFolder {
  readonly chain: string;
  readonly key: string;
  /** The key of an order that has not come to its end. The one in use stays until there is a certificate for it. */
  readonly #pendingKey: string;

  constructor(readonly folder: string) {
    mkdirSync(folder, { recursive: true });
    this.chain = resolve(folder, 'fullchain.pem');
    this.key = resolve(folder, 'privkey.pem');
    this.#pendingKey = resolve(folder, 'privkey.pending.pem');
  }

  /** Keeps the key of an order that is about to be finalized, for `--resume`. */
  readonly keyStore: KeyStore = {
    save: (_, key) =>
      key.exportPem().pipe(
        tap((pem) => {
          writeWhole(this.#pendingKey, pem, 0o600);
        }),
      ),
    load: () =>
      defer(() =>
        existsSync(this.#pendingKey) ? importCertificateKey(readFileSync(this.#pendingKey, 'utf8')) : EMPTY,
      ),
  };

  /** Puts the new chain and key in place of the old ones. */
  write({ certificate, key }: CertificateIssued): Observable<void> {
    const pem = key === undefined ? EMPTY : key.exportPem();
    return pem.pipe(
      map((text) => {
        writeWhole(this.key, text, 0o600);
        writeWhole(this.chain, certificate.chainPem, 0o644);
        rmSync(this.#pendingKey, { force: true });
      }),
    );
  }
}

/** Reads the account's key, or makes it and keeps it before anybody can have used it. */
export function accountSigner(folder: string, file = join(folder, 'account.pem')): Observable<AcmeSigner> {
  if (existsSync(file)) return importSigner(readFileSync(file, 'utf8'));
  return generateSigner('ES256').pipe(
    concatMap((signer) =>
      signer.exportPem().pipe(
        tap((pem) => {
          writeWhole(file, pem, 0o600);
        }),
        concatMap(() => of(signer)),
      ),
    ),
  );
}
