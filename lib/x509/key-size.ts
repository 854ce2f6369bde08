/**
 * The size of the modulus in a DER SubjectPublicKeyInfo of an RSA key, in bits. Undefined where there is none.
 *
 * @see RFC 3279 §2.3.1
 */
export function rsaModulusBits(spki: Uint8Array): number | undefined {
  const info = contentAt(spki, 0, 0x30);
  const algorithm = info && contentAt(spki, info.start, 0x30);
  const bits = algorithm && contentAt(spki, algorithm.end, 0x03);
  const key = bits && contentAt(spki, bits.start + 1, 0x30);
  const modulus = key && contentAt(spki, key.start, 0x02);
  if (modulus === undefined) return undefined;
  const octets = spki.subarray(modulus.start, modulus.end);
  const first = octets.findIndex((octet) => octet !== 0);
  return first < 0 ? 0 : (octets.length - first) * 8 - Math.clz32(octets[first] ?? 0) + 24;
}

/** Where the content of the DER value at an offset is. Undefined where it has another tag or is cut off. */
function contentAt(der: Uint8Array, at: number, tag: number): { start: number; end: number } | undefined {
  const first = der[at + 1];
  if (der[at] !== tag || first === undefined) return undefined;
  const lengthOctets = first > 0x7f ? der.subarray(at + 2, at + 2 + (first & 0x7f)) : Uint8Array.of(first);
  const start = at + 2 + (first > 0x7f ? lengthOctets.length : 0);
  const end = start + lengthOctets.reduce((length, octet) => length * 256 + octet, 0);
  return end > der.length ? undefined : { start, end };
}
