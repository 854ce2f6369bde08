import { createHash } from 'node:crypto';
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

/** What a file is to hold, and who may read it. */
interface Content {
  readonly file: string;
  readonly text: string;
  readonly mode: number;
}

/** Writes files so that each is there whole, and all of them or none: a key without its chain is of no use. */
export function writeTogether(contents: readonly Content[]): void {
  const temporary = ({ file }: Content) => `${file}.${process.pid}.new`;
  const backup = ({ file }: Content) => `${file}.${process.pid}.old`;
  const done: Content[] = [];
  try {
    for (const each of contents) writeFileSync(temporary(each), each.text, { mode: each.mode, flag: 'wx' });
    for (const each of contents) {
      if (existsSync(each.file)) renameSync(each.file, backup(each));
      done.push(each);
      renameSync(temporary(each), each.file);
    }
  } catch (error) {
    for (const each of done) if (existsSync(backup(each))) renameSync(backup(each), each.file);
    throw error;
  } finally {
    for (const each of contents) for (const file of [temporary(each), backup(each)]) rmSync(file, { force: true });
  }
}

/** The files of one certificate, in one folder. */
export class CertificateFolder {
  readonly chain: string;
  readonly key: string;

  constructor(readonly folder: string) {
    mkdirSync(folder, { recursive: true });
    this.chain = resolve(folder, 'fullchain.pem');
    this.key = resolve(folder, 'privkey.pem');
  }

  /** Keeps the key of each order that is about to be finalized, for `--resume`; the key in use stays as it is. */
  readonly keyStore: KeyStore = {
    save: (orderUrl, key) =>
      key.exportPem().pipe(tap((text) => writeTogether([{ file: this.#pending(orderUrl), text, mode: 0o600 }]))),
    load: (orderUrl) =>
      defer(() => {
        const file = this.#pending(orderUrl);
        return existsSync(file) ? importCertificateKey(readFileSync(file, 'utf8')) : EMPTY;
      }),
  };

  /** Puts the new chain and key in place of the old ones. */
  write({ certificate, key, orderUrl }: CertificateIssued): Observable<void> {
    const text$ = key === undefined ? EMPTY : key.exportPem();
    return text$.pipe(
      map((text) => {
        writeTogether([
          { file: this.key, text, mode: 0o600 },
          { file: this.chain, text: certificate.chainPem, mode: 0o644 },
        ]);
        rmSync(this.#pending(orderUrl), { force: true });
      }),
    );
  }

  #pending(orderUrl: string): string {
    const order = createHash('sha256').update(orderUrl).digest('hex').slice(0, 12);
    return join(this.folder, `privkey.pending-${order}.pem`);
  }
}

/** Reads the account's key, or makes it and keeps it before anybody can have used it. */
export function accountSigner(folder: string, file = join(folder, 'account.pem')): Observable<AcmeSigner> {
  if (existsSync(file)) return importSigner(readFileSync(file, 'utf8'));
  return generateSigner('ES256').pipe(
    concatMap((signer) =>
      signer.exportPem().pipe(
        tap((text) => writeTogether([{ file, text, mode: 0o600 }])),
        concatMap(() => of(signer)),
      ),
    ),
  );
}
