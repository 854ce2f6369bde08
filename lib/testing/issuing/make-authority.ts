import { PublicKeyInfo } from 'pkijs';
import { encodeHex } from '../../codec/hex.js';
import { encodePem } from '../../codec/pem.js';
import type { CertificateRequestDetails } from '../../model/ports.js';
import { parseDer } from '../../x509/asn1.js';
import type { Authority, AuthorityOptions, Issued, IssueOptions } from './authority.js';
import { commonName, certify, noName } from './certify.js';
import { authorityExtensions, keyIdentifier, serverExtensions } from './extensions.js';
import { checkedSerialNumber, randomSerialNumber } from './serial-number.js';
import { checkedValidity, daysFrom, type Validity } from './validity.js';

/** Who signs: a name and a P-256 key. */
interface Signatory {
  readonly name: string;
  readonly privateKey: CryptoKey;
  readonly publicKey: Uint8Array;
  readonly keyIdentifier: Uint8Array;
  readonly validity: Validity;
}

const lifetimeDays = 3650;
const leafDays = 90;
const hourMs = 3_600_000;

/**
 * Makes a certification authority: a root, an intermediate below it that issues for servers, and for each alternate
 * chain another root that certifies the same intermediate. Every key is ECDSA P-256 and stays in memory.
 */
export async function makeAuthority(options: AuthorityOptions): Promise<Authority> {
  const { madeAt, name = 'rxacme development', alternateRoots = 0 } = options;
  const validity = daysFrom(new Date(madeAt.getTime() - hourMs), lifetimeDays);
  // The names of two authorities differ, so that software which knows both does not take one for the other.
  const mark = encodeHex(globalThis.crypto.getRandomValues(new Uint8Array(3)));
  const intermediate = await makeSignatory(`${name} intermediate ${mark}`, validity);
  const rootPems: string[] = [];
  const intermediatePems: string[] = [];
  for (let index = 0; index <= alternateRoots; index++) {
    const root = await makeSignatory(`${name} ${index === 0 ? '' : `alternate ${index} `}root ${mark}`, validity);
    rootPems.push(toPem(await certifyAuthority(root)));
    intermediatePems.push(toPem(await certifyAuthority(intermediate, root)));
  }
  return {
    rootPems,
    notAfterAt: validity.notAfterAt,
    issue: async (request, issue) => {
      const der = await certifyServer(intermediate, request, issue);
      return { der, chains: intermediatePems.map((pem) => toPem(der) + pem) } satisfies Issued;
    },
  };
}

async function makeSignatory(name: string, validity: Validity): Promise<Signatory> {
  const { subtle } = globalThis.crypto;
  const pair = await subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign', 'verify']);
  const publicKey = new Uint8Array(await subtle.exportKey('spki', pair.publicKey));
  return { name, privateKey: pair.privateKey, publicKey, keyIdentifier: await identifierOf(publicKey), validity };
}

/** Signed by itself where there is no issuer. */
const certifyAuthority = (subject: Signatory, issuer?: Signatory): Promise<Uint8Array> =>
  certify(
    {
      serialNumber: randomSerialNumber(),
      issuer: commonName((issuer ?? subject).name),
      subject: commonName(subject.name),
      validity: subject.validity,
      publicKey: subject.publicKey,
      extensions: authorityExtensions(subject.keyIdentifier, issuer?.keyIdentifier),
    },
    (issuer ?? subject).privateKey,
  );

async function certifyServer(
  issuer: Signatory,
  { publicKey, identifiers }: Omit<CertificateRequestDetails, 'der'>,
  { notBeforeAt, notAfterAt = lastSecond(notBeforeAt, issuer.validity), serialNumber }: IssueOptions,
): Promise<Uint8Array> {
  const fields = {
    serialNumber: serialNumber === undefined ? randomSerialNumber() : checkedSerialNumber(serialNumber),
    issuer: commonName(issuer.name),
    subject: noName(),
    validity: checkedValidity({ notBeforeAt, notAfterAt }, issuer.validity),
    publicKey,
    extensions: serverExtensions(publicKey, await identifierOf(publicKey), issuer.keyIdentifier, identifiers),
  };
  return certify(fields, issuer.privateKey);
}

const lastSecond = (notBeforeAt: Date, issuer: Validity): Date =>
  new Date(Math.min(daysFrom(notBeforeAt, leafDays).notAfterAt.getTime(), issuer.notAfterAt.getTime()));

const identifierOf = (publicKey: Uint8Array): Promise<Uint8Array> =>
  keyIdentifier(new PublicKeyInfo({ schema: parseDer(publicKey) }).subjectPublicKey.valueBlock.valueHexView);

const toPem = (der: Uint8Array): string => encodePem('CERTIFICATE', der);
