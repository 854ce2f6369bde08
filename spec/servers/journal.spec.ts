import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { abandonedOrders, withdrawAbandoned } from '../../lib/index.js';
import { fileJournal, http01Files } from '../../lib/node/index.js';
import { scratch } from '../node/folder.js';
import { done } from '../support/done.js';
import { killed, type Told } from './support/journal-child.js';

const names = Array.from({ length: 8 }, (_, index) => `n${index}.example`);

/** The files below a web root, by name. */
function filesOf(webRoot: string): readonly string[] {
  const all = readdirSync(webRoot, { recursive: true, withFileTypes: true });
  return all.filter((each) => each.isFile()).map(({ name }) => name);
}

describe('a process that is killed while its challenges are presented', () => {
  const after = (count: number) => (told: readonly Told[], kill: () => void) => {
    if (told.filter(({ presenting }) => presenting !== undefined).length >= count) kill();
  };
  const moments: readonly [string, (told: readonly Told[], kill: () => void) => void][] = [
    ['when the first is about to be', after(1)],
    ['in their midst', after(5)],
    [
      'when the server was told of the last',
      (told, kill) => {
        if (told.filter(({ type }) => type === 'challenge-answered').length === names.length) kill();
      },
    ],
    [
      'some milliseconds after the first',
      (told, kill) => {
        if (told.at(-1)?.presenting !== undefined) void delay(3).then(kill);
      },
    ],
  ];

  it.each(moments)('%s: the next one withdraws every file, and finds the order', async (_, enough) => {
    const [folder, webRoot] = [join(scratch(), 'journal'), join(scratch(), 'www')];
    mkdirSync(webRoot);
    const told = await killed({ what: 'order', folder, webRoot, names }, enough);
    expect(told.filter(({ error }) => error !== undefined)).toEqual([]);

    const journal = fileJournal(folder);
    const entries = await done(journal.read());
    const tokens = entries.flatMap((entry) => (entry.type === 'presented' ? [entry.task.token] : []));
    // Whatever stands in the web root stands in the journal. What is being written may have a name of its own.
    const files = filesOf(webRoot).filter((name) => !name.startsWith('.'));
    expect(tokens).toEqual(expect.arrayContaining([...files]));
    for (const { presenting } of told) if (presenting !== undefined) expect(tokens).toContain(presenting);

    const events = await done(withdrawAbandoned(journal, [http01Files({ webRoot })]));
    expect(events.map(({ type }) => type)).toEqual(tokens.map(() => 'withdrawn'));
    expect([filesOf(webRoot), await done(withdrawAbandoned(journal, []))]).toEqual([[], []]);

    const created = told.find(({ type }) => type === 'order-created');
    const orders = await done(abandonedOrders(journal));
    // It is written while the order goes on, and told when it is.
    expect(orders.length).toBeLessThanOrEqual(1);
    if (created !== undefined) expect(orders[0]?.orderUrl).toBe(created.orderUrl);
    await done(journal.erase(orders[0]?.id ?? ''));
    expect(readdirSync(folder).filter((name) => !name.startsWith('.'))).toEqual([]);
  });
});

describe('a process that is killed while it writes its journal', () => {
  it.each([1, 7, 30, 90, 200, 400])(
    'after %i entries: what was written is there, what was erased is not',
    async (count) => {
      const folder = join(scratch(), 'journal');
      let isKilled = false;
      const told = await killed({ what: 'write', folder }, (all, kill) => {
        if (isKilled || all.length < count) return;
        isKilled = true;
        void delay(Math.random() * 5).then(kill);
      });
      const last = new Map<string, Told>();
      for (const each of told) if (each.id !== undefined) last.set(each.id, each);
      const entries = new Map((await done(fileJournal(folder).read())).map((entry) => [entry.id, entry]));
      for (const [id, { over, number }] of last) {
        const entry = entries.get(id);
        if (over === 'write') expect(entry).toMatchObject({ type: 'order', keyReference: number });
        if (over === 'erase') expect(entry).toBeUndefined();
      }
      expect(entries.size).toBeGreaterThanOrEqual([...last.values()].filter(({ over }) => over === 'write').length);
    },
  );
});
