import * as dnsPacket from 'dns-packet';

/** Reads and writes one kind of thing within a message. After each call, `bytes` says how many octets it took. */
export interface Codec<T> {
  readonly encode: (value: T) => Buffer;
  readonly decode: ((message: Buffer, offset: number) => T) & { readonly bytes: number };
}

/** Those of dns-packet's codecs that its types leave out. Record data is read and written with its length in front. */
export interface Codecs {
  readonly name: Codec<string>;
  readonly txt: { readonly encode: (strings: Buffer[]) => Buffer; readonly decode: Codec<Buffer[]>['decode'] };
  readonly soa: Codec<{ readonly minimum?: number }>;
  readonly a: Codec<string>;
  readonly aaaa: Codec<string>;
}

/** dns-packet throws errors of its own on what it cannot read. */
export const codecs = dnsPacket as unknown as Codecs;
