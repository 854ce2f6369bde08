import { randomInt } from 'node:crypto';
import { codecs } from './codecs.js';
import { recordClass, recordType } from './record-types.js';

/** A change to one TXT value of a zone. */
export interface TxtChange {
  readonly zone: string;
  readonly name: string;
  readonly value: string;
  /** Seconds for a value that is added; a value without them is removed. */
  readonly ttl?: number;
}

const opcodeUpdate = 5 << 11;
const longestString = 255;

/**
 * An UPDATE message that adds one TXT value or removes exactly that one, without conditions: adding what is there and
 * removing what is not are no errors, and the other values stay.
 *
 * @see RFC 2136 §2, §2.5.1, §2.5.4
 */
export function updateMessage({ zone, name, value, ttl }: TxtChange): Buffer {
  const header = Buffer.alloc(12);
  header.writeUInt16BE(randomInt(65_536), 0);
  header.writeUInt16BE(opcodeUpdate, 2);
  header.writeUInt16BE(1, 4); // one zone
  header.writeUInt16BE(1, 8); // one change
  const question = Buffer.alloc(4);
  question.writeUInt16BE(recordType.SOA, 0);
  question.writeUInt16BE(recordClass.IN, 2);
  const fixed = Buffer.alloc(8);
  fixed.writeUInt16BE(recordType.TXT, 0);
  fixed.writeUInt16BE(ttl === undefined ? recordClass.NONE : recordClass.IN, 2);
  fixed.writeUInt32BE(ttl ?? 0, 4);
  const data = codecs.txt.encode(strings(Buffer.from(value)));
  return Buffer.concat([header, codecs.name.encode(zone), question, codecs.name.encode(name), fixed, data]);
}

const strings = (bytes: Buffer): Buffer[] =>
  Array.from({ length: Math.max(1, Math.ceil(bytes.length / longestString)) }, (_, index) =>
    bytes.subarray(index * longestString, (index + 1) * longestString),
  );

/** A question for the zone that a name belongs to. */
export function zoneQuestion(name: string): Buffer {
  const header = Buffer.alloc(12);
  header.writeUInt16BE(randomInt(65_536), 0);
  header.writeUInt16BE(1, 4);
  const question = Buffer.alloc(4);
  question.writeUInt16BE(recordType.SOA, 0);
  question.writeUInt16BE(recordClass.IN, 2);
  return Buffer.concat([header, codecs.name.encode(name), question]);
}
