import { Refusal } from '../../testing/ca/refusal.js';

/** Why a validation failed, as an error to throw. The types are those that public authorities use. */
export const failure = (type: 'connection' | 'dns' | 'tls' | 'unauthorized', detail: string): Refusal =>
  new Refusal({ type, detail });
