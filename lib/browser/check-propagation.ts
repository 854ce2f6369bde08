import type { PropagationCheck } from '../solvers/dns/propagation.js';

/** Throws `TypeError` on what cannot look for a record; none at all is left to its default. */
export function checkPropagation(what: string, propagation: PropagationCheck | undefined): void {
  const { seen } = Object(propagation) as Partial<PropagationCheck>;
  if (propagation === undefined || typeof seen === 'function') return;
  throw new TypeError(`${what}: propagation must have a function seen, as what dnsOverHttps returns has`);
}
