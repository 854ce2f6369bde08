import { join, resolve } from 'node:path';
import { concat, concatMap, defer, ignoreElements, map } from 'rxjs';
import { AcmeInputError } from '../model/errors/input-error.js';
import type { ChallengeSolver, ChallengeTask } from '../model/ports.js';
import { tlsAlpnName } from '../solvers/tls-alpn01.js';
import { buildTlsAlpnCertificate, type TlsAlpnCertificateOptions } from '../x509/tls-alpn-certificate.js';
import { checkFolder, presented, withdrawn } from './file-folder.js';
import { type Reload, SharedReload } from './file-reload.js';
import { removeFile, removeUnfinished, textOf, writeWhole } from './file-write.js';

/** Options of {@link tlsAlpn01Files}. */
export interface TlsAlpn01FilesOptions extends TlsAlpnCertificateOptions {
  /** Where the files go. It must be there. */
  readonly directory: string;
  /** The name of a certificate's file; `{domain}` stands for the server name. Default: `{domain}.alpn.crt`. */
  readonly certificatePattern?: string | undefined;
  /** The name of a key's file; `{domain}` stands for the server name. Default: `{domain}.alpn.key`. */
  readonly keyPattern?: string | undefined;
  /** Tells the server that files came or went. Run after both; once for several names where they coincide. Default: nobody is told. */
  readonly reload?: Reload | undefined;
}

const slot = '{domain}';

/**
 * A solver for `tls-alpn-01` that writes files for a server: a certificate and its key, PEM, by the server name, which
 * of an IP address is its name in the reverse DNS. The key can be read by its owner only. Files of another task are left
 * alone.
 *
 * Emits nothing itself: the value is the solver. `present` errors with {@link AcmeInputError} where the folder is not
 * there, or a name would not stay in it; with the error of the file system; with that of `reload`, also in `cleanUp`, by
 * when the files are gone. `cleanUp` needs no `present`: after a crash it removes the files by its task. Unsubscribed, a
 * write or a reload that has begun comes to its end; `cleanUp` waits for that. Cost: two files and a key for each name;
 * pkijs is loaded. Throws `TypeError` on patterns that are no file names, or that are the same.
 *
 * @see RFC 8737 §3, RFC 8738 §6
 */
export function tlsAlpn01Files(options: TlsAlpn01FilesOptions): ChallengeSolver {
  const { directory, certificatePattern = `${slot}.alpn.crt`, keyPattern = `${slot}.alpn.key` } = options;
  if (typeof directory !== 'string' || directory === '')
    throw new TypeError('tlsAlpn01Files: directory must be a folder');
  checkPattern('certificatePattern', certificatePattern);
  checkPattern('keyPattern', keyPattern);
  if (certificatePattern === keyPattern)
    throw new TypeError('tlsAlpn01Files: certificatePattern and keyPattern must be two names');
  const folder = resolve(directory);
  const reload = new SharedReload(options.reload);
  const filesOf = (task: ChallengeTask) => {
    const name = fileNameOf(task);
    const file = (pattern: string) => join(folder, pattern.replaceAll(slot, name));
    return {
      certificate: file(certificatePattern),
      key: file(keyPattern),
      user: `${name} ${task.keyAuthorizationDigest}`,
    };
  };
  return {
    types: ['tls-alpn-01'],
    present: (task) =>
      defer(() => {
        const { certificate, key, user } = filesOf(task);
        return concat(
          presented(
            folder,
            user,
            buildTlsAlpnCertificate(task, options).pipe(
              concatMap((made) => made.key.exportPem().pipe(map((keyPem) => ({ ...made, keyPem })))),
              map(({ certificatePem, keyPem }) => async () => {
                await checkFolder(folder);
                // The certificate tells whose files they are: it comes first and goes last.
                await writeWhole(certificate, certificatePem, 0o644);
                await writeWhole(key, keyPem, 0o600);
              }),
            ),
          ),
          defer(() => reload.run()).pipe(ignoreElements()),
        );
      }),
    cleanUp: (task) =>
      defer(() => {
        const { certificate, key, user } = filesOf(task);
        return concat(
          withdrawn(folder, user, () => removeOwn(task, certificate, key)),
          defer(() => reload.run()).pipe(ignoreElements()),
        );
      }),
  };
}

function checkPattern(option: string, pattern: string): void {
  const name = pattern.replaceAll(slot, 'a.example');
  if (pattern.includes(slot) && /^[\w.-]+$/.test(name) && !name.startsWith('..')) return;
  throw new TypeError(
    `tlsAlpn01Files: ${option} must be a file name with ${slot} in it, found ${JSON.stringify(pattern)}`,
  );
}

/** A host name in the form that goes into certificates: it has no character that means something in a path. */
function fileNameOf(task: ChallengeTask): string {
  const { serverName } = tlsAlpnName(task);
  const isName =
    serverName.length <= 253 &&
    /^(?:[a-z\d_](?:[a-z\d_-]*[a-z\d_])?\.)*[a-z\d_](?:[a-z\d_-]*[a-z\d_])?$/.test(serverName);
  if (isName) return serverName;
  throw new AcmeInputError(`tls-alpn-01: ${JSON.stringify(serverName.slice(0, 300))} is no name that a file can have`);
}

/** Of a name that another task, or somebody else, has files for by now, these stay. */
async function removeOwn(task: ChallengeTask, certificate: string, key: string): Promise<void> {
  const pem = await textOf(certificate);
  if (pem === undefined) await removeUnfinished(certificate);
  if (pem === undefined || !isOwn(pem, task)) return;
  await removeFile(key);
  await removeFile(certificate);
}

/** The digest of a key authorization is in no certificate but the one that is made for it. */
function isOwn(pem: string, { keyAuthorizationDigest = '' }: ChallengeTask): boolean {
  const [, body = ''] = /-----BEGIN CERTIFICATE-----([^-]*)-----END/.exec(pem) ?? [];
  const digest = Buffer.from(keyAuthorizationDigest, 'base64url');
  return digest.length > 0 && Buffer.from(body, 'base64').includes(digest);
}
