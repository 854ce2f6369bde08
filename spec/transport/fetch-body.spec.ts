import { Readable } from 'node:stream';
import { ReadableStream } from 'node:stream/web';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readBody } from '../../lib/transport/fetch-body.js';

const tooLarge = (fault: string): Error => new Error(fault);
const pieces = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 8 });

/** The ways in which the `fetch`es of this world hand over a body. */
const bodies: readonly [string, (chunks: readonly Uint8Array[]) => unknown][] = [
  ['a stream of Node', (chunks) => Readable.from(chunks.filter(({ length }) => length > 0))],
  ['a web stream', (chunks) => ReadableStream.from(chunks)],
  ['any asynchronous iterable', (chunks) => ReadableStream.from(chunks).values()],
];

describe.each(bodies)('the body of an answer, %s', (_what, body) => {
  it('is read whole, however it is cut up, or refused where it is longer than it may be', async () => {
    await fc.assert(
      fc.asyncProperty(pieces, fc.nat(200), async (chunks, maxBytes) => {
        const whole = Buffer.concat(chunks);
        const read = await readBody(body(chunks), maxBytes, tooLarge).then(
          (bytes) => Buffer.from(bytes),
          (error: unknown) => error,
        );
        if (whole.length <= maxBytes) expect(read).toEqual(whole);
        else expect(read).toMatchObject({ message: expect.stringContaining(`the ${maxBytes} bytes`) as unknown });
      }),
      { numRuns: 60 },
    );
  });
});

describe('the body of an answer', () => {
  it.each([null, undefined])('is empty where there is %s', async (none) => {
    expect(await readBody(none, 1, tooLarge)).toEqual(new Uint8Array());
  });

  it('ends with the error of its stream', async () => {
    const stream = new Readable({ read: () => undefined });
    stream.push('x');
    setImmediate(() => stream.destroy(new Error('gone')));
    await expect(readBody(stream, 10, tooLarge)).rejects.toThrow('gone');
  });
});
