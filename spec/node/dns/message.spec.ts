import { encode } from 'dns-packet';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AcmeDnsError } from '../../../lib/model/errors/dns-error.js';
import { type DnsMessage, maxMessageBytes, readMessage } from '../../../lib/node/dns/message.js';
import {
  addressesIn,
  aliasIn,
  nameServersIn,
  rememberedMs,
  txtValues,
  zonesIn,
} from '../../../lib/node/dns/record-data.js';

/** All that is ever read of a message. */
function readAll(message: DnsMessage): unknown {
  return [
    txtValues(message, 'it'),
    addressesIn(message, 'it'),
    aliasIn(message, 'a.test', 'it'),
    nameServersIn(message, message.answers, 'it'),
    nameServersIn(message, message.authorities, 'it'),
    zonesIn(message),
    rememberedMs(message, 'it'),
  ];
}

const soa = { mname: 'ns.test', rname: 'admin.test', serial: 1, refresh: 2, retry: 3, expire: 4, minimum: 300 };
const sample = encode({
  type: 'response',
  id: 7,
  flags: 0x0400,
  questions: [{ type: 'TXT', name: 'a.test' }],
  answers: [
    { type: 'CNAME', name: 'A.test', data: 'B.test' },
    { type: 'TXT', name: 'b.test', data: ['one', ' two'] },
    { type: 'TXT', name: 'b.test', data: 'three' },
    { type: 'A', name: 'b.test', data: '192.0.2.1' },
    { type: 'AAAA', name: 'b.test', data: '2001:db8::1' },
  ],
  authorities: [
    { type: 'SOA', name: 'test', ttl: 60, data: soa },
    { type: 'NS', name: 'Test', data: 'ns.test' },
    { type: 'NS', name: 'test', data: 'NS.test' },
    { type: 'NS', name: 'other', data: 'ns.other' },
  ],
  additionals: [{ type: 'OPT', name: '.', udpPayloadSize: 1232, flags: 0, options: [] } as never],
});

describe('readMessage', () => {
  it('reads what dns-packet writes', () => {
    const message = readMessage(sample, 'it');
    expect(message).toMatchObject({ id: 7, isResponse: true, isAuthoritative: true, isTruncated: false, rcode: 0 });
    expect(message.questions).toEqual([{ name: 'a.test', type: 16 }]);
    expect(message.additionals).toHaveLength(1);
    expect(readAll(message)).toEqual([
      ['one two', 'three'],
      ['192.0.2.1', '2001:db8::1'],
      'b.test',
      undefined,
      { zone: 'test', names: ['ns.test'] },
      ['test'],
      60_000,
    ]);
  });

  it('does not read on in a message that was cut', () => {
    const cut = Buffer.from(sample.subarray(0, 40));
    cut.writeUInt16BE(0x8600, 2);
    expect(readMessage(cut, 'it')).toMatchObject({ isTruncated: true, answers: [], additionals: [] });
  });

  const hostile = (bytes: Buffer) => {
    const started = performance.now();
    try {
      readAll(readMessage(bytes, 'it'));
    } catch (error) {
      expect(error).toBeInstanceOf(AcmeDnsError);
      expect(error).toMatchObject({ failure: 'malformed', server: 'it' });
    }
    return performance.now() - started;
  };

  it('reads any octets, or throws a typed error', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => void hostile(Buffer.from(bytes))),
      {
        numRuns: 500,
      },
    );
  });

  it('reads a message with octets changed, cut or doubled, or throws a typed error', () => {
    const change = fc.tuple(fc.nat(sample.length - 1), fc.nat(255));
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 6 }), fc.nat(sample.length), (changes, length) => {
        const bytes = Buffer.from(sample);
        for (const [at, value] of changes) bytes[at] = value;
        hostile(bytes);
        hostile(bytes.subarray(0, length));
        hostile(Buffer.concat([bytes, bytes.subarray(length)]));
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['more records than octets', Buffer.from([0, 1, 0x80, 0, 0, 0, 255, 255, 255, 255, 255, 255])],
    ['a name that points to itself', Buffer.from([0, 1, 0x80, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0xc0, 12, 0, 1, 0, 1])],
    ['more octets than a message may have', Buffer.alloc(maxMessageBytes + 1)],
  ])('throws a typed error on %s', (_, bytes) => {
    expect(() => readMessage(bytes, 'it')).toThrow(AcmeDnsError);
  });

  it('is not kept busy by chains of pointers', () => {
    const bytes = Buffer.alloc(maxMessageBytes);
    bytes.writeUInt16BE(0x8000, 2);
    bytes.writeUInt16BE(4000, 6);
    // Every pointer points to the one before; the records' names begin at the last.
    for (let at = 14; at < 8000; at += 2) bytes.writeUInt16BE(0xc000 | (at - 2), at);
    hostile(bytes);
    expect(() => readMessage(bytes, 'it')).toThrow(AcmeDnsError);
  });
});
