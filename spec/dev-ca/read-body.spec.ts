import type { IncomingMessage } from 'node:http';
import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { readBody } from '../../lib/dev-ca/read-body.js';

/** What comes of reading a body, in order. */
function read(stream: PassThrough): string[] {
  const seen: string[] = [];
  readBody(stream as unknown as IncomingMessage).subscribe({
    next: (body) => seen.push(body),
    error: (error: Error) => seen.push(error.message),
    complete: () => seen.push('end'),
  });
  return seen;
}

describe('a body', () => {
  it('is read to its end', async () => {
    const stream = new PassThrough();
    const seen = read(stream);
    stream.end('text');
    await expect.poll(() => seen).toEqual(['text', 'end']);
  });

  it.each([undefined, new Error('reset')])('that is cut off is nothing (%s)', async (error) => {
    const stream = new PassThrough();
    const seen = read(stream);
    stream.write('te');
    stream.destroy(error);
    await expect.poll(() => seen).toEqual(['end']);
  });

  it('that is too large is refused once', async () => {
    const stream = new PassThrough();
    const seen = read(stream);
    for (let index = 0; index < 3; index++) stream.write('x'.repeat(131_072));
    stream.end();
    await expect.poll(() => stream.readableEnded).toBe(true);
    expect(seen).toEqual(['malformed: a request has at most 131072 bytes']);
  });
});
