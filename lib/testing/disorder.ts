import type { FakeCaOptions } from './fake-ca-options.js';

/** What every JSON answer goes through: other orders, members that nobody knows. */
export function disorder({ shuffle = false, unknownMembers = false }: FakeCaOptions): (json: object) => object {
  let looks = 0;
  if (!shuffle && !unknownMembers) return (json) => json;
  return (json) => {
    looks++;
    return changed(json, shuffle && looks % 2 === 0, unknownMembers ? looks : undefined) as object;
  };
}

function changed(value: unknown, turned: boolean, look: number | undefined): unknown {
  if (Array.isArray(value)) {
    const items = value.map((each) => changed(each, turned, look));
    return turned ? items.reverse() : items;
  }
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.fromEntries(Object.entries(value).map(([name, each]) => [name, changed(each, turned, look)]));
  return look === undefined ? members : { ...members, [`unknown-${look}`]: { to: ['everybody', look] } };
}
