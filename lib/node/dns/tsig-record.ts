import { canonicalDnsName } from '../../solvers/dns/dns-name.js';
import { codecs } from './codecs.js';
import type { DnsMessage, WireRecord } from './message.js';
import { recordClass } from './record-types.js';

/** The algorithms that are fit for use, RFC 8945 §6. */
export type TsigAlgorithm = 'hmac-sha256' | 'hmac-sha384' | 'hmac-sha512';

/** A key that is shared with a server. Its secret is in no printed form. */
export interface TsigKey {
  /** As the server calls it. */
  readonly name: string;
  readonly algorithm: TsigAlgorithm;
  /** Its octets. */
  readonly secret: Buffer;
}

/** What a signature says beside itself. */
export interface Signature {
  readonly timeSigned: number;
  readonly fudge: number;
  readonly error: number;
  readonly other: Buffer;
}

/** A signature as it came. */
export interface ReceivedSignature extends Signature {
  readonly algorithm: string;
  readonly mac: Buffer;
  readonly originalId: Buffer;
}

/** Reads the data of a TSIG record. Throws on what is none. RFC 8945 §4.2. */
export function readSignature({ bytes }: DnsMessage, { dataStart, dataEnd }: WireRecord): ReceivedSignature {
  const { decode } = codecs.name;
  const algorithm = decode(bytes, dataStart);
  let at = dataStart + decode.bytes;
  const take = (length: number) => {
    const part = bytes.subarray(at, at + length);
    if (at + length > dataEnd) throw new Error('a signature is longer than its record');
    at += length;
    return part;
  };
  const number = () => take(2).readUInt16BE(0);
  const timeSigned = take(6).readUIntBE(0, 6);
  const allowed = number();
  const mac = take(number());
  return { algorithm, timeSigned, fudge: allowed, mac, originalId: take(2), error: number(), other: take(number()) };
}

/** What is signed beside the message. RFC 8945 §4.3.3. */
export const variables = ({ name, algorithm }: TsigKey, signature: Signature): Buffer =>
  Buffer.concat([
    encodeName(name),
    uint16(recordClass.ANY),
    Buffer.alloc(4),
    encodeName(algorithm),
    times(signature),
    uint16(signature.error),
    uint16(signature.other.length),
    signature.other,
  ]);

/** The time of a signature and how far clocks may be apart. */
export function times({ timeSigned, fudge: allowed }: Signature): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeUIntBE(timeSigned, 0, 6);
  bytes.writeUInt16BE(allowed, 6);
  return bytes;
}

/** A name, never shortened, in lower case. */
export const encodeName = (name: string): Buffer => codecs.name.encode(canonicalDnsName(name));

/** Two octets. */
export function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}
