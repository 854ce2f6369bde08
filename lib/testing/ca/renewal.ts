import { concatMap, defer, first, from, map, type Observable, of, tap } from 'rxjs';
import { certificateId } from '../../codec/certificate-id.js';
import { encodeUtf8 } from '../../codec/utf8.js';
import type { CertificateDetails } from '../../model/certificate.js';
import { certificateReader } from '../../x509/default-x509.js';
import { decodeFakeDer } from '../synchronous/fake-der.js';
import { synchronousCertificateReader } from '../synchronous/x509.js';
import type { CaCore } from './operation.js';
import type { CertificateRecord } from './records.js';
import type { RenewalAnswer, RenewalSubject } from './renewal-answer.js';

/** A certificate and its name. */
export interface NamedCertificate {
  readonly record: CertificateRecord;
  readonly id: string;
  readonly details: CertificateDetails;
}

/** The certificates of each server that have been read, by name. Forgotten with the server. */
const readOnes = new WeakMap<
  CaCore,
  { readonly byId: Map<string, NamedCertificate>; readonly seen: WeakSet<object> }
>();

/**
 * Finds a certificate by the name that it has in renewal information.
 *
 * Emits it, or `undefined`, once; then completes. Each certificate is read once; real ones by pkijs.
 *
 * @see RFC 9773 §4.1
 */
export const certificateNamed = (ca: CaCore, id: string): Observable<NamedCertificate | undefined> =>
  defer(() => {
    const { certificates } = ca.store;
    const { byId, seen } = readOnes.get(ca) ?? { byId: new Map<string, NamedCertificate>(), seen: new WeakSet() };
    readOnes.set(ca, { byId, seen });
    const isKept = (each: NamedCertificate) => certificates.has(each.record.id);
    const known = byId.get(id);
    if (known !== undefined) return of(isKept(known) ? known : undefined);
    if (byId.size > 2 * certificates.size) for (const [name, each] of byId) if (!isKept(each)) byId.delete(name);
    const unread: CertificateRecord[] = [];
    for (const record of certificates.values()) if (!seen.has(record)) unread.push(record);
    return from(unread).pipe(
      concatMap(named),
      tap((each) => {
        seen.add(each.record);
        byId.set(each.id, each);
      }),
      first((each) => each.id === id, undefined),
    );
  });

function named(record: CertificateRecord): Observable<NamedCertificate> {
  const reader = decodeFakeDer(record.der) === undefined ? certificateReader : synchronousCertificateReader;
  return from(reader.readChain(encodeUtf8(record.chains[0] ?? ''), undefined)).pipe(
    map(({ chain }) => {
      const details = chain[0] as CertificateDetails;
      return { record, details, id: certificateId(details) ?? '' };
    }),
  );
}

const tenDaysMs = 10 * 24 * 3_600_000;
const hourMs = 3_600_000;

/** One percent of the lifetime before and after two thirds of it are over, half of it for a short one; now, where it was revoked. */
export function usualWindow({ notBeforeAt, notAfterAt, revokedAt }: RenewalSubject): RenewalAnswer {
  if (revokedAt !== undefined) return { startAt: new Date(revokedAt.getTime() - hourMs), endAt: revokedAt };
  const lifetimeMs = notAfterAt.getTime() - notBeforeAt.getTime();
  const at = (part: number) => new Date(notBeforeAt.getTime() + part * lifetimeMs);
  const middle = lifetimeMs < tenDaysMs ? 1 / 2 : 2 / 3;
  return { startAt: at(middle - 0.01), endAt: at(middle + 0.01) };
}
