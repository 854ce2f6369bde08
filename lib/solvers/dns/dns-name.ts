/** A name as it is compared: lower case, without a final dot. */
export const canonicalDnsName = (name: string): string =>
  name.replace(/\.$/, '').replace(/[A-Z]+/g, (letters) => letters.toLowerCase());

/** Whether a name is a zone's own or below it. The root, an empty name, holds all. */
export const isWithin = (name: string, zone: string): boolean =>
  zone === '' || name === zone || name.endsWith(`.${zone}`);

/** A name without its zone at the end; empty for the zone's own. */
export const relativeTo = (name: string, zone: string): string =>
  name === zone ? '' : name.slice(0, name.length - (zone === '' ? 0 : zone.length + 1));

/** The most specific of these zones that holds a name. */
export const zoneAmong = (name: string, zones: readonly string[]): string | undefined =>
  zones
    .map(canonicalDnsName)
    .filter((zone) => isWithin(name, zone))
    .sort((a, b) => b.length - a.length)[0];
