import type { Link } from '../model/retrieved.js';
import { isAbsoluteUrl, parseUrl } from './url.js';

/** A header value and how far it is read. Every step moves on, so that no value takes more than one pass. */
interface Cursor {
  readonly text: string;
  at: number;
}

interface Part {
  readonly target: string;
  /** By name in lower case. The first of a name counts. */
  readonly parameters: ReadonlyMap<string, string>;
}

/**
 * The links of a `Link` header, those of a repeated header joined by commas included. Relative targets are resolved;
 * absolute ones are kept as they are, character for character. Leaves out links of another context (`anchor`), links
 * without a relation, and what is malformed. Never throws.
 *
 * @param baseUrl The URL that was asked.
 * @see RFC 8288 §3, §B.2
 */
export function parseLinkHeader(value: string | undefined, baseUrl: string): readonly Link[] {
  const cursor: Cursor = { text: value ?? '', at: 0 };
  const links: Link[] = [];
  for (;;) {
    skip(cursor, ' \t,');
    if (isAtEnd(cursor)) return links;
    const part = readPart(cursor);
    const link = part && toLink(part, baseUrl);
    if (link !== undefined) links.push(link);
  }
}

function toLink({ target, parameters }: Part, baseUrl: string): Link | undefined {
  const relations = new Set((parameters.get('rel') ?? '').toLowerCase().split(/\s+/).filter(Boolean));
  const url = resolve(target, baseUrl);
  if (url === undefined || relations.size === 0) return undefined;
  const anchor = parameters.get('anchor');
  if (anchor !== undefined && parseUrl(anchor, baseUrl)?.href !== parseUrl('', baseUrl)?.href) return undefined;
  return { url, relations: [...relations] };
}

function resolve(target: string, baseUrl: string): string | undefined {
  if (isAbsoluteUrl(target)) return target;
  return /[\s\p{Cc}]/u.test(target) ? undefined : parseUrl(target, baseUrl)?.href;
}

/** Reads up to the comma after a link. Undefined where it is malformed. */
function readPart(cursor: Cursor): Part | undefined {
  const part = readLink(cursor);
  skip(cursor, ' \t');
  if (isAtEnd(cursor) || cursor.text[cursor.at] === ',') return part;
  while (!isAtEnd(cursor) && cursor.text[cursor.at] !== ',') {
    if (cursor.text[cursor.at] === '"') readQuoted(cursor);
    else cursor.at += 1;
  }
  return undefined;
}

function readLink(cursor: Cursor): Part | undefined {
  if (!take(cursor, '<')) return undefined;
  const target = readUntil(cursor, '>');
  if (!take(cursor, '>')) return undefined;
  const parameters = new Map<string, string>();
  while (takeSeparator(cursor)) {
    const name = readUntil(cursor, '=;, \t').toLowerCase();
    skip(cursor, ' \t');
    const value = take(cursor, '=') ? readValue(cursor) : '';
    if (value === undefined) return undefined;
    if (!parameters.has(name)) parameters.set(name, value);
  }
  return { target, parameters };
}

/** A semicolon and the blanks around it. */
function takeSeparator(cursor: Cursor): boolean {
  skip(cursor, ' \t');
  const isThere = take(cursor, ';');
  skip(cursor, ' \t');
  return isThere;
}

function readValue(cursor: Cursor): string | undefined {
  skip(cursor, ' \t');
  return cursor.text[cursor.at] === '"' ? readQuoted(cursor) : readUntil(cursor, ';,');
}

/** Undefined where the closing quote is missing; then nothing is left to read. */
function readQuoted(cursor: Cursor): string | undefined {
  let value = '';
  for (cursor.at += 1; !isAtEnd(cursor); cursor.at += 1) {
    if (take(cursor, '"')) return value;
    if (cursor.text[cursor.at] === '\\') cursor.at += 1;
    value += cursor.text[cursor.at] ?? '';
  }
  return undefined;
}

const isAtEnd = ({ text, at }: Cursor): boolean => at >= text.length;

function take(cursor: Cursor, character: string): boolean {
  if (cursor.text[cursor.at] !== character) return false;
  cursor.at += 1;
  return true;
}

function skip(cursor: Cursor, characters: string): void {
  while (!isAtEnd(cursor) && characters.includes(cursor.text.charAt(cursor.at))) cursor.at += 1;
}

function readUntil(cursor: Cursor, characters: string): string {
  const from = cursor.at;
  while (!isAtEnd(cursor) && !characters.includes(cursor.text.charAt(cursor.at))) cursor.at += 1;
  return cursor.text.slice(from, cursor.at);
}
