import { createHmac, timingSafeEqual } from 'node:crypto';
import { AcmeDnsError } from '../../model/errors/dns-error.js';
import { canonicalDnsName } from '../../solvers/dns/dns-name.js';
import { type DnsMessage, readable, type WireRecord } from './message.js';
import { recordClass, recordType } from './record-types.js';
import {
  encodeName,
  readSignature,
  type ReceivedSignature,
  type Signature,
  times,
  type TsigKey,
  uint16,
  variables,
} from './tsig-record.js';

/** How far two clocks may be apart, in seconds, RFC 8945 §10. */
const fudge = 300;
const hashes = { 'hmac-sha256': 'sha256', 'hmac-sha384': 'sha384', 'hmac-sha512': 'sha512' } as const;

/** A message with its signature, and what the answer's signature is about as well. */
export interface SignedMessage {
  readonly bytes: Buffer;
  readonly mac: Buffer;
}

/**
 * Signs a message.
 *
 * @see RFC 8945 §4.2, §5.3
 */
export function signedMessage(message: Buffer, key: TsigKey, nowMs: number): SignedMessage {
  const signature: Signature = {
    timeSigned: Math.floor(nowMs / 1000),
    fudge,
    error: 0,
    other: Buffer.alloc(0),
  };
  const mac = macOf(key, [message, variables(key, signature)]);
  const data = Buffer.concat([
    encodeName(key.algorithm),
    times(signature),
    uint16(mac.length),
    mac,
    message.subarray(0, 2),
    uint16(signature.error),
    uint16(signature.other.length),
  ]);
  const fixed = Buffer.alloc(10);
  fixed.writeUInt16BE(recordType.TSIG, 0);
  fixed.writeUInt16BE(recordClass.ANY, 2);
  fixed.writeUInt16BE(data.length, 8);
  const bytes = Buffer.concat([message, encodeName(key.name), fixed, data]);
  bytes.writeUInt16BE(bytes.readUInt16BE(10) + 1, 10);
  return { bytes, mac };
}

const errors: Readonly<Record<number, readonly ['bad-signature' | 'bad-key' | 'bad-time', string]>> = {
  16: ['bad-signature', 'the server finds that the signature does not verify (BADSIG): the secrets differ'],
  17: ['bad-key', 'the server does not know this key, or not with this algorithm (BADKEY)'],
  18: ['bad-time', 'the clocks differ by more than the server accepts (BADTIME)'],
  22: ['bad-signature', 'the server wants a longer signature (BADTRUNC)'],
};

/**
 * Whether the answer to a signed message is signed by the same key. Throws {@link AcmeDnsError} `bad-signature`, `bad-key`
 * or `bad-time` where the server says so or where the signature does not hold; returns false where there is none.
 *
 * @see RFC 8945 §5.2, §5.3
 */
export function isVerified(
  answer: DnsMessage,
  { mac: asked }: SignedMessage,
  key: TsigKey,
  nowMs: number,
  server: string,
): boolean {
  const record = answer.additionals.at(-1);
  if (record?.type !== recordType.TSIG) return false;
  const signature = readable(server, () => readSignature(answer, record));
  const [failure, message] = errors[signature.error] ?? [];
  if (failure !== undefined && message !== undefined) {
    throw new AcmeDnsError(failure, `${server}: ${message}${clockNote(signature, nowMs)}`, { server });
  }
  const fail = (reason: 'bad-signature' | 'bad-time', why: string): never => {
    throw new AcmeDnsError(reason, `${server}: the answer ${why}; it is not believed`, { server });
  };
  const isOurs = canonicalDnsName(record.name) === canonicalDnsName(key.name);
  if (record.class !== recordClass.ANY || record.ttl !== 0) fail('bad-signature', 'has a signature of another kind');
  if (!isOurs || canonicalDnsName(signature.algorithm) !== key.algorithm) fail('bad-signature', 'has another key');
  const expected = macOf(key, [
    uint16(asked.length),
    asked,
    unsigned(answer, record, signature),
    variables(key, signature),
  ]);
  const isGood = expected.length === signature.mac.length && timingSafeEqual(expected, signature.mac);
  if (!isGood) fail('bad-signature', 'has a signature that does not verify');
  if (Math.abs(nowMs / 1000 - signature.timeSigned) > fudge) fail('bad-time', 'was signed at another time');
  return true;
}

/** With BADTIME, the server says what time it is. */
function clockNote({ error, other }: Signature, nowMs: number): string {
  if (error !== 18 || other.length !== 6) return '';
  const seconds = Math.round(other.readUIntBE(0, 6) - nowMs / 1000);
  return `: its clock is ${Math.abs(seconds)} s ${seconds < 0 ? 'behind' : 'ahead'}`;
}

/** The message as it was before it was signed. */
function unsigned({ bytes }: DnsMessage, { start }: WireRecord, { originalId }: ReceivedSignature): Buffer {
  const message = Buffer.from(bytes.subarray(0, start));
  originalId.copy(message, 0);
  message.writeUInt16BE(message.readUInt16BE(10) - 1, 10);
  return message;
}

const macOf = ({ algorithm, secret }: TsigKey, parts: readonly Buffer[]): Buffer =>
  createHmac(hashes[algorithm], secret).update(Buffer.concat(parts)).digest();
