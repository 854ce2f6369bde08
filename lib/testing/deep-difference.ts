/** How two lists of a TestScheduler's notifications differ, as text; `undefined` where they do not. */
export function deepDifference(actual: unknown, expected: unknown): string | undefined {
  if (isDeepEqual(actual, expected)) return undefined;
  return `expected:\n${shown(expected)}\nactual:\n${shown(actual)}`;
}

/** `pairs`: what is being compared already, further out, where objects lead back to themselves. */
function isDeepEqual(a: unknown, b: unknown, pairs: ReadonlyMap<unknown, unknown> = new Map()): boolean {
  if (Object.is(a, b) || (pairs.has(a) && pairs.get(a) === b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return false;
  if (a instanceof Date) return a.getTime() === (b as Date).getTime();
  if (a instanceof URL) return a.href === (b as URL).href;
  if (a instanceof RegExp) return a.toString() === (b as RegExp).toString();
  if (a instanceof ArrayBuffer) return isDeepEqual(new Uint8Array(a), new Uint8Array(b as ArrayBuffer));
  if (a instanceof Error) return a.message === (b as Error).message && a.name === (b as Error).name;
  const inner = new Map([...pairs, [a, b]]);
  if (a instanceof Map || a instanceof Set) return isDeepEqual([...a], [...(b as Set<unknown>)], inner);
  const [left, right] = [a as Record<string, unknown>, b as Record<string, unknown>];
  const keys = Object.keys(left);
  return (
    keys.length === Object.keys(right).length &&
    keys.every((key) => Object.hasOwn(right, key) && isDeepEqual(left[key], right[key], inner))
  );
}

/** One line per notification, in the words of marble diagrams. */
function shown(value: unknown): string {
  if (!Array.isArray(value)) return `  ${printed(value)}`;
  return value.map((each) => `  ${line(each)}`).join('\n') || '  (nothing)';
}

function line(each: unknown): string {
  const { frame, notification } = each as {
    frame?: number;
    notification?: { kind: string; value?: unknown; error?: unknown };
  };
  if (frame === undefined || notification === undefined) return printed(each);
  const { kind, value, error } = notification;
  return `${String(frame).padStart(8)} ms  ${kind === 'N' ? printed(value) : kind === 'E' ? `# ${printed(error)}` : '|'}`;
}

function printed(value: unknown): string {
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  try {
    const text: unknown = JSON.stringify(value, word);
    return typeof text === 'string' ? text : String(value);
  } catch {
    return String(value); // It leads back to itself.
  }
}

/** What JSON has no word for. */
function word(_: string, value: unknown): unknown {
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'function') return String(value);
  return value instanceof Map || value instanceof Set ? [...value] : value;
}
