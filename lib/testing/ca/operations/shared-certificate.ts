import { from, map, of } from 'rxjs';
import { asDue, dueIndex } from '../auto-renewals.js';
import type { CaCore, Operation } from '../operation.js';
import type { AutoRenewalRecord, CertificateRecord } from '../records.js';
import { refuse } from '../refusal.js';
import type { Reply } from '../reply.js';

/**
 * A certificate that the server renews by itself, or that is given away without a signature.
 *
 * @see RFC 8739 §3.3, RFC 9115 §2.4
 */
export const sharedCertificate: Operation = {
  name: 'sharedCertificate',
  path: 'shared-certificate',
  byId: true,
  reads: true,
  signedBy: 'none',
  handle: (ca, { id, account }) => {
    const found = ca.store.certificates.get(id);
    if (found === undefined) return refuse('malformed', 'there is no such certificate', { status: 404 });
    const { order } = found;
    if (order.account !== account && order.allowsGet !== true)
      refuse('unauthorized', 'this certificate is for the account that ordered it');
    if (order.settled === 'canceled')
      refuse('autoRenewalCanceled', 'the renewal of the certificate was ended', { status: 403 });
    if (order.renewal === undefined) return of(chainReply(found));
    return current(ca, found, order.renewal);
  },
};

function current(ca: CaCore, found: CertificateRecord, renewal: AutoRenewalRecord) {
  const now = ca.now();
  if (now >= renewal.endAt) refuse('autoRenewalExpired', 'the renewal of the certificate is over', { status: 403 });
  if (found.request === undefined || dueIndex(renewal, now) === renewal.index)
    return of(withDates(chainReply(found), found));
  const due = asDue(found.order, now);
  return from(ca.settings.issue(due, found.request)).pipe(
    map((issued) => {
      const renewed: CertificateRecord = { ...found, ...issued, validity: due.validity };
      ca.store.certificates.set(found.id, renewed);
      found.order.certificate = renewed;
      return withDates(chainReply(renewed), renewed);
    }),
  );
}

const chainReply = ({ chains }: CertificateRecord): Reply => ({
  status: 200,
  headers: { 'content-type': 'application/pem-certificate-chain' },
  text: chains[0] ?? '',
});

/** The dates of the certificate, for those who do not read it: in quotes, so that lists of them can be told. */
function withDates(reply: Reply, { validity = {} }: CertificateRecord): Reply {
  const { notBeforeAt, notAfterAt } = validity;
  if (notBeforeAt === undefined || notAfterAt === undefined) return reply;
  const dates = {
    'cert-not-before': `"${notBeforeAt.toUTCString()}"`,
    'cert-not-after': `"${notAfterAt.toUTCString()}"`,
  };
  return { ...reply, headers: { ...reply.headers, ...dates } };
}
