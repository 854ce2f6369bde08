import type { CertificateKey } from '../model/ports.js';

/** A key of which nothing that prints, inspects or serialises it sees more than its type, where its functions hold it. */
export function opaqueKey(key: CertificateKey): CertificateKey {
  const text = () => `CertificateKey(${key.keyType})`;
  const printed = { toString: text, toJSON: text, [Symbol.for('nodejs.util.inspect.custom')]: text };
  return Object.freeze(Object.defineProperties(key, hidden(printed)));
}

const hidden = (members: object): PropertyDescriptorMap =>
  Object.fromEntries(Reflect.ownKeys(members).map((name) => [name, { value: Reflect.get(members, name) as unknown }]));
