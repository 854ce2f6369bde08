import type { RenewalInfo } from '../model/renewal-info.js';
import { defined } from './defined.js';
import {
  contextOf,
  failMember,
  type Members,
  membersOf,
  type Received,
  requiredObject,
  requiredString,
} from './received.js';
import { parseRfc3339 } from './rfc3339.js';
import { textOf } from './tolerant.js';
import { isAbsoluteUrl } from './url.js';

/**
 * Renewal information. `explanationURL` is left out where it is no absolute URL of a page on the web: it
 * will be somebody's link. Throws {@link AcmeProtocolError} where
 * one end of `suggestedWindow` is missing or no date, or the window does not end after it begins.
 *
 * @see RFC 9773 §4.2
 */
export function decodeRenewalInfo(received: Received): RenewalInfo {
  const members = membersOf(received, 'renewal information');
  const window = requiredObject(members, 'suggestedWindow');
  const startAt = requiredInstant(window, 'start');
  const endAt = requiredInstant(window, 'end');
  if (endAt <= startAt) failMember(window, 'end', 'later than "start"', 'an instant that is not');
  const explanationUrl = textOf(members.object, 'explanationURL');
  return defined({
    suggestedWindow: { startAt, endAt },
    explanationUrl: isPage(explanationUrl) ? explanationUrl : undefined,
    raw: members.object,
    ...contextOf(received),
  });
}

const isPage = (url: string | undefined): boolean => url !== undefined && /^https?:/i.test(url) && isAbsoluteUrl(url);

const requiredInstant = (members: Members, name: string): Date =>
  parseRfc3339(requiredString(members, name)) ??
  failMember(members, name, 'a date and time of RFC 3339', 'a string that is none');
