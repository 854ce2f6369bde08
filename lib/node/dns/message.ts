import { AcmeDnsError } from '../../model/errors/dns-error.js';
import { codecs } from './codecs.js';

/** One record of a message, and where it is. */
export interface WireRecord {
  readonly name: string;
  readonly type: number;
  readonly class: number;
  readonly ttl: number;
  /** Where the record begins. */
  readonly start: number;
  /** Where its data begins; its length is in the two octets before. */
  readonly dataStart: number;
  /** Where its data ends. */
  readonly dataEnd: number;
}

/** A message as it came, its data not yet read. */
export interface DnsMessage {
  readonly bytes: Buffer;
  readonly id: number;
  readonly isResponse: boolean;
  readonly isAuthoritative: boolean;
  readonly isTruncated: boolean;
  readonly rcode: number;
  readonly questions: readonly { readonly name: string; readonly type: number }[];
  readonly answers: readonly WireRecord[];
  readonly authorities: readonly WireRecord[];
  readonly additionals: readonly WireRecord[];
}

/** Far more than a name's TXT records take, and little enough that no message is hard to read. */
export const maxMessageBytes = 16_384;

const headerBytes = 12;

/**
 * Reads a message, but for the data of its records. Throws {@link AcmeDnsError} `malformed` on what is none.
 *
 * @see RFC 1035 §4.1
 */
export function readMessage(bytes: Buffer, server: string): DnsMessage {
  return readable(server, () => {
    if (bytes.length < headerBytes) throw new Error('it is too short');
    if (bytes.length > maxMessageBytes) throw new Error(`it is longer than ${maxMessageBytes} octets`);
    const flags = bytes.readUInt16BE(2);
    const reader = new Reader(bytes);
    const questions = times(bytes.readUInt16BE(4), () => reader.question());
    const records = (at: number) => times(bytes.readUInt16BE(at), () => reader.record());
    return {
      bytes,
      id: bytes.readUInt16BE(0),
      isResponse: (flags & 0x8000) !== 0,
      isAuthoritative: (flags & 0x0400) !== 0,
      isTruncated: (flags & 0x0200) !== 0,
      rcode: flags & 15,
      questions,
      // What was cut off is asked for again.
      ...((flags & 0x0200) === 0
        ? { answers: records(6), authorities: records(8), additionals: records(10) }
        : { answers: [], authorities: [], additionals: [] }),
    };
  });
}

/** Runs what reads octets of others. Whatever goes wrong in it makes them malformed. */
export function readable<T>(server: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new AcmeDnsError('malformed', `${server}: what came is no DNS message: ${why}`, { server, cause });
  }
}

const times = <T>(count: number, make: () => T): T[] => Array.from({ length: count }, make);

class Reader {
  #at = headerBytes;

  constructor(private readonly bytes: Buffer) {}

  question(): { readonly name: string; readonly type: number } {
    const name = this.#name();
    const type = this.bytes.readUInt16BE(this.#at);
    this.#at += 4;
    return { name, type };
  }

  record(): WireRecord {
    const { bytes } = this;
    const start = this.#at;
    const name = this.#name();
    const fixed = this.#at;
    const dataStart = fixed + 10;
    const dataEnd = dataStart + bytes.readUInt16BE(fixed + 8);
    if (dataEnd > bytes.length) throw new Error('a record is longer than the message');
    this.#at = dataEnd;
    return {
      name,
      type: bytes.readUInt16BE(fixed),
      class: bytes.readUInt16BE(fixed + 2),
      ttl: bytes.readUInt32BE(fixed + 4),
      start,
      dataStart,
      dataEnd,
    };
  }

  #name(): string {
    const { decode } = codecs.name;
    const name = decode(this.bytes, this.#at);
    this.#at += decode.bytes;
    return name === '.' ? '' : name;
  }
}
