import { AcmeInputError } from '../model/errors/input-error.js';

/**
 * The first part of the token, from the subject of an authority's mail: what follows `ACME:`. Blanks in it come from
 * folding and are left out; `Re:` and the like in front are passed over; padding is kept, because it is part of the
 * token. Throws {@link AcmeInputError} on any other subject.
 *
 * @param subject Decoded, where the mail has it encoded as RFC 2047 says.
 * @see RFC 8823 §3.1
 */
export function tokenPart1(subject: string): string {
  const [, folded = ''] = /^\s*(?:[A-Za-z]{2,3}:\s*)*ACME:(.*)$/is.exec(subject) ?? [];
  const token = folded.replace(/\s+/g, '');
  if (/^[\w-]+={0,2}$/.test(token)) return token;
  throw new AcmeInputError('email-reply-00: the subject of the mail is not "ACME:" and a token');
}
