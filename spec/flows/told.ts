import { EMPTY, of } from 'rxjs';
import type { CertificateKey, IssuanceEvent, KeyStore } from '../../lib/index.js';
import { nameOf } from '../support/sync-ports.js';

/** An event as a few words. */
export const told = (event: IssuanceEvent): string =>
  [
    event.type,
    'identifier' in event ? nameOf(event) : '',
    'challengeType' in event ? event.challengeType : '',
    'status' in event ? event.status : '',
  ]
    .filter(Boolean)
    .join(' ');

/** The events of one type. */
export const ofType = <T extends IssuanceEvent['type']>(events: readonly IssuanceEvent[], type: T) =>
  events.filter((event): event is Extract<IssuanceEvent, { type: T }> => event.type === type);

/** Keys in memory. */
export function memoryKeyStore(): Required<KeyStore> & { readonly keys: Map<string, CertificateKey> } {
  const keys = new Map<string, CertificateKey>();
  return {
    keys,
    save: (orderUrl, key) => {
      keys.set(orderUrl, key);
      return EMPTY;
    },
    load: (orderUrl) => {
      const key = keys.get(orderUrl);
      return key === undefined ? EMPTY : of(key);
    },
  };
}
