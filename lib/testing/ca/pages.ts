import type { CaCore, Call } from './operation.js';
import { refuse } from './refusal.js';
import type { Reply } from './reply.js';

const cursor = '?cursor=';

/**
 * One page of a list of an account, and where the next one is. Refuses the list of another account.
 *
 * @see RFC 8555 §7.1.2.1
 */
export function pageReply(
  { settings: { pageLength = Infinity, bareLists = false } }: CaCore,
  { id, url, account }: Call,
  member: string,
  urls: readonly string[],
): Reply {
  const [owner = '', from = '0'] = id.split(cursor);
  if (account?.id !== owner) return refuse('unauthorized', `these are the ${member} of another account`);
  const start = Number(from);
  if (!Number.isInteger(start) || start < 0) return refuse('malformed', 'there is no such page');
  const page = urls.slice(start, start + pageLength);
  const next = start + page.length;
  const link = `<${url.split(cursor)[0] ?? ''}${cursor}${next}>;rel="next"`;
  return {
    status: 200,
    json: bareLists ? page : { [member]: page },
    ...(next < urls.length ? { headers: { link } } : {}),
  };
}
