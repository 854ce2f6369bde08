/**
 * What a certificate is asked for. `dns` values are lower-case A-labels, `*.` in front for a wildcard; `ip` values
 * are in canonical text form. Other types are passed through as they are.
 *
 * @see RFC 8555 §9.7.7, RFC 8738 §3
 */
export interface Identifier {
  /** `dns`, `ip`, or one of another registered kind. */
  readonly type: 'dns' | 'ip' | (string & {});
  /** The name or address. */
  readonly value: string;
}

/** An identifier as it was asked for: its value, with `*.` in front for a wildcard. */
export const nameOf = ({
  identifier,
  wildcard,
}: {
  readonly identifier: Identifier;
  readonly wildcard: boolean;
}): string => `${wildcard ? '*.' : ''}${identifier.value}`;

/** A host name or an IP address as text, or an {@link Identifier}. */
export type IdentifierInput = string | Identifier;

/** Identifiers as a list for a message. */
export const valuesOf = (identifiers: readonly Identifier[]): string =>
  identifiers.map(({ value }) => value).join(', ') || 'nothing';
