/**
 * A number from 0 to less than 1 that a text stands for: always the same for the same text, and for many texts, however
 * alike, as if drawn by lot. Not for secrets.
 */
export function fractionOf(text: string): number {
  // FNV-1a, and then the mixing of MurmurHash3, for texts that differ in their last character only.
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}
