/** How two lists of a TestScheduler's notifications differ, as text; `undefined` where they do not. */
export function deepDifference(actual: unknown, expected: unknown): string | undefined {
  if (isDeepEqual(actual, expected)) return undefined;
  return `expected:\n${shown(expected)}\nactual:\n${shown(actual)}`;
}

function isDeepEqual(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return false;
  if (a instanceof Date) return a.getTime() === (b as Date).getTime();
  if (a instanceof Error) return a.message === (b as Error).message && a.name === (b as Error).name;
  const [left, right] = [a as Record<string, unknown>, b as Record<string, unknown>];
  const keys = Object.keys(left);
  return (
    keys.length === Object.keys(right).length && keys.every((key) => key in right && isDeepEqual(left[key], right[key]))
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
  return value === undefined ? 'undefined' : JSON.stringify(value);
}
