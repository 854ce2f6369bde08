import { describe, expect, it } from 'vitest';
import { contentEncoding } from '../../lib/transport/content-encoding.js';

describe('contentEncoding', () => {
  it.each([
    [undefined, 200],
    [null, 200],
    ['', 200],
    ['identity', 200],
    [' Identity ', 200],
    ['gzip', 204],
    ['gzip', 304],
  ])('%s of a %d is none', (header, status) => {
    expect(contentEncoding(header, status)).toBeUndefined();
  });

  it.each(['gzip', 'GZIP', 'gzip, identity', 'x'])('%s is one', (header) => {
    expect(contentEncoding(header, 200)).toBe(header.toLowerCase());
  });
});
