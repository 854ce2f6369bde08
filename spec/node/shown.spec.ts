import { describe, expect, it } from 'vitest';
import { shown } from '../../lib/node/shown.js';

describe('shown', () => {
  it.each([
    ['', '""'],
    ['a "word"', '"a \\"word\\""'],
    ['\u001b[2J\u0000ü', '"\\u001b[2J\\u0000?"'],
    ['x'.repeat(100), `"${'x'.repeat(100)}"`],
    ['x'.repeat(101), `"${'x'.repeat(100)}…"`],
  ])('%j is %s', (text, expected) => {
    expect(shown(text)).toBe(expected);
  });
});
