/** What a TLS client asks for before anything is encrypted. */
export interface ClientHello {
  readonly serverName?: string;
  /** The protocols that it offers. */
  readonly protocols: readonly string[];
}

/** Longer than any client hello, those with post-quantum keys included. */
const longestBytes = 65_536;

const handshakeRecord = 22;
const clientHello = 1;
const serverNameExtension = 0;
const protocolsExtension = 16;

/**
 * Reads the first message of a TLS connection from the bytes that came so far. `partial`: more are needed. Undefined: it
 * is none. Never throws.
 *
 * @see RFC 8446 §4.1.2, §5.1, RFC 6066 §3, RFC 7301 §3.1
 */
export function readClientHello(bytes: Buffer): ClientHello | 'partial' | undefined {
  if (bytes.length > longestBytes) return undefined;
  try {
    const message = handshakeMessage(bytes);
    return message === 'partial' ? 'partial' : helloOf(new Fields(message));
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** The first message, which may be spread over records. */
function handshakeMessage(bytes: Buffer): Buffer | 'partial' {
  const parts: Buffer[] = [];
  for (let at = 0; ;) {
    const [type, major] = [bytes[at], bytes[at + 1]];
    if ((type ?? handshakeRecord) !== handshakeRecord || (major ?? 3) !== 3) throw new RangeError('no TLS handshake');
    if (bytes.length < at + 5) return 'partial';
    const length = bytes.readUInt16BE(at + 3);
    if (length === 0 || length > 16_384) throw new RangeError('no such record');
    parts.push(bytes.subarray(at + 5, at + 5 + length));
    const message = Buffer.concat(parts);
    if ((message[0] ?? clientHello) !== clientHello) throw new RangeError('another message');
    if (message.length >= 4 && message.readUIntBE(1, 3) > longestBytes) throw new RangeError('no such length');
    if (message.length >= 4 && message.length >= 4 + message.readUIntBE(1, 3))
      return message.subarray(4, 4 + message.readUIntBE(1, 3));
    if (bytes.length < at + 5 + length) return 'partial';
    at += 5 + length;
  }
}

function helloOf(message: Fields): ClientHello {
  message.skip(2 + 32); // version, random
  message.list(1); // session
  message.list(2); // cipher suites
  message.list(1); // compression
  const extensions = message.isEmpty ? message : message.list(2);
  let serverName: string | undefined;
  let protocols: readonly string[] = [];
  while (!extensions.isEmpty) {
    const type = extensions.number(2);
    const content = extensions.list(2);
    if (type === serverNameExtension) serverName ??= hostNameOf(content.list(2));
    if (type === protocolsExtension) protocols = [...texts(content.list(2))];
  }
  return serverName === undefined ? { protocols } : { serverName, protocols };
}

function hostNameOf(names: Fields): string | undefined {
  while (!names.isEmpty) {
    const type = names.number(1);
    const name = names.list(2).text();
    if (type === 0) return name;
  }
  return undefined;
}

function* texts(list: Fields): Iterable<string> {
  while (!list.isEmpty) yield list.list(1).text();
}

/** Bytes that are read from front to back. Throws `RangeError` where there are none left. */
class Fields {
  #at = 0;

  constructor(private readonly bytes: Buffer) {}

  get isEmpty(): boolean {
    return this.#at === this.bytes.length;
  }

  skip(count: number): Buffer {
    if (this.#at + count > this.bytes.length) throw new RangeError('it ends too early');
    this.#at += count;
    return this.bytes.subarray(this.#at - count, this.#at);
  }

  number(octets: number): number {
    return this.skip(octets).readUIntBE(0, octets);
  }

  /** What follows a length of so many octets. */
  list(octets: number): Fields {
    return new Fields(this.skip(this.number(octets)));
  }

  text(): string {
    return this.bytes.toString('latin1');
  }
}
