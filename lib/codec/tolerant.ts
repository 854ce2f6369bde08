import type { JsonObject, JsonValue } from '../model/json.js';

/** Whether a value of JSON is an object: not null, not an array. */
export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Whether a value of JSON is an array. */
export const isArray = (value: unknown): value is readonly JsonValue[] => Array.isArray(value);

/** An object's own member. Undefined where it is absent. */
export const ownMember = <T = JsonValue>(object: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(object, name) ? object[name] : undefined;

/** A member that informs only: undefined unless it is a string with something in it. */
export function textOf(object: JsonObject, name: string): string | undefined {
  const value = ownMember(object, name);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** A member that informs only: the strings of an array, empty ones and all else left out. */
export function textsOf(object: JsonObject, name: string): readonly string[] {
  const value = ownMember(object, name);
  return isArray(value) ? value.filter((each) => typeof each === 'string').filter((each) => each !== '') : [];
}

/** A member that informs only: undefined unless it is a boolean. */
export function flagOf(object: JsonObject, name: string): boolean | undefined {
  const value = ownMember(object, name);
  return typeof value === 'boolean' ? value : undefined;
}

/** A member that informs only, in seconds: as milliseconds. Undefined unless it is a number that is not negative. */
export function secondsMsOf(object: JsonObject, name: string): number | undefined {
  const value = ownMember(object, name);
  return typeof value === 'number' && value >= 0 && value * 1000 < Infinity ? value * 1000 : undefined;
}

/** A member that informs only: the objects of an array, all else left out. */
export function objectsOf(object: JsonObject, name: string): readonly JsonObject[] {
  const value = ownMember(object, name);
  return isArray(value) ? value.filter(isObject) : [];
}
