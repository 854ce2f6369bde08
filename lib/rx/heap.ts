interface Entry<T> {
  readonly key: number;
  /** When it was added, for those of one key. */
  readonly turn: number;
  readonly value: T;
}

const isBefore = <T>(one: Entry<T>, other: Entry<T>): boolean =>
  one.key < other.key || (one.key === other.key && one.turn < other.turn);

/** Values in the order of their keys, smallest first, and for one key in the order in which they were added. */
export class Heap<T> {
  readonly #entries: Entry<T>[] = [];
  #turns = 0;

  /** How many values are in it. */
  get size(): number {
    return this.#entries.length;
  }

  /** The smallest key. */
  get firstKey(): number | undefined {
    return this.#entries[0]?.key;
  }

  /** Puts a value in. */
  add(key: number, value: T): void {
    const entries = this.#entries;
    const entry = { key, turn: this.#turns++, value };
    let at = entries.length;
    while (at > 0) {
      const parentAt = (at - 1) >> 1;
      const parent = entries[parentAt] as Entry<T>;
      if (!isBefore(entry, parent)) break;
      entries[at] = parent;
      at = parentAt;
    }
    entries[at] = entry;
  }

  /** Takes the value with the smallest key out. */
  take(): T | undefined {
    const entries = this.#entries;
    const [first] = entries;
    const last = entries.pop();
    if (first === undefined || last === undefined || first === last) return first?.value;
    let at = 0;
    for (;;) {
      const left = 2 * at + 1;
      const right = left + 1;
      const least =
        right < entries.length && isBefore(entries[right] as Entry<T>, entries[left] as Entry<T>) ? right : left;
      if (least >= entries.length || !isBefore(entries[least] as Entry<T>, last)) break;
      entries[at] = entries[least] as Entry<T>;
      at = least;
    }
    entries[at] = last;
    return first.value;
  }
}
