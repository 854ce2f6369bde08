import { defined } from '../codec/defined.js';
import { formatRfc3339 } from '../codec/format-rfc3339.js';
import { toIdentifiers } from '../codec/identifier.js';
import type { Directory } from '../model/directory.js';
import { AcmeUnsupportedError } from '../model/errors/unsupported-error.js';
import type { Identifier, IdentifierInput } from '../model/identifier.js';
import type { OrderExtension, OrderPayload } from '../model/order-extension.js';
import type { IdentifierType } from '../model/ports.js';
import { checkedCertificateId } from './checked-certificate-id.js';

/** Options of {@link newOrder}. */
export interface NewOrderOptions {
  /** Host names and IP addresses. Names are converted to lower-case A-labels; `*.` in front asks for a wildcard. */
  readonly identifiers: readonly IdentifierInput[];
  /** From when on the certificate is to be valid, to the second. Some servers refuse to be told. Default: up to the server. */
  readonly notBeforeAt?: Date | undefined;
  /** Until when the certificate is to be valid, to the second. Some servers refuse to be told. Default: up to the server. */
  readonly notAfterAt?: Date | undefined;
  /** One of the profiles that the directory names. Default: up to the server, which may take any. */
  readonly profile?: string | undefined;
  /**
   * The certificate that the new one is to replace, by the name that `certificateId` makes of it. Not sent where the
   * server has no renewal information. An order that is refused with it is sent once more without it. Default: none.
   */
  readonly replaces?: string | undefined;
  /** What extensions of the protocol add to the order. Default: nothing. */
  readonly extensions?: readonly OrderExtension[] | undefined;
}

/** What is sent to newOrder. */
export interface NewOrderPayload {
  readonly identifiers: readonly Identifier[];
  readonly profile?: string;
  readonly replaces?: string;
}

/**
 * Reads the options of a new order, and returns what makes its payload for a server. That throws
 * {@link AcmeUnsupportedError} for a profile that the server does not offer, and what extensions throw. Throws
 * `TypeError` on options that cannot work.
 *
 * @see RFC 8555 §7.4, RFC 9773 §5
 */
export function newOrderPayload(
  options: NewOrderOptions,
  types: readonly IdentifierType[],
): (directory: Directory) => NewOrderPayload {
  const { notBeforeAt, notAfterAt, profile, extensions = [] } = options;
  const identifiers = toIdentifiers(options.identifiers, types);
  if (!areFunctions(extensions)) {
    throw new TypeError('newOrder: extensions must be a list of functions');
  }
  const notBefore = notBeforeAt && formatRfc3339('newOrder: notBeforeAt', notBeforeAt);
  const notAfter = notAfterAt && formatRfc3339('newOrder: notAfterAt', notAfterAt);
  // Text of this form sorts as the instants do.
  if (notBefore !== undefined && notAfter !== undefined && notBefore >= notAfter) {
    throw new TypeError('newOrder: notAfterAt must be a second after notBeforeAt or later');
  }
  const replaces = options.replaces && checkedCertificateId('newOrder: replaces', options.replaces);
  return (directory) => {
    const { renewalInfo, meta, url } = directory;
    if (profile !== undefined && !Object.hasOwn(meta.profiles, profile)) {
      const offered = Object.keys(meta.profiles).join(', ') || 'none';
      throw new AcmeUnsupportedError(`the server has no profile "${profile}"; it offers: ${offered}`, { url });
    }
    const payload = defined({ identifiers, notBefore, notAfter, profile, replaces: renewalInfo && replaces });
    return extensions.reduce<NewOrderPayload>(
      (made, extension) => ({ ...made, ...extension(directory, made as OrderPayload) }),
      payload,
    );
  };
}

const areFunctions = (list: unknown): boolean =>
  Array.isArray(list) && list.every((each) => typeof each === 'function');
