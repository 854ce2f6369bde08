/**
 * The contact URL of an e-mail address: one address, without header fields, as RFC 8555 asks for. Throws `TypeError`
 * on what is not one plain address.
 *
 * @param address Such as `admin@example.org`. A host name in another script becomes A-labels.
 * @see RFC 8555 §7.3, RFC 6068 §2
 */
export function mailto(address: string): string {
  const [, local, host] = /^([^\s\p{Cc}@,:;<>()[\]\\"]+)@([^\s\p{Cc}@,:;<>()[\]\\"/?#%&=]+)$/u.exec(address) ?? [];
  const ascii = host === undefined ? undefined : asciiHost(host);
  if (local === undefined || ascii === undefined) {
    throw new TypeError(`mailto: one plain address such as admin@example.org is needed, found ${address}`);
  }
  const escaped = encodeURIComponent(local).replaceAll('%2B', '+').replaceAll('%24', '$');
  return `mailto:${escaped}@${ascii}`;
}

/**
 * The contact URL of a telephone number, which few servers take. Throws `TypeError` on a number without country code.
 *
 * @param number With `+` in front; blanks, hyphens, dots and brackets are left out.
 * @see RFC 8555 §7.3, RFC 3966 §5.1.4
 */
export function tel(number: string): string {
  const digits = number.replace(/[\s().-]/g, '');
  if (/^\+\d{2,15}$/.test(digits)) return `tel:${digits}`;
  throw new TypeError(`tel: a number with + and country code is needed, found ${number}`);
}

/**
 * The e-mail address of a contact URL. Undefined where it is not a `mailto:` URL of one address.
 *
 * @see RFC 6068 §2
 */
export function mailtoAddress(contact: string): string | undefined {
  const [, address] = /^mailto:([^?#,]+@[^?#,]+)/i.exec(contact) ?? [];
  if (address === undefined || contact[7 + address.length] === ',') return undefined;
  try {
    return decodeURIComponent(address);
  } catch {
    return undefined;
  }
}

/**
 * The telephone number of a contact URL: `+` and digits. Undefined where it is not a `tel:` URL of such a number.
 *
 * @see RFC 3966 §3
 */
export function telNumber(contact: string): string | undefined {
  const [, number] = /^tel:(\+[\d().-]*\d[\d().-]*)(?:;|$)/i.exec(contact) ?? [];
  return number?.replace(/[().-]/g, '');
}

/** A host name as it stands where it is ASCII, else as A-labels. Undefined where it cannot be one. */
function asciiHost(host: string): string | undefined {
  if (/^[\x21-\x7e]+$/.test(host)) return host;
  return URL.canParse(`https://${host}`) ? new URL(`https://${host}`).hostname : undefined;
}
