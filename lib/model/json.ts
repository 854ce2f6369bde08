/** A value as `JSON.parse` returns it. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject;

/** An object as `JSON.parse` returns it. */
export interface JsonObject {
  readonly [member: string]: JsonValue;
}
