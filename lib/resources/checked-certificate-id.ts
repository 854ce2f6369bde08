/**
 * What `certificateId` made of a certificate. Throws `TypeError` on anything else.
 *
 * @param what Who asks, for the message.
 * @see RFC 9773 §4.1
 */
export function checkedCertificateId(what: string, id: string): string {
  if (/^[\w-]+\.[\w-]+$/.test(id)) return id;
  throw new TypeError(`${what} must be what certificateId returns`);
}
