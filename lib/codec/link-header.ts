import type { Link } from '../model/retrieved.js';
import { parseUrl, resolveUrl } from './url.js';

const quoted = '"(?:[^"\\\\]|\\\\.)*"';
const parameter = `[ \\t]*(?:([^=;, \\t]+)[ \\t]*(?:=[ \\t]*(${quoted}|(?!")[^;,]*))?)?[ \\t]*`;

/** A link and its parameters, as far as they are well-formed. Nothing has to follow, so nothing is read twice. */
const linkForm = new RegExp(`[ \\t,]*(?:<([^>]*)>[ \\t]*((?:;${parameter})*))?`, 'sy');

/** The rest of what is malformed: up to a comma that stands in no quoted text. */
const restForm = new RegExp(`(?:${quoted}|".*|[^",])*`, 'sy');

const parameterForm = new RegExp(`;${parameter}`, 'gs');

/**
 * The links of a `Link` header, those of a repeated header joined by commas included. Relative targets are resolved;
 * absolute ones are kept as they are, character for character. Leaves out links of another context (`anchor`), links
 * without a relation, and what is malformed. Never throws.
 *
 * @param baseUrl The URL that was asked.
 * @see RFC 8288 §3, §B.2
 */
export function parseLinkHeader(value = '', baseUrl: string): readonly Link[] {
  const links: Link[] = [];
  for (let at = 0; at < value.length;) {
    linkForm.lastIndex = at;
    const [read = '', target, parameters = ''] = linkForm.exec(value) ?? [];
    restForm.lastIndex = at + read.length;
    const rest = restForm.exec(value)?.[0] ?? '';
    const link = target === undefined || rest !== '' ? undefined : toLink(target, parametersOf(parameters), baseUrl);
    if (link !== undefined) links.push(link);
    at += read.length + rest.length + 1;
  }
  return links;
}

/** By name in lower case. The first of a name counts. */
function parametersOf(text: string): ReadonlyMap<string, string> {
  const parameters = new Map<string, string>();
  for (const [, name = '', value = ''] of text.matchAll(parameterForm)) {
    const key = name.toLowerCase();
    const bare = value.startsWith('"') ? value.slice(1, -1).replaceAll(/\\(.)/gs, '$1') : value;
    if (!parameters.has(key)) parameters.set(key, bare);
  }
  return parameters;
}

function toLink(target: string, parameters: ReadonlyMap<string, string>, baseUrl: string): Link | undefined {
  const relations = new Set((parameters.get('rel') ?? '').toLowerCase().split(/\s+/).filter(Boolean));
  const url = resolveUrl(target, baseUrl);
  if (url === undefined || relations.size === 0) return undefined;
  const anchor = parameters.get('anchor');
  if (anchor !== undefined && parseUrl(anchor, baseUrl)?.href !== parseUrl('', baseUrl)?.href) return undefined;
  return { url, relations: [...relations] };
}
