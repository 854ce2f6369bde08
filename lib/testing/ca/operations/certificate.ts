import { of } from 'rxjs';
import { decodeBase64url } from '../../../codec/base64url.js';
import { isSameKey } from '../../../x509/public-key.js';
import type { CaCore, Call, Operation } from '../operation.js';
import { authorizationStatus, type CertificateRecord } from '../records.js';
import { refuse } from '../refusal.js';

const alternate = '-alternate-';

/** @see RFC 8555 §7.4.2 */
export const certificate: Operation = {
  name: 'certificate',
  path: 'certificate',
  byId: true,
  reads: true,
  signedBy: 'account',
  handle: ({ store }, { id, url, account }) => {
    const found = store.certificates.get(id.split(alternate)[0] ?? '');
    if (found === undefined) return refuse('malformed', 'there is no such certificate', { status: 404 });
    if (found.order.account !== account) refuse('unauthorized', 'this is the certificate of another account');
    const urls = found.chains.map((_, index) => chainUrl(found, index));
    const text = found.chains[urls.indexOf(url)] ?? refuse('malformed', 'there is no such chain', { status: 404 });
    const others = urls.filter((each) => each !== url).map((each) => `<${each}>;rel="alternate"`);
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
    if (found.order.renewal !== undefined)
      refuse('autoRenewalRevocationNotSupported', 'the certificate ends by itself: cancel its order', { status: 403 });
    if (!mayRevoke(ca, found, call)) refuse('unauthorized', "neither the account nor the key is the certificate's");
    if (!reasons.includes(reason as number)) refuse('badRevocationReason', `${String(reason)} is not a reason`);
    if (found.revoked !== undefined) refuse('alreadyRevoked', 'the certificate is revoked');
    found.revoked = { reason: reason as number, at: ca.now() };
    return of({ status: 200 });
  },
};

function issuedOne({ store }: CaCore, text: unknown): CertificateRecord {
  if (typeof text !== 'string' || !isBase64url(text)) return refuse('malformed', 'certificate must be base64url');
  const wanted = decodeBase64url(text);
  const isWanted = ({ der }: CertificateRecord) =>
    der.length === wanted.length && der.every((octet, index) => octet === wanted[index]);
  return (
    [...store.certificates.values()].find(isWanted) ??
    refuse('malformed', 'this certificate was not issued here', { status: 404 })
  );
}

function mayRevoke(ca: CaCore, { order, publicKey }: CertificateRecord, { account, jwk }: Call): boolean {
  if (account === undefined) return jwk !== undefined && isSameKey(publicKey, jwk);
  if (order.account === account) return true;
  // Whoever controls all of its names may revoke it too.
  const authorized = [...ca.store.authorizations.values()]
    .filter((each) => each.account === account && authorizationStatus(each, ca.now()) === 'valid')
    .map(({ identifier, wildcard }) => `${identifier.type} ${wildcard ? '*.' : ''}${identifier.value}`);
  return order.identifiers.every(({ type, value }) => authorized.includes(`${type} ${value}`));
}

function isBase64url(text: string): boolean {
  try {
    return decodeBase64url(text).length > 0;
  } catch {
    return false;
  }
}
