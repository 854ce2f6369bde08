import { concat, from, lastValueFrom, toArray } from 'rxjs';
import { expect, it } from 'vitest';
import { memoryJournal, type OrderEntry } from '../../../lib/index.js';
import { record } from '../../support/virtual-time.js';

const entry = (id: string, accountUrl = 'https://ca.example/account/1'): OrderEntry => ({
  ...{ type: 'order', id, at: new Date(0), orderUrl: id, identifiers: [] },
  accountUrl,
});

it('replaces, erases and reads, each when it is subscribed', async () => {
  const journal = memoryJournal([entry('a')]);
  const ids = () => record(from(journal.read())).values.map(({ id }) => id);
  const write$ = from(journal.write(entry('b')));
  expect(ids()).toEqual(['a']);
  const replace$ = from(journal.write(entry('b', 'https://ca.example/account/2')));
  const done = await lastValueFrom(
    concat(write$, replace$, from(journal.erase('a')), from(journal.erase('c')), journal.read()).pipe(toArray()),
  );
  expect(done).toEqual([entry('b', 'https://ca.example/account/2')]);
});

it('is read as it was when the reading began', () => {
  const journal = memoryJournal([entry('a'), entry('b')]);
  const seen = record(from(journal.read()), ({ id }) => void record(from(journal.erase(id === 'a' ? 'b' : 'a'))));
  expect(seen.values.map(({ id }) => id)).toEqual(['a', 'b']);
});
