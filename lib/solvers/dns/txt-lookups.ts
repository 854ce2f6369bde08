import { defer } from 'rxjs';
import { followCname } from './follow-cname.js';
import type { CnameLookup, PropagationCheck, TxtServer } from './propagation.js';
import { checkPropagationOptions, type PropagationOptions, watchPropagation } from './watch-propagation.js';

/** Options of {@link txtLookups}. */
export interface TxtLookupsOptions extends PropagationOptions {
  /** Who is asked. */
  readonly servers: readonly TxtServer[];
  /** Finds aliases, so that a record can be written where they lead. Default: they are not looked for. */
  readonly cname?: CnameLookup | undefined;
  /** Whether these servers remember what they did not find. Default: false. */
  readonly remembersAbsence?: boolean | undefined;
}

/**
 * A check over look-ups of one's own: all the servers have to show the value. One that cannot be reached, or has not
 * answered twice in a row, is not waited for as long as another shows it.
 *
 * Emits nothing itself: the value is for {@link txtPublisher}. Its stream emits after each look and completes when the
 * value is seen; it errors with {@link AcmeTimeoutError} that names the servers without it. Cost: one look-up for each
 * server without the value and each look; a look at once, then after 2 s, growing by 1.5 to 15 s, for two minutes.
 * Throws `TypeError` on options that cannot work.
 */
export function txtLookups(options: TxtLookupsOptions): PropagationCheck {
  const { servers, cname, remembersAbsence = false } = options;
  if (!Array.isArray(servers) || servers.length === 0)
    throw new TypeError('txtLookups: servers must name at least one');
  checkPropagationOptions('txtLookups', options);
  return {
    // Whoever follows aliases itself is asked for the name where they begin, as the certification authority does.
    seen: (record) =>
      watchPropagation(
        { name: record.aliasOf ?? record.name, value: record.value },
        servers,
        options,
        remembersAbsence ? 5_000 : 0,
      ),
    remembersAbsence,
    ...(cname === undefined ? {} : { canonicalName: (name: string) => defer(() => followCname(name, cname)) }),
  };
}
