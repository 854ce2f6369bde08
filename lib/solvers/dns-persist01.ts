import { concatMap, defer, EMPTY, map, type Observable, type ObservableInput, of } from 'rxjs';
import { dnsPersistChallenge } from '../codec/dns-persist-challenge.js';
import { readDnsPersistOffer } from '../codec/dns-persist-offer.js';
import { dnsPersistRecord, type DnsPersistRecord } from '../codec/dns-persist-record.js';
import { isIssuerDomainName } from '../codec/issue-value.js';
import type { Directory } from '../model/directory.js';
import { AcmeInputError } from '../model/errors/input-error.js';
import { AcmeProtocolError } from '../model/errors/protocol-error.js';
import type { ChallengeSolver, ChallengeTask } from '../model/ports.js';
import { getDirectory } from '../request/get-directory.js';
import type { AcmeSession } from '../request/session.js';
import { dnsPersistAccountUri } from './dns-persist-account.js';
import type { TxtRecord } from './dns01.js';
import { thumbprintOf } from './thumbprint-of.js';

/** The record of a `dns-persist-01` task. */
export interface DnsPersistTxtRecord extends DnsPersistRecord, TxtRecord {}

/** Options of {@link dnsPersist01}. */
export interface DnsPersist01Options {
  /** Adds one value and leaves the others of that name alone; must do nothing where it is there already. Done when it completes or resolves. */
  readonly add: (record: DnsPersistTxtRecord) => ObservableInput<unknown>;
  /** Removes the value when the order is over. Default: it stays, to prove the name again the next time. */
  readonly remove?: ((record: DnsPersistTxtRecord) => ObservableInput<unknown>) | undefined;
  /** Completes when the server will see the value. Default: as soon as `add` is done. */
  readonly ready?: ((record: DnsPersistTxtRecord) => ObservableInput<unknown>) | undefined;
  /** The session of the orders: servers of version 02 of the draft say in their directory how a record names an account. Default: only those of earlier versions can be asked. */
  readonly session?: AcmeSession | undefined;
  /** Chooses among the names of the authority. Default: the first. */
  readonly issuer?: ((names: readonly string[]) => string) | undefined;
  /** Whether the record holds for wildcards and for every name below, also where only the name is asked for: a name and its wildcard then have one record. Default: as it is asked for. */
  readonly wildcard?: boolean | undefined;
  /** When authorities stop believing the record. Default: never. */
  readonly persistUntilAt?: Date | undefined;
}

/**
 * A solver for `dns-persist-01` over the functions of any DNS provider: its record names the authority and the account,
 * and stays. Whoever holds the account's key gets certificates as long as the record is there.
 *
 * Emits nothing itself: the value is the solver. What the functions emit is ignored; what `add` and `ready` error with
 * ends the order, as the `cause` of a failure in an {@link AcmeAuthorizationError}. It also ends with
 * {@link AcmeProtocolError} where challenge or directory break the draft's rules or are for another account, and with
 * {@link AcmeInputError} where `session` is missing. Cost: no request to the certification authority, but for the directory
 * where the session has none.
 *
 * @example
 * ```ts
 * const zone = new Set<string>();
 * const issued$ = obtainCertificate(account, {
 *   identifiers: ['example.org', '*.example.org'],
 *   solvers: [
 *     dnsPersist01({
 *       session,
 *       wildcard: true,
 *       add: ({ name, strings }) => of(zone.add(`${name} TXT ${strings.map((text) => `"${text}"`).join(' ')}`)),
 *     }),
 *   ],
 * });
 * ```
 *
 * @experimental Of a draft that is still being changed. Challenges of its earlier versions, in whose records the account's
 * URL stands, are taken too.
 * @see draft-ietf-acme-dns-persist-02
 */
export function dnsPersist01(options: DnsPersist01Options): ChallengeSolver {
  const { add, remove, ready } = options;
  const withRecord = (work: (record: DnsPersistTxtRecord) => ObservableInput<unknown>) => (task: ChallengeTask) =>
    recordOf(task, options).pipe(concatMap((record) => work(record)));
  const solver = {
    types: ['dns-persist-01'],
    present: withRecord(add),
    cleanUp: remove === undefined ? () => EMPTY : withRecord(remove),
  };
  return ready === undefined ? solver : { ...solver, ready: withRecord(ready) };
}

const recordOf = (task: ChallengeTask, options: DnsPersist01Options): Observable<DnsPersistTxtRecord> =>
  defer(() => {
    const { identifier, challenge } = task;
    const { issuerDomainNames: names, hashesAccount, accountUrl } = dnsPersistChallenge(challenge);
    if (identifier.type !== 'dns') throw new AcmeInputError('dns-persist-01: the challenge is not about a name');
    const { persistUntilAt, wildcard = false, issuer: choose = (all: readonly string[]) => all[0] ?? '' } = options;
    const issuer = choose(names);
    if (!names.includes(issuer))
      throw new AcmeInputError(`dns-persist-01: issuer must choose one of ${names.join(', ')}`);
    const account$ = hashesAccount ? hashed(task, names, options) : of(own(task, accountUrl));
    const policy = { issuer, wildcard: wildcard || task.wildcard, persistUntilAt };
    return account$.pipe(
      map((account) => ({ ...dnsPersistRecord(identifier.value, { ...policy, accountUrl: account }), identifier })),
    );
  });

/** Before version 02: the URL, which the challenge may repeat. */
function own({ accountUrl, challenge }: ChallengeTask, meant = accountUrl): string {
  if (meant === accountUrl) return accountUrl;
  throw new AcmeProtocolError(`dns-persist-01: the challenge is for account ${meant}, not for ${accountUrl}`, {
    url: challenge.url,
  });
}

/** From version 02 on. */
function hashed(task: ChallengeTask, names: readonly string[], { session }: DnsPersist01Options): Observable<string> {
  if (session === undefined)
    throw new AcmeInputError('dns-persist-01: the record names the account by a hash: give dnsPersist01 the session');
  return getDirectory(session).pipe(
    concatMap((directory) => {
      const { accountUrl, digest, identifier } = task;
      const accountHashPrefix = checkedPrefix(directory, names);
      const account = { accountHashPrefix, accountUrl, thumbprint: thumbprintOf(task), domain: identifier.value };
      return dnsPersistAccountUri(account, digest);
    }),
  );
}

/** The prefix. Throws where the directory lacks it, or has other names than the challenge. */
function checkedPrefix(directory: Directory, names: readonly string[]): string {
  const { issuerDomainNames: always, accountHashPrefix } = readDnsPersistOffer(directory);
  const { url, meta } = directory;
  const fault = (what: string) => new AcmeProtocolError(`dns-persist-01: ${what}`, { url });
  const missing = always.find((name) => !names.includes(name));
  if (missing !== undefined) throw fault(`the challenge lacks ${missing}, which the directory promises`);
  const known = meta.caaIdentities.map((name) => name.toLowerCase().replace(/\.$/, ''));
  const other = known.every(isIssuerDomainName) ? names.find((name) => !known.includes(name)) : undefined;
  if (known.length > 0 && other !== undefined)
    throw fault(`the challenge has ${other}, which is none of the directory's caaIdentities`);
  if (accountHashPrefix !== undefined) return accountHashPrefix;
  throw fault('the directory has no accountHashPrefix');
}
