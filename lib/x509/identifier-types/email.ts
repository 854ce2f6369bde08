import { derTag, derValue } from '../../codec/der.js';
import { toHostName } from '../../codec/host-name.js';
import type { IdentifierType } from '../../model/ports.js';
import { otherName, rfc822Name } from '../general-name.js';

/** A mailbox whose local part is not in ASCII. */
const smtpUtf8Mailbox = '1.3.6.1.5.5.7.8.9';

/**
 * Identifiers of type `email`, for `acmeSession({ identifierTypes: [emailIdentifier] })`: the domain goes to the server
 * in lower-case A-labels, the local part as it is. A request has an rfc822Name, or an SmtpUTF8Mailbox where the local
 * part is not in ASCII.
 *
 * @see RFC 8823 §3, RFC 9598 §3
 */
export const emailIdentifier: IdentifierType = {
  type: 'email',
  normalize: (value) => {
    const [, local = '', domain = ''] = /^([^@]+)@([^@]+)$/.exec(value) ?? [];
    if (!isLocalPart(local)) throw new TypeError('not an address of electronic mail without a name and quotes');
    return `${local}@${toHostName(domain)}`;
  },
  requestedNames: (values) => ({
    generalNames: values.map((value) =>
      /^[\x21-\x7e]+$/.test(value)
        ? rfc822Name(value)
        : otherName(smtpUtf8Mailbox, derValue(derTag.utf8String, value.normalize('NFC'))),
    ),
  }),
};

/** @see RFC 5322 §3.2.3, RFC 6532 §3.2 */
const isLocalPart = (text: string): boolean =>
  text.length <= 64 && /^[^\s\p{Cc}"(),:;<>@[\\\].]+(?:\.[^\s\p{Cc}"(),:;<>@[\\\].]+)*$/u.test(text);
