import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { debianPackage, debianSuites } from '../../support/debian-package.js';
import { npmPackages } from '../../support/npm-packages.js';
import type { Peer } from '../../support/peer.js';

/** What the specs use of acme-client. It is not there when they are compiled. */
export interface AcmeClientModule {
  readonly Client: new (options: object) => {
    auto(options: {
      readonly csr: Buffer;
      readonly challengePriority?: readonly string[];
      readonly challengeCreateFn: AcmeClientCallback;
      readonly challengeRemoveFn: AcmeClientCallback;
    }): Promise<string>;
    createAccount(options: object): Promise<unknown>;
    revokeCertificate(chain: string, options?: object): Promise<void>;
  };
  readonly axios: { readonly defaults: { httpsAgent?: unknown } };
  readonly crypto: {
    createPrivateEcdsaKey(): Promise<Buffer>;
    createCsr(options: { readonly altNames: readonly string[] }): Promise<readonly [key: Buffer, csr: Buffer]>;
  };
}

type AcmeClientCallback = (
  authorization: { readonly identifier: { readonly value: string } },
  challenge: { readonly token: string },
  keyAuthorization: string,
) => Promise<unknown>;

/** acme-client for Node. */
export async function acmeClient(): Promise<Peer<AcmeClientModule>> {
  const found = await npmPackages('peers', { 'acme-client': '5.4.0' });
  if ('missing' in found) return found;
  const { peer: folder, version } = found;
  return { peer: createRequire(join(folder, 'package.json'))('acme-client') as AcmeClientModule, version };
}

/** The path of lego, from Debian; or of the one that RXACME_LEGO_BIN names. */
export async function lego(): Promise<Peer<string>> {
  const given = process.env['RXACME_LEGO_BIN'];
  if (given !== undefined) {
    return promisify(execFile)(given, ['--version']).then(
      ({ stdout }) => ({ peer: given, version: stdout.trim() }),
      (error: unknown) => ({ missing: `RXACME_LEGO_BIN is ${given}, which does not run: ${String(error)}` }),
    );
  }
  const check = 'usr/bin/lego --version';
  const found = await debianPackage({ folder: 'peers/lego', name: 'lego', check, suites: debianSuites });
  return 'missing' in found ? found : { ...found, peer: join(found.peer.root, 'usr', 'bin', 'lego') };
}
