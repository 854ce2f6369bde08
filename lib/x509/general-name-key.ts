import { ipOctets, ipText } from '../codec/ip-octets.js';
import type { Identifier } from '../model/identifier.js';

/** Whether an identifier is a DNS name or an IP address. */
export const isGeneralName = ({ type }: Identifier): boolean => type === 'dns' || type === 'ip';

/** A text that two of them have in common exactly if they mean the same. Throws `TypeError` on an IP address that is none. */
export const generalNameKey = ({ type, value }: Identifier): string =>
  `${type} ${type === 'ip' ? ipText(ipOctets(value)) : value.toLowerCase()}`;
