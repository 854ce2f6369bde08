import { randomInt } from 'node:crypto';
import { BitString, Integer, OctetString, PrintableString } from 'asn1js';
import {
  AttributeTypeAndValue,
  BasicConstraints,
  Certificate,
  ExtKeyUsage,
  Extension,
  GeneralName,
  GeneralNames,
} from 'pkijs';

/** What an HTTPS server on this machine needs, made anew for each run. PEM each. */
export interface ServerCertificate {
  /** The root to trust. Its key is thrown away. */
  readonly caPem: string;
  /** For localhost and 127.0.0.1. */
  readonly certificatePem: string;
  /** PKCS#8. */
  readonly keyPem: string;
}

const hourMs = 3_600_000;
const keyAlgorithm = { name: 'ECDSA', namedCurve: 'P-256' };
const serverAuth = '1.3.6.1.5.5.7.3.1';

/** Makes a root and a server certificate under it, valid for a week. In process: no openssl is needed. */
export async function makeServerCertificate(): Promise<ServerCertificate> {
  const caKeys = await crypto.subtle.generateKey(keyAlgorithm, true, ['sign', 'verify']);
  const serverKeys = await crypto.subtle.generateKey(keyAlgorithm, true, ['sign', 'verify']);
  const ca = await issue('rxacme test root', 'rxacme test root', caKeys.publicKey, caKeys.privateKey, [
    extension('2.5.29.19', true, new BasicConstraints({ cA: true }).toSchema()),
    extension('2.5.29.15', true, new BitString({ valueHex: Uint8Array.of(0x06), unusedBits: 1 })), // keyCertSign, cRLSign
  ]);
  const server = await issue('localhost', 'rxacme test root', serverKeys.publicKey, caKeys.privateKey, [
    extension('2.5.29.19', true, new BasicConstraints({ cA: false }).toSchema()),
    extension('2.5.29.15', true, new BitString({ valueHex: Uint8Array.of(0x80), unusedBits: 7 })), // digitalSignature
    extension('2.5.29.37', false, new ExtKeyUsage({ keyPurposes: [serverAuth] }).toSchema()),
    extension('2.5.29.17', false, subjectNames().toSchema()),
  ]);
  return {
    caPem: pem('CERTIFICATE', ca),
    certificatePem: pem('CERTIFICATE', server),
    keyPem: pem('PRIVATE KEY', await crypto.subtle.exportKey('pkcs8', serverKeys.privateKey)),
  };
}

async function issue(
  subject: string,
  issuer: string,
  publicKey: CryptoKey,
  signingKey: CryptoKey,
  extensions: Extension[],
): Promise<ArrayBuffer> {
  const certificate = new Certificate();
  certificate.version = 2; // Counted from 0: this is X.509 v3.
  certificate.serialNumber = new Integer({ value: randomInt(1, 2 ** 31) });
  certificate.subject.typesAndValues.push(commonName(subject));
  certificate.issuer.typesAndValues.push(commonName(issuer));
  certificate.notBefore.value = new Date(Date.now() - hourMs);
  certificate.notAfter.value = new Date(Date.now() + 7 * 24 * hourMs);
  certificate.extensions = extensions;
  await certificate.subjectPublicKeyInfo.importKey(publicKey);
  await certificate.sign(signingKey, 'SHA-256');
  return certificate.toSchema(true).toBER();
}

function subjectNames(): GeneralNames {
  return new GeneralNames({
    names: [
      new GeneralName({ type: 2, value: 'localhost' }),
      new GeneralName({ type: 7, value: new OctetString({ valueHex: Uint8Array.of(127, 0, 0, 1) }) }),
    ],
  });
}

function commonName(value: string): AttributeTypeAndValue {
  return new AttributeTypeAndValue({ type: '2.5.4.3', value: new PrintableString({ value }) });
}

function extension(extnID: string, critical: boolean, content: { toBER(): ArrayBuffer }): Extension {
  return new Extension({ extnID, critical, extnValue: content.toBER() });
}

function pem(label: string, der: ArrayBuffer): string {
  const lines = Buffer.from(der)
    .toString('base64')
    .replace(/(.{64})(?!$)/g, '$1\n');
  return `-----BEGIN ${label}-----\n${lines}\n-----END ${label}-----\n`;
}
