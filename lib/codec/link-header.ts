import type { Link } from '../model/retrieved.js';
import { parseUrl, resolveUrl } from './url.js';

const quoted = '"(?:[^"\\\\]|\\\\.)*"';
const parameter = `;[ \\t]*(?:([^=;, \\t]+)[ \\t]*(?:=[ \\t]*(${quoted}|(?!")[^;,]*))?)?[ \\t]*`;

/**
 * A link and its parameters, as far as they are well-formed, and the rest, which is malformed: up to a comma that stands
 * in no quoted text. Nothing has to follow, so nothing is read twice.
 */
const linkForm = new RegExp(
  `[ \\t,]*(?:<(?<target>[^>]*)>[ \\t]*(?<parameters>(?:${parameter})*))?(?<rest>(?:${quoted}|".*|[^",])*)`,
  'gs',
);

const parameterForm = new RegExp(parameter, 'gs');

/**
 * The links of a `Link` header, those of a repeated header joined by commas included. Relative targets are resolved;
 * absolute ones are kept as they are, character for character. Leaves out links of another context (`anchor`), links
 * without a relation, and what is malformed. Never throws.
 *
 * @param baseUrl The URL that was asked.
 * @see RFC 8288 §3, §B.2
 */
export const parseLinkHeader = (value = '', baseUrl: string): readonly Link[] =>
  [...value.matchAll(linkForm)].flatMap(({ groups }) => {
    const { target, parameters = '', rest } = groups as Partial<Record<'target' | 'parameters' | 'rest', string>>;
    return target === undefined || rest !== '' ? [] : toLinks(target, parametersOf(parameters), baseUrl);
  });

/** By name in lower case. The first of a name counts. */
const parametersOf = (text: string): ReadonlyMap<string, string> =>
  new Map(
    [...text.matchAll(parameterForm)].reverse().map(([, name = '', value = '']) => [name.toLowerCase(), bare(value)]),
  );

const bare = (value: string): string =>
  value.startsWith('"') ? value.slice(1, -1).replaceAll(/\\(.)/gs, '$1') : value;

/** Whether a context is the very URL that was asked. */
const isSame = (anchor: string, baseUrl: string): boolean =>
  parseUrl(anchor, baseUrl)?.href === parseUrl('', baseUrl)?.href;

function toLinks(target: string, parameters: ReadonlyMap<string, string>, baseUrl: string): readonly Link[] {
  const relations = new Set((parameters.get('rel') ?? '').toLowerCase().split(/\s+/).filter(Boolean));
  const url = resolveUrl(target, baseUrl);
  const anchor = parameters.get('anchor');
  if (url === undefined || relations.size === 0 || (anchor !== undefined && !isSame(anchor, baseUrl))) return [];
  return [{ url, relations: [...relations] }];
}
