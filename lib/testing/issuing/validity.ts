/** The first and the last second of a certificate. */
export interface Validity {
  readonly notBeforeAt: Date;
  readonly notAfterAt: Date;
}

const dayMs = 24 * 3_600_000;

/** The validity of `days` whole days from a moment on: the last second belongs to it. */
export const daysFrom = (notBeforeAt: Date, days: number): Validity =>
  wholeSeconds({ notBeforeAt, notAfterAt: new Date(notBeforeAt.getTime() + days * dayMs - 1000) });

/** A validity within that of its issuer. Throws `TypeError` where there is none. */
export function checkedValidity(asked: Validity, { notBeforeAt, notAfterAt }: Validity): Validity {
  const validity = wholeSeconds(asked);
  if (Number.isNaN(validity.notBeforeAt.getTime()) || Number.isNaN(validity.notAfterAt.getTime())) {
    throw new TypeError('the validity of a certificate is between two valid dates');
  }
  if (validity.notAfterAt < validity.notBeforeAt) throw new TypeError('the certificate would end before it begins');
  if (validity.notBeforeAt < notBeforeAt || validity.notAfterAt > notAfterAt) {
    throw new TypeError(
      `the authority is valid from ${notBeforeAt.toISOString()} to ${notAfterAt.toISOString()} itself`,
    );
  }
  return validity;
}

/** Certificates know no fractions of a second. */
const wholeSeconds = ({ notBeforeAt, notAfterAt }: Validity): Validity => ({
  notBeforeAt: new Date(Math.floor(notBeforeAt.getTime() / 1000) * 1000),
  notAfterAt: new Date(Math.floor(notAfterAt.getTime() / 1000) * 1000),
});
