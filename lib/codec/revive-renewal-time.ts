import type { RenewalTime, StoredRenewalTime } from '../model/renewal-time.js';
import { defined } from './defined.js';

type Nullable<T> = { readonly [K in keyof T]?: T[K] | null | undefined };

/** Of null, unlike `Date`, none. */
const dateOf = (text: Date | string | null): Date => new Date(text ?? Number.NaN);

/**
 * A renewal time with its dates as dates again. Undefined where one of them is none: then it is of no use. Null, which
 * databases have in the place of what is absent, counts as absent.
 */
export function reviveRenewalTime(stored: StoredRenewalTime | null | undefined): RenewalTime | undefined {
  const { renewAt, askAgainAt, window, source, explanationUrl, failures }: Nullable<StoredRenewalTime> = stored ?? {};
  if (renewAt == undefined || source == undefined) return undefined;
  const time: RenewalTime = {
    renewAt: new Date(renewAt),
    source,
    ...defined({
      askAgainAt: askAgainAt == undefined ? undefined : new Date(askAgainAt),
      window: window == undefined ? undefined : { startAt: dateOf(window.startAt), endAt: dateOf(window.endAt) },
      explanationUrl: explanationUrl ?? undefined,
      failures: failures ?? undefined,
    }),
  };
  const dates = [time.renewAt, time.askAgainAt, time.window?.startAt, time.window?.endAt];
  return dates.some((date) => date !== undefined && Number.isNaN(date.getTime())) ? undefined : time;
}
