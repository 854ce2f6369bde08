import { defer, type Observable } from 'rxjs';
import type { CsrTemplate } from '../model/delegation.js';
import { AcmeProtocolError } from '../model/errors/protocol-error.js';
import { AcmeUnsupportedError } from '../model/errors/unsupported-error.js';
import type { Identifier } from '../model/identifier.js';
import type { CertificateKey, RequestedExtension } from '../model/ports.js';
import { callPort } from '../request/port.js';
import type { AcmeSession } from '../request/session.js';
import { checkDelegatedRequest, delegationIdentifiers, isPlaceholder } from './csr-template.js';

/** The last arc of each, below 1.3.6.1.5.5.7.3. */
const purposes: Readonly<Record<string, number>> = {
  serverAuth: 1,
  clientAuth: 2,
  codeSigning: 3,
  emailProtection: 4,
  timeStamping: 8,
  OCSPSigning: 9,
};
const purposeArcs = [0x06, 0x08, 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03];

/** In the order of their bits. */
const usages = [
  ...['digitalSignature', 'nonRepudiation', 'keyEncipherment', 'dataEncipherment', 'keyAgreement'],
  ...['keyCertSign', 'cRLSign', 'encipherOnly', 'decipherOnly'],
];

/**
 * Makes the certificate request that a delegation wants: its names, key usage and extended key usage, and nothing else.
 *
 * Emits once: the request, DER; then completes. Cold: each subscription signs again.
 *
 * Errors: {@link AcmeInputError} where the template takes no such key; {@link AcmeUnsupportedError} where the template
 * wants what rxacme puts into no request: a subject, names that the client chooses, URIs, purposes without a name;
 * make the request elsewhere then, and hand it over as `csr`. {@link AcmeProtocolError} where it has a name that is none. {@link AcmePortError} where the request builder fails.
 * Cost: one signature, no request; pkijs is loaded.
 *
 * @example
 * ```ts
 * const csr$ = generateCertificateKey('P-256').pipe(
 *   concatMap((key) =>
 *     getDelegation(account, 'https://owner.example/delegation/1').pipe(
 *       concatMap(({ csrTemplate }) => buildDelegatedRequest(session, key, csrTemplate)),
 *     ),
 *   ),
 * );
 * ```
 *
 * @see RFC 9115 §4
 */
export const buildDelegatedRequest = (
  session: AcmeSession,
  key: CertificateKey,
  template: CsrTemplate,
): Observable<Uint8Array> =>
  defer(() => {
    const { dnsNames, emailAddresses, uris, keyUsage, extendedKeyUsage } = template;
    const subject = Object.entries(template.subject).filter(([, text]) => text !== '*');
    if (subject.length > 0) throw unsupported(`a subject (${subject.map(([name]) => name).join(', ')})`);
    if (uris.some((uri) => uri !== '*')) throw unsupported('URIs');
    if ([...dnsNames, ...emailAddresses].includes('**')) throw unsupported('names of your choice');
    const identifiers = namesIn(template);
    checkDelegatedRequest(template, { identifiers, publicKey: key.publicKey });
    const extensions = [...usageExtension(keyUsage), ...purposeExtension(extendedKeyUsage)];
    const { certificateRequestBuilder, identifierTypes } = session.state;
    return callPort('certificateRequestBuilder', () =>
      certificateRequestBuilder(key, identifiers, { identifierTypes, extensions }),
    );
  });

/** The owner of the names has written them. */
function namesIn(template: CsrTemplate): readonly Identifier[] {
  try {
    return delegationIdentifiers(template);
  } catch (cause) {
    throw new AcmeProtocolError('the template has a name that cannot be one', { cause });
  }
}

const unsupported = (what: string): AcmeUnsupportedError =>
  new AcmeUnsupportedError(`the template wants ${what}, which rxacme puts into no request: hand over a csr instead`);

/** @see RFC 5280 §4.2.1.3 */
function usageExtension(names: readonly string[]): readonly RequestedExtension[] {
  const wanted = names.filter((name) => !isPlaceholder(name));
  const bits = wanted.map((name) => usages.indexOf(name));
  if (bits.includes(-1)) throw unsupported(`the key usage ${wanted[bits.indexOf(-1)] ?? ''}`);
  if (bits.length === 0) return [];
  const last = Math.max(...bits);
  const octets = new Uint8Array(Math.floor(last / 8) + 1);
  for (const bit of bits) octets[bit >> 3] = (octets[bit >> 3] ?? 0) | (0x80 >> (bit & 7));
  const value = Uint8Array.of(0x03, octets.length + 1, 7 - (last & 7), ...octets);
  return [{ oid: '2.5.29.15', critical: true, value }];
}

/** @see RFC 5280 §4.2.1.12 */
function purposeExtension(names: readonly string[]): readonly RequestedExtension[] {
  // Each once, which also keeps it short enough for a length of one octet.
  const wanted = [...new Set(names)].filter((name) => !isPlaceholder(name));
  const unknown = wanted.find((name) => !Object.hasOwn(purposes, name));
  if (unknown !== undefined) throw unsupported(`the extended key usage ${unknown}`);
  if (wanted.length === 0) return [];
  const octets = wanted.flatMap((name) => [...purposeArcs, purposes[name] ?? 0]);
  return [{ oid: '2.5.29.37', value: Uint8Array.of(0x30, octets.length, ...octets) }];
}
