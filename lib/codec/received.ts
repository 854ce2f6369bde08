import { AcmeProtocolError } from '../model/errors/protocol-error.js';
import type { JsonObject, JsonValue } from '../model/json.js';
import type { ResponseContext } from '../model/retrieved.js';
import { defined } from './defined.js';
import { parseRfc3339 } from './rfc3339.js';
import { isArray, isObject, ownMember, textOf } from './tolerant.js';
import { isAbsoluteUrl } from './url.js';

/** A reply to decode: what its headers said, and its body as `JSON.parse` returned it. */
export interface Received extends ResponseContext {
  /** The body as `JSON.parse` returned it. */
  readonly raw: unknown;
}

/** An object that is being decoded, and what messages call it. */
export interface Members {
  readonly object: JsonObject;
  /** The resource: `order`, say. */
  readonly what: string;
  /** The way from the resource to the object, such as `challenges[1].`; empty for the resource itself. */
  readonly path: string;
  /** The URL of the resource. */
  readonly url: string | undefined;
}

/** What {@link membersOf} reads: a reply, or what is known of one. */
export type Raw = Pick<Received, 'raw'> & { readonly url?: string };

/** The members of a resource. Throws {@link AcmeProtocolError} where the body is not an object. */
export function membersOf({ raw, url }: Raw, what: string): Members {
  if (isObject(raw)) return { object: raw, what, path: '', url };
  throw new AcmeProtocolError(`${what}: the body must be an object, found ${kindOf(raw)}`, { url });
}

/** What a decoded resource keeps of its reply's headers. */
export const contextOf = ({ url, links, retryAfterMs }: ResponseContext): ResponseContext =>
  defined({ url, links, retryAfterMs });

/** A string with something in it. Throws {@link AcmeProtocolError} where the member is anything else or absent. */
export const requiredString = (members: Members, name: string): string =>
  stringFrom(ownMember(members.object, name), members, name);

/** As {@link requiredString}; undefined where the member is absent, null or empty. */
export const optionalString = (members: Members, name: string): string | undefined =>
  isGiven(members, name) ? requiredString(members, name) : undefined;

/**
 * An absolute URL, character for character. Throws {@link AcmeProtocolError} where the member is anything else or
 * absent.
 */
export const requiredUrl = (members: Members, name: string): string =>
  urlFrom(ownMember(members.object, name), members, name);

/** As {@link requiredUrl}; undefined where the member is absent, null or empty. */
export const optionalUrl = (members: Members, name: string): string | undefined =>
  isGiven(members, name) ? requiredUrl(members, name) : undefined;

/** An array of absolute URLs. Throws {@link AcmeProtocolError} where the member is anything else or absent. */
export const requiredUrls = (members: Members, name: string): readonly string[] =>
  arrayFrom(members, name).map((value, index) => urlFrom(value, members, `${name}[${index}]`));

/** An object. Throws {@link AcmeProtocolError} where the member is anything else or absent. */
export const requiredObject = (members: Members, name: string): Members =>
  objectFrom(ownMember(members.object, name), members, name);

/** An array of objects. Throws {@link AcmeProtocolError} where the member is anything else or absent. */
export const requiredObjects = (members: Members, name: string): readonly Members[] =>
  arrayFrom(members, name).map((value, index) => objectFrom(value, members, `${name}[${index}]`));

/**
 * A boolean, false where it is absent or null. Throws {@link AcmeProtocolError} where the member is anything else.
 */
export function booleanOrFalse(members: Members, name: string): boolean {
  const value = ownMember(members.object, name) ?? false;
  return typeof value === 'boolean' ? value : failMember(members, name, 'a boolean', kindOf(value));
}

/** An instant. It informs only: undefined where the member is absent or no date. */
export function optionalInstant({ object }: Members, name: string): Date | undefined {
  const text = textOf(object, name);
  return text === undefined ? undefined : parseRfc3339(text);
}

/** Throws {@link AcmeProtocolError} that names the member. `found` must not repeat its value. */
export function failMember({ what, path, url }: Members, name: string, expected: string, found: string): never {
  throw new AcmeProtocolError(`${what}: member "${path}${name}" must be ${expected}, found ${found}`, { url });
}

function isGiven({ object }: Members, name: string): boolean {
  const value = ownMember(object, name) ?? '';
  return value !== '';
}

function stringFrom(value: JsonValue | undefined, members: Members, name: string): string {
  if (typeof value === 'string' && value !== '') return value;
  return failMember(members, name, 'a string', kindOf(value));
}

function urlFrom(value: JsonValue | undefined, members: Members, name: string): string {
  if (typeof value === 'string' && isAbsoluteUrl(value)) return value;
  return failMember(members, name, 'an absolute URL', insteadOf(value));
}

function objectFrom(value: JsonValue | undefined, members: Members, name: string): Members {
  if (isObject(value)) return { ...members, object: value, path: `${members.path}${name}.` };
  return failMember(members, name, 'an object', kindOf(value));
}

function arrayFrom(members: Members, name: string): readonly JsonValue[] {
  const value = ownMember(members.object, name);
  return isArray(value) ? value : failMember(members, name, 'an array', kindOf(value));
}

/** What a member is that should be a certain kind of text. */
export const insteadOf = (value: unknown): string =>
  typeof value === 'string' && value !== '' ? 'a string that is none' : kindOf(value);

function kindOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === '') return 'an empty string';
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}
