import type { Directory } from '../model/directory.js';
import { defined } from './defined.js';
import { isIssuerDomainName } from './issue-value.js';
import { isArray, isObject, ownMember, textOf } from './tolerant.js';
import { isAbsoluteUrl } from './url.js';

/** What a directory says of `dns-persist-01`: all that a record needs before there is an order. */
export interface DnsPersistOffer {
  /** Names of the authority that every challenge will offer. Empty where the directory has none that can be used. */
  readonly issuerDomainNames: readonly string[];
  /** What hashed accounts begin with. Absent at servers of the draft's versions before 02. */
  readonly accountHashPrefix?: string;
}

const maxNames = 10;

/**
 * What a directory says in `meta` of `dns-persist-01`. A list of names that breaks the draft's rules counts as none, and a
 * prefix that is no URL too. Never throws.
 *
 * @experimental Of a draft that is still being changed.
 * @see draft-ietf-acme-dns-persist-02 §3.2, §4.1
 */
export function readDnsPersistOffer({ raw }: Pick<Directory, 'raw'>): DnsPersistOffer {
  const meta = ownMember(raw, 'meta');
  if (!isObject(meta)) return { issuerDomainNames: [] };
  const names = ownMember(meta, 'issuerDomainNames');
  const prefix = textOf(meta, 'accountHashPrefix');
  return defined({
    issuerDomainNames: isArray(names) && names.length <= maxNames && names.every(isIssuer) ? names : [],
    accountHashPrefix: prefix !== undefined && isAbsoluteUrl(prefix) ? prefix : undefined,
  });
}

const isIssuer = (name: unknown): name is string => typeof name === 'string' && isIssuerDomainName(name);
