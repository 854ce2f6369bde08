import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Heap } from '../../lib/rx/heap.js';

/** Takes everything out. */
function emptied<T>(heap: Heap<T>): T[] {
  const values: T[] = [];
  while (heap.size > 0) values.push(heap.take() as T);
  return values;
}

it('a heap that is empty has nothing to give', () => {
  const heap = new Heap<string>();
  expect([heap.size, heap.firstKey, heap.take(), heap.size]).toEqual([0, undefined, undefined, 0]);
});

it('a heap gives undefined too, where that is what was put in', () => {
  const heap = new Heap<undefined>();
  heap.add(1, undefined);
  heap.add(0, undefined);
  expect([heap.size, heap.firstKey, heap.take(), heap.firstKey, heap.size]).toEqual([2, 0, undefined, 1, 1]);
});

it('a heap gives the smallest key first, and of one key the one that came first, whatever is done in between', () => {
  const step = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.constantFrom(-Infinity, Infinity, 'take' as const));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const heap = new Heap<number>();
      let model: { key: number; turn: number }[] = [];
      for (const [turn, each] of steps.entries()) {
        if (each === 'take') {
          const [least] = [...model].sort((a, b) => (a.key === b.key ? a.turn - b.turn : a.key < b.key ? -1 : 1));
          model = model.filter((entry) => entry !== least);
          expect(heap.take()).toBe(least?.turn);
        } else {
          model.push({ key: each, turn });
          heap.add(each, turn);
        }
        expect(heap.size).toBe(model.length);
      }
      const rest = [...model].sort((a, b) => (a.key === b.key ? a.turn - b.turn : a.key < b.key ? -1 : 1));
      expect(emptied(heap)).toEqual(rest.map(({ turn }) => turn));
    }),
  );
});
