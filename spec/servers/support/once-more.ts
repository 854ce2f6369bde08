import { setTimeout as delay } from 'node:timers/promises';
import type { Pebble } from '../../support/pebble.js';

const limitMs = 25_000;

/**
 * Runs a case that puts load on Pebble. Pebble 2.10 can hang then: its order handler takes one lock for reading
 * twice, and a writer may come in between. After 25 s it is restarted, a warning says so, and the case runs again.
 *
 * @param run gets the signal to stop everything that it has begun.
 */
export async function onceMore(
  pebble: Pebble,
  what: string,
  run: (hangs: AbortSignal) => Promise<void>,
): Promise<void> {
  const hangs = new AbortController();
  const over = new AbortController();
  const limit = delay(limitMs, 'hangs' as const, { signal: over.signal });
  limit.catch(() => undefined); // Rejects when it is called off.
  const end = await Promise.race([run(hangs.signal), limit]).finally(() => over.abort());
  if (end !== 'hangs') return;
  console.warn(`PEBBLE HANGS: ${what} came to no end in ${limitMs / 1000} s. Restarted, tried once more.`);
  hangs.abort();
  await pebble.restart();
  await run(over.signal);
}
