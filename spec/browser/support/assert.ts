/** In place of `node:assert`, in pages. */
import { expect } from 'vitest';

export const deepStrictEqual = (actual: unknown, expected: unknown): void => {
  expect(actual).toStrictEqual(expected);
};
