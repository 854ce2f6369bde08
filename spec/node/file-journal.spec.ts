import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { concat, from, merge, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { AcmePortError, type JournalEntry, type OrderEntry } from '../../lib/index.js';
import { fileJournal } from '../../lib/node/index.js';
import { presentedEntryOf } from '../../lib/solvers/journal/journal-entry.js';
import { challengeOf, taskOf } from '../solvers/tasks.js';
import { done } from '../support/done.js';
import { record } from '../support/virtual-time.js';
import { contentOf, scratch } from './folder.js';

const at = new Date(Date.UTC(2026, 0, 1));
const token = 'dG9rZW4tb2YtdGhlLWNoYWxsZW5nZQ';
const presented = (id: string) =>
  presentedEntryOf(
    taskOf({ challenge: { ...challengeOf('dns-01', token), url: `https://ca.example/${id}` }, token }),
    at,
    undefined,
  );
const order = (id: string, keyReference = 'one'): OrderEntry => ({
  ...{ type: 'order', id, at, orderUrl: id, accountUrl: 'https://ca.example/account/1', identifiers: [] },
  keyReference,
});
const idsIn = async (folder: string) => (await done(fileJournal(folder).read())).map(({ id }) => id).sort();

describe('fileJournal', () => {
  it('keeps entries across journals, replaces and erases them; another process would read the same', async () => {
    const folder = join(scratch(), 'journal');
    const journal = fileJournal(folder);
    expect(await done(journal.read())).toEqual([]);
    const [one, two] = [order('https://ca.example/1'), presented('2')];
    await done(concat(journal.write(one), journal.write(two), journal.write(order(one.id, 'two'))));
    const [first, second] = (await done(fileJournal(folder).read())).sort((a, b) => (a.type < b.type ? -1 : 1));
    expect(first).toEqual(order(one.id, 'two'));
    expect(second).toMatchObject({ id: two.id, task: { token, keyAuthorization: two.task.keyAuthorization } });
    await done(concat(fileJournal(folder).erase(one.id), journal.erase('never there')));
    expect(await idsIn(folder)).toEqual([two.id]);
    await done(journal.erase(two.id));
    expect(contentOf(folder)).toEqual([]);
  });

  it('is for this user only', async () => {
    const folder = join(scratch(), 'journal');
    await done(fileJournal(folder).write(presented('1')));
    const [name] = readdirSync(folder);
    const mode = (path: string) => (statSync(path).mode & 0o777).toString(8);
    expect([mode(folder), mode(join(folder, name ?? ''))]).toEqual(['700', '600']);
  });

  it('writes hundreds at the same time, each a small file of its own', async () => {
    const folder = scratch();
    const journal = fileJournal(folder);
    const entries = Array.from({ length: 300 }, (_, index) => presented(`${index}`));
    await done(merge(...entries.map((each) => from(journal.write(each)))));
    expect(await idsIn(folder)).toEqual(entries.map(({ id }) => id).sort());
    for (const each of readdirSync(folder)) expect(statSync(join(folder, each)).size).toBeLessThan(2_000);
    await done(merge(...entries.slice(0, 299).map(({ id }) => from(journal.erase(id)))));
    expect(await idsIn(folder)).toEqual([entries[299]?.id]);
  });

  it('does nothing before it is subscribed, and comes to its end when it is unsubscribed', async () => {
    const folder = scratch();
    const journal = fileJournal(folder);
    const write$ = from(journal.write(order('https://ca.example/1')));
    await new Promise((resolve) => setImmediate(resolve));
    expect(contentOf(folder)).toEqual([]);
    write$.subscribe().unsubscribe();
    await done(journal.erase('https://ca.example/1'));
    expect(contentOf(folder)).toEqual([]);
  });

  it('leaves alone what is not its own, and what was not finished', async () => {
    const folder = scratch();
    const names = ['README', '.lock', 'notes.json', `.${'a'.repeat(64)}.json.1`];
    for (const name of names) writeFileSync(join(folder, name), '{');
    await done(fileJournal(folder).write(order('https://ca.example/1')));
    expect(await idsIn(folder)).toEqual(['https://ca.example/1']);
    await done(fileJournal(folder).erase('https://ca.example/1'));
    expect(contentOf(folder)).toEqual([...names].sort());
  });

  it('names each file that cannot be read, and what to do, after all the others', async () => {
    const folder = scratch();
    const journal = fileJournal(folder);
    const ids = ['1', '2', '3', '4'];
    await done(concat(...ids.map((id) => from(journal.write(presented(id))))));
    const [cut, foreign] = readdirSync(folder).map((name) => join(folder, name)) as [string, string];
    const idOf = (file: string) => (JSON.parse(readFileSync(file, 'utf8')) as JournalEntry).id;
    const left = ids.map((id) => `https://ca.example/${id}`).filter((id) => ![idOf(cut), idOf(foreign)].includes(id));
    truncateSync(cut, 100);
    writeFileSync(foreign, readFileSync(join(folder, readdirSync(folder).at(-1) ?? '')));
    const seen: string[] = [];
    const error = await new Promise((resolve) => {
      from(journal.read()).subscribe({ next: ({ id }) => seen.push(id), error: resolve, complete: () => resolve(0) });
    });
    expect(seen.sort()).toEqual(left);
    expect(error).toBeInstanceOf(AcmePortError);
    const { message } = error as Error;
    expect(message).toContain(`${cut} (not a journal entry: it is not JSON, or was cut off)`);
    expect(message).toContain(`${foreign} (of another entry)`);
    expect(message).toMatch(/undo by hand .* remove them$/);
    expect(inspect(error, { depth: 12 })).not.toContain(token.slice(0, 10));
    expect(readdirSync(folder)).toHaveLength(4);
  });

  it('cut anywhere in any file, still gives all the other entries, and never another one than was written', async () => {
    const entries = [order('https://ca.example/order'), ...['1', '2', '3'].map(presented)];
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: 3 }), fc.double({ min: 0, max: 1, noNaN: true }), async (index, part) => {
        const folder = mkdtempSync(join(tmpdir(), 'rxacme-journal-'));
        try {
          const journal = fileJournal(folder);
          await done(merge(...entries.map((each) => from(journal.write(each)))));
          const file = join(folder, readdirSync(folder).sort()[index] ?? '');
          const { size } = statSync(file);
          const { id } = JSON.parse(readFileSync(file, 'utf8')) as JournalEntry;
          const length = Math.floor(part * size);
          truncateSync(file, length);
          const seen: string[] = [];
          const error = await new Promise((resolve) => {
            from(journal.read()).subscribe({
              next: (each) => seen.push(each.id),
              error: resolve,
              complete: () => resolve(0),
            });
          });
          // The line's end may be missing: the entry is whole without it.
          const isWhole = length >= size - 1;
          expect(seen.sort()).toEqual(
            entries
              .map((each) => each.id)
              .filter((each) => isWhole || each !== id)
              .sort(),
          );
          expect(error === 0).toBe(isWhole);
          // Writing it again, or erasing it, mends the journal.
          await done(journal.erase(id));
          expect(await done(from(journal.read()).pipe(toArray()))).toHaveLength(1);
        } finally {
          rmSync(folder, { recursive: true, force: true });
        }
      }),
      { numRuns: 40 },
    );
  });

  it('errors as a journal where the folder is a file', async () => {
    const file = join(scratch(), 'file');
    writeFileSync(file, '');
    expect(record(from(fileJournal(file).read())).error).toBeUndefined();
    await expect(done(fileJournal(file).read())).rejects.toMatchObject({ code: 'port', port: 'journal' });
    await expect(done(fileJournal(file).write(order('https://ca.example/1')))).rejects.toThrow(/is no folder/);
  });

  it.each([undefined, '', 7])('refuses %j as a folder', (folder) => {
    expect(() => fileJournal(folder as never)).toThrow(TypeError);
  });
});
