/** A PKCS#10 request with an empty subject and DNS names, written by hand: DER is tag, length, value. */
import { Buffer } from 'node:buffer';
import { generateKeyPairSync, sign } from 'node:crypto';

const der = (tag, ...parts) => {
  const value = Buffer.concat(parts);
  const { length } = value;
  const head =
    length < 128 ? [tag, length] : length < 256 ? [tag, 0x81, length] : [tag, 0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.from(head), value]);
};
const sequence = (...parts) => der(0x30, ...parts);
const set = (...parts) => der(0x31, ...parts);
const oid = (hex) => der(0x06, Buffer.from(hex, 'hex'));
const octets = (value) => der(0x04, value);
const bits = (value) => der(0x03, Buffer.of(0), value);

const subjectAlternativeName = oid('551d11');
const extensionRequest = oid('2a864886f70d01090e');
const ecdsaWithSha256 = sequence(oid('2a8648ce3d040302'));

/** The DER of a request for `names` by a new P-256 key. */
export function certificateRequest(names) {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const general = sequence(...names.map((name) => der(0x82, Buffer.from(name, 'latin1'))));
  const extensions = sequence(sequence(subjectAlternativeName, octets(general)));
  const info = sequence(
    der(0x02, Buffer.of(0)),
    sequence(),
    publicKey.export({ format: 'der', type: 'spki' }),
    der(0xa0, sequence(extensionRequest, set(extensions))),
  );
  return sequence(info, ecdsaWithSha256, bits(sign('sha256', info, privateKey)));
}
