import { Refusal } from '../../testing/ca/refusal.js';

/** Why a validation failed, as an error to throw. The types are those that public authorities use. */
export const failure = (type: 'connection' | 'dns' | 'tls' | 'unauthorized', detail: string): Refusal =>
  new Refusal({ type, detail });

/** How text of others is shown: short, and nothing but printable characters. */
export const shown = (text: string): string =>
  JSON.stringify(text.length > 100 ? `${text.slice(0, 100)}…` : text).replace(/[^\x20-\x7e…]/g, '?');
