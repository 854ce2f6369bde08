import { createHash } from 'node:crypto';
import { defer, of, switchMap } from 'rxjs';
import type { AcmeDigest, AcmeTransport, CertificateReader, KeyGenerator } from '../model/ports.js';
import { certificateReader } from '../x509/default-x509.js';
import { generateKeyByNode } from './node-key-generator.js';
import { checkSignatureByNode } from './node-signature-check.js';
import { nodeTransport, type NodeTransportOptions } from './node-transport.js';

/** What {@link nodePorts} are: options of a session. */
export interface NodePorts {
  /** Node's own HTTP client, as {@link nodeTransport} makes it. */
  readonly transport: AcmeTransport;
  /** SHA-256 by `node:crypto`. */
  readonly digest: AcmeDigest;
  /** Makes the keys of certificates by `node:crypto`. */
  readonly keyGenerator: KeyGenerator;
  /** Reads chains, and verifies their signatures by `node:crypto`. */
  readonly certificateReader: CertificateReader;
}

/**
 * Everything in a session that Node does faster than what works everywhere: its own HTTP client, and `node:crypto` in
 * place of WebCrypto, which signs, hashes and verifies in another thread and is waited for. Their results are the same.
 * The account key goes with {@link nodeSigner}.
 *
 * Emits nothing: the value is for `acmeSession`, which takes more options beside it. Throws `TypeError` on a proxy that
 * is no URL.
 *
 * @example
 * ```ts
 * const session = acmeSession({ directoryUrl: directories.letsEncrypt, ...nodePorts() });
 * ```
 *
 * @param options Of {@link nodeTransport}.
 */
export const nodePorts = (options: NodeTransportOptions = {}): NodePorts => ({
  transport: nodeTransport(options),
  digest: digestByNode,
  keyGenerator: generateKeyByNode,
  certificateReader: readerByNode,
});

const digestByNode: AcmeDigest = (data) => of(new Uint8Array(createHash('sha256').update(data).digest()));

/** The module system loads it once, and again only where that failed. */
const loadPki = () => import('../x509/pki.js');

const readerByNode: CertificateReader = {
  prepare: loadPki,
  readRequest: certificateReader.readRequest,
  readChain: (pem, expected) =>
    defer(loadPki).pipe(switchMap(({ checkedChain }) => checkedChain(pem, expected, checkSignatureByNode))),
};
