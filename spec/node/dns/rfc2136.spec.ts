import { createHmac } from 'node:crypto';
import { inspect } from 'node:util';
import { encode } from 'dns-packet';
import fc from 'fast-check';
import { from, lastValueFrom, toArray, VirtualTimeScheduler } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { AcmeDnsError } from '../../../lib/model/errors/dns-error.js';
import { readMessage } from '../../../lib/node/dns/message.js';
import { rfc2136, type Rfc2136Options } from '../../../lib/node/dns/rfc2136.js';
import { isVerified, signedMessage } from '../../../lib/node/dns/tsig.js';
import { tsigKey } from '../../../lib/node/dns/tsig-key.js';
import { updateMessage } from '../../../lib/node/dns/update-message.js';
import { covers } from '../../support/covers.js';
import { recordOf } from '../../solvers/dns/records.js';
import { nameServer, type Query, until } from './name-server.js';

covers('dnsUpdate');

const secret = Buffer.from('a secret of thirty-two characters').toString('base64');
const tsig = { name: 'Acme.key', algorithm: 'hmac-sha256', secret } as const;
const key = tsigKey(tsig);
const now = 1_700_000_000_000;
const name = Buffer.from('\x04acme\x03key\x00', 'latin1');
const algorithm = Buffer.from('\x0bhmac-sha256\x00', 'latin1');
const number = (value: number, bytes = 2) => {
  const buffer = Buffer.alloc(bytes);
  buffer.writeUIntBE(value, 0, bytes);
  return buffer;
};

/** The MAC of a request: the last octets but those of the original number, the error and the other data. */
const macOf = (request: Buffer) => request.subarray(request.length - 38, request.length - 6);

interface Signing {
  readonly rcode?: number;
  readonly error?: number;
  readonly at?: number;
  readonly by?: string;
  readonly other?: Buffer;
  readonly cut?: number;
}

/** An answer signed as RFC 8945 §4.3 and §5.3 have it, written apart from the code under test. */
function signedAnswer(
  request: Buffer,
  { rcode = 0, error = 0, at = now, by = secret, other = Buffer.alloc(0), cut }: Signing = {},
) {
  const message = Buffer.concat([request.subarray(0, 2), number(0xa800 | rcode), Buffer.alloc(8)]);
  const times = Buffer.concat([number(Math.floor(at / 1000), 6), number(300)]);
  const tail = Buffer.concat([number(error), number(other.length), other]);
  const signed = [number(32), macOf(request), message, name, number(255), Buffer.alloc(4), algorithm, times, tail];
  const whole = createHmac('sha256', Buffer.from(by, 'base64')).update(Buffer.concat(signed)).digest();
  const mac = error === 16 || error === 17 ? Buffer.alloc(0) : whole.subarray(0, cut);
  const data = Buffer.concat([algorithm, times, number(mac.length), mac, request.subarray(0, 2), tail]);
  const answer = Buffer.concat([message, name, number(250), number(255), Buffer.alloc(4), number(data.length), data]);
  answer.writeUInt16BE(1, 10);
  return answer;
}

describe('a signature', () => {
  const request = signedMessage(updateMessage({ zone: 'test', name: 'a.test', value: 'v', ttl: 60 }), key, now);
  const verify = (answer: Buffer, at = now) => isVerified(readMessage(answer, 'it'), request, key, at, 'it');

  it('RFC 8945 §4.2: is the last record, in class ANY, and counted', () => {
    const message = readMessage(request.bytes, 'it');
    const [record] = message.additionals;
    expect(message.additionals).toHaveLength(1);
    expect(record).toMatchObject({ name: 'acme.key', type: 250, class: 255, ttl: 0, dataEnd: request.bytes.length });
    expect(macOf(request.bytes)).toEqual(request.mac);
  });

  it('RFC 8945 §4.3: is the HMAC of the message and the variables', () => {
    const message = Buffer.from(request.bytes.subarray(0, readMessage(request.bytes, 'it').additionals[0]?.start));
    message.writeUInt16BE(0, 10);
    const times = Buffer.concat([number(now / 1000, 6), number(300)]);
    const signed = Buffer.concat([message, name, number(255), Buffer.alloc(4), algorithm, times, Buffer.alloc(4)]);
    expect(request.mac).toEqual(createHmac('sha256', Buffer.from(secret, 'base64')).update(signed).digest());
  });

  it('RFC 8945 §5.3: of an answer covers the request’s', () => {
    expect(verify(signedAnswer(request.bytes))).toBe(true);
    const other = signedMessage(updateMessage({ zone: 'test', name: 'b.test', value: 'v' }), key, now);
    const swapped = signedAnswer(other.bytes);
    expect(() => verify(swapped)).toThrow(/does not verify/);
  });

  it('fails where any octet of the answer is changed', () => {
    const answer = signedAnswer(request.bytes);
    fc.assert(
      // The number of a message may be changed on its way: the signed one is in the signature.
      fc.property(fc.integer({ min: 2, max: answer.length - 1 }), fc.integer({ min: 1, max: 255 }), (at, bits) => {
        const changed = Buffer.from(answer);
        changed[at] = (changed[at] ?? 0) ^ bits;
        // The case of names is not signed.
        const isCase = at >= 12 && at < 50 && bits === 32;
        try {
          if (isCase) return;
          expect(verify(changed)).toBe(false);
        } catch (error) {
          expect(error).toBeInstanceOf(AcmeDnsError);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it.each<[string, Signing, RegExp]>([
    ['another secret', { by: Buffer.from('another').toString('base64') }, /does not verify/],
    ['a shortened signature', { cut: 16 }, /does not verify/],
    ['no signature at all', { cut: 0 }, /does not verify/],
    ['another time', { at: now - 301_000 }, /another time/],
    ['BADSIG', { rcode: 9, error: 16 }, /BADSIG/],
    ['BADKEY', { rcode: 9, error: 17 }, /BADKEY/],
    ['BADTIME', { rcode: 9, error: 18, other: number(now / 1000 - 500, 6) }, /500 s behind/],
    ['BADTRUNC', { rcode: 9, error: 22 }, /BADTRUNC/],
  ])('is refused with %s', (_, signing, message) => {
    expect(() => verify(signedAnswer(request.bytes, signing))).toThrow(AcmeDnsError);
    expect(() => verify(signedAnswer(request.bytes, signing))).toThrow(message);
  });
});

describe('updateMessage', () => {
  it('RFC 2136 §2.5.1, §2.5.4: adds in class IN, removes exactly one in class NONE', () => {
    for (const [ttl, recordClass] of [
      [60, 1],
      [undefined, 254],
    ] as const) {
      const message = readMessage(
        updateMessage({ zone: 'test', name: 'a.test', value: 'v', ...(ttl && { ttl }) }),
        'it',
      );
      expect(message.bytes.readUInt16BE(2)).toBe(5 << 11);
      expect(message.questions).toEqual([{ name: 'test', type: 6 }]);
      expect(message.answers).toEqual([]);
      expect(message.authorities).toMatchObject([{ name: 'a.test', type: 16, class: recordClass, ttl: ttl ?? 0 }]);
    }
  });

  it('writes values of any length in strings of 255 octets', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme-ascii', maxLength: 1000 }), (value) => {
        const message = readMessage(updateMessage({ zone: 'test', name: 'a.test', value }), 'it');
        const { dataStart = 0, dataEnd = 0 } = message.authorities[0] ?? {};
        let text = '';
        for (let at = dataStart; at < dataEnd; at += (message.bytes[at] ?? 0) + 1) {
          text += message.bytes.toString('latin1', at + 1, at + 1 + (message.bytes[at] ?? 0));
        }
        expect(text).toBe(value);
      }),
    );
  });
});

describe('rfc2136', () => {
  const run = async (answer: (query: Query) => readonly Buffer[], options: Partial<Rfc2136Options> = {}) => {
    const { server, queries } = await nameServer(answer);
    const clock = { now: () => now };
    const provider = rfc2136({ server: server.label, tsig, zone: 'example.org', clock, timeoutMs: 2000, ...options });
    const outcome = await lastValueFrom(from(provider.add(recordOf())).pipe(toArray())).then(
      (values) => values,
      (error: AcmeDnsError) => error,
    );
    return { outcome, queries };
  };

  it('believes a signed answer and emits nothing', async () => {
    const { outcome, queries } = await run(({ bytes }) => [signedAnswer(bytes)]);
    expect([outcome, queries.length]).toEqual([[], 1]);
  });

  it.each<[string, string, (query: Query) => readonly Buffer[]]>([
    [
      'is not signed',
      'bad-signature',
      ({ bytes }) => [Buffer.concat([bytes.subarray(0, 2), number(0xa800), Buffer.alloc(8)])],
    ],
    ['is signed by another', 'bad-signature', ({ bytes }) => [signedAnswer(bytes, { by: 'AAAA' })]],
    [
      'is a refusal without a signature',
      'refused',
      ({ bytes }) => [Buffer.concat([bytes.subarray(0, 2), number(0xa805), Buffer.alloc(8)])],
    ],
    ['is a signed refusal', 'refused', ({ bytes }) => [signedAnswer(bytes, { rcode: 5 })]],
    [
      'is noise',
      'malformed',
      ({ bytes }) => [Buffer.concat([bytes.subarray(0, 2), Buffer.from([0xa8, 0, 9, 9, 9, 9, 9, 9, 9])])],
    ],
  ])('errors where the answer %s: %s', async (_, failure, answer) => {
    const { outcome } = await run(answer);
    expect(outcome).toBeInstanceOf(AcmeDnsError);
    expect(outcome).toMatchObject({ failure, code: 'dns' });
    expect(inspect(outcome, { depth: 10 })).not.toContain(secret);
  });

  it('does not believe an unsigned answer about the zone', async () => {
    const soa = { mname: 'ns', rname: 'admin', serial: 1, refresh: 1, retry: 1, expire: 1, minimum: 1 };
    const { outcome, queries } = await run(
      ({ bytes }) => [
        encode({
          type: 'response',
          id: bytes.readUInt16BE(0),
          flags: 0x0403,
          authorities: [{ type: 'SOA', name: 'org', data: soa }],
        }),
      ],
      { zone: undefined },
    );
    expect([(outcome as AcmeDnsError).failure, queries.length]).toEqual(['bad-signature', 1]);
  });

  it('survives any octets', async () => {
    const samples = fc.sample(fc.uint8Array({ maxLength: 60 }), 60);
    for (const sample of samples) {
      const { outcome } = await run(({ bytes }) => [
        Buffer.concat([bytes.subarray(0, 2), number(0xa800), Buffer.from(sample)]),
      ]);
      expect(outcome).toBeInstanceOf(AcmeDnsError);
    }
  });

  it('gives up by the scheduler', async () => {
    const scheduler = new VirtualTimeScheduler();
    const { server, queries } = await nameServer(() => []);
    const failed = lastValueFrom(from(rfc2136({ server: server.label, tsig, zone: 'org', scheduler }).add(recordOf())));
    const seen = expect(failed).rejects.toMatchObject({ failure: 'no-answer' });
    await until(() => queries.length > 0);
    scheduler.flush();
    await seen;
    expect(scheduler.now()).toBe(10_000);
  });

  it('shows its secret in no printed form', () => {
    const provider = rfc2136({ server: '127.0.0.1', tsig });
    const shown = inspect([provider, key], { depth: 10, showHidden: false }) + JSON.stringify([provider, key]);
    expect(shown).not.toContain(secret);
    expect(shown).not.toContain(inspect(key.secret));
  });

  it.each<[RegExp, object]>([
    [/name server/, { server: '' }],
    [/ttl/, { ttl: -1 }],
    [/ttl/, { ttl: 1.5 }],
    [/timeoutMs/, { timeoutMs: 0 }],
    [/tsig\.name/, { tsig: { ...tsig, name: '' } }],
    [/tsig\.name/, { tsig: { ...tsig, name: 'a..b' } }],
    [/tsig\.secret/, { tsig: { ...tsig, secret: '' } }],
    [/tsig\.secret/, { tsig: { ...tsig, secret: `${secret}!` } }],
    [/out of date/, { tsig: { ...tsig, algorithm: 'hmac-md5.sig-alg.reg.int' } }],
    [/out of date/, { tsig: { ...tsig, algorithm: 'hmac-sha1' } }],
  ])('refuses at the call: %s %#', (message, options) => {
    const call = () => rfc2136({ server: '127.0.0.1', tsig, ...options });
    expect(call).toThrow(TypeError);
    expect(call).toThrow(message);
    try {
      call();
    } catch (error) {
      expect(inspect(error)).not.toContain(secret);
    }
  });
});
