import { catchError, concatMap, defer, EMPTY, from, throwError } from 'rxjs';
import { AcmeInputError } from '../model/errors/input-error.js';
import type { KeyStore } from '../model/ports.js';
import { importCertificateKey } from '../x509/certificate-key.js';
import { DurableFolder, hashedName } from './durable-folder.js';

/**
 * Keeps the keys of certificates in a folder: one PKCS#8 PEM file for each order, named by a hash of the order's URL, which
 * stands in its first line. Each is on the disk before the order is finalized, and found again when the order is resumed.
 * Readable by this user only, not encrypted.
 *
 * Emits nothing itself, and touches nothing before it is used: the value is the key store. `save` errors with what the
 * key's `exportPem` errors with, as a key that cannot leave its device does, and with `AcmePortError`, whose `cause`
 * is the file system's error; `load` with that, too, and with {@link AcmeInputError} where the file holds no key. Cost: for
 * `save`, one file and two synchronisations with the disk. Throws `TypeError` on an empty path.
 *
 * @param folder Made when the first key is saved, for this user only. Keys stay until somebody removes them.
 *
 * @example
 * ```ts
 * const keyStore = fileKeyStore('/var/lib/app/keys');
 * const events$ = obtainCertificate(account, { identifiers: ['example.org'], solvers: [], keyStore });
 * ```
 *
 * @see RFC 5958 §2, RFC 7468 §10
 */
export function fileKeyStore(folder: string): KeyStore {
  if (typeof folder !== 'string' || folder === '') throw new TypeError('fileKeyStore: folder must be a path');
  const files = new DurableFolder(folder, 'keyStore');
  return {
    save: (orderUrl, key) =>
      key.exportPem().pipe(concatMap((pem) => files.write(nameOf(orderUrl), `${headOf(orderUrl)}${pem}`))),
    load: (orderUrl) =>
      defer(() => from(files.text(nameOf(orderUrl)))).pipe(
        concatMap((text) => (text === undefined ? EMPTY : importCertificateKey(text))),
        catchError((error: unknown) => throwError(() => namingFile(error, files.fileOf(nameOf(orderUrl))))),
      ),
  };
}

const nameOf = (orderUrl: string): string => `${hashedName(orderUrl)}.pem`;

const namingFile = (error: unknown, file: string): unknown =>
  error instanceof AcmeInputError ? new AcmeInputError(`${file}: ${error.message}`, { cause: error }) : error;

/** Text in front of a PEM block is for people. */
const headOf = (orderUrl: string): string => `Order: ${JSON.stringify(orderUrl)}\n`;
