import { of } from 'rxjs';
import { decodeBase64url, encodeBase64url } from '../../../codec/base64url.js';
import { isSameKey } from '../../../x509/public-key.js';
import type { CaCore, Call, Operation } from '../operation.js';
import type { CertificateRecord } from '../records.js';
import { refuse } from '../refusal.js';

const alternate = '-alternate-';

/** @see RFC 8555 §7.4.2 */
export const certificate: Operation = {
  name: 'certificate',
  path: 'certificate',
  signedBy: 'account',
  handle: ({ store }, { id, account }) => {
    const [own = '', index = '0'] = id.split(alternate);
    const found = store.certificates.get(own);
    if (found === undefined) return refuse('malformed', 'there is no such certificate', { status: 404 });
    if (found.order.account !== account) refuse('unauthorized', 'this is the certificate of another account');
    const text = found.chains[Number(index)] ?? refuse('malformed', 'there is no such chain', { status: 404 });
    const others = found.chains.flatMap((_, at) =>
      at === Number(index) ? [] : `<${chainUrl(found, at)}>;rel="alternate"`,
    );
    const link = others.length === 0 ? {} : { link: others.join(', ') };
    return of({ status: 200, headers: { 'content-type': 'application/pem-certificate-chain', ...link }, text });
  },
};

const chainUrl = ({ url }: CertificateRecord, index: number): string =>
  index === 0 ? url : `${url}${alternate}${index}`;

const reasons = [0, 1, 2, 3, 4, 5, 6, 8, 9, 10];

/** @see RFC 8555 §7.6 */
export const revokeCert: Operation = {
  name: 'revokeCert',
  path: 'revoke-cert',
  directoryMember: 'revokeCert',
  signedBy: 'either',
  handle: (ca, call) => {
    const { certificate: text, reason = 0 } = call.payload ?? {};
    const found = issuedOne(ca, text);
    if (!mayRevoke(found, call)) refuse('unauthorized', "neither the account nor the key is the certificate's");
    if (!reasons.includes(reason as number)) refuse('badRevocationReason', `${String(reason)} is not a reason`);
    if (found.revoked !== undefined) refuse('alreadyRevoked', 'the certificate is revoked');
    found.revoked = { reason: reason as number, at: ca.now() };
    return of({ status: 200 });
  },
};

function issuedOne({ store }: CaCore, text: unknown): CertificateRecord {
  if (typeof text !== 'string' || !isBase64url(text)) refuse('malformed', 'certificate must be base64url');
  const found = [...store.certificates.values()].find(({ der }) => encodeBase64url(der) === text);
  return found ?? refuse('malformed', 'this certificate was not issued here', { status: 404 });
}

const mayRevoke = ({ order, publicKey }: CertificateRecord, { account, jwk }: Call): boolean =>
  account === undefined ? jwk !== undefined && isSameKey(publicKey, jwk) : order.account === account;

function isBase64url(text: string): boolean {
  try {
    return decodeBase64url(text).length > 0;
  } catch {
    return false;
  }
}
