/** Whether an HMAC is right. */
export async function verifyMac(macKey: Uint8Array, hash: string, input: string, mac: Uint8Array): Promise<boolean> {
  const { subtle } = globalThis.crypto;
  const key = await subtle.importKey('raw', new Uint8Array(macKey), { name: 'HMAC', hash }, false, ['verify']);
  return subtle.verify('HMAC', key, new Uint8Array(mac), new TextEncoder().encode(input));
}
