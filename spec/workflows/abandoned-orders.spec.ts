import { concat, from, throwError } from 'rxjs';
import { expect, it } from 'vitest';
import { abandonedOrders, AcmePortError, type JournalEntry, memoryJournal, type OrderEntry } from '../../lib/index.js';
import { presentedEntryOf } from '../../lib/solvers/journal/journal-entry.js';
import { taskOf } from '../solvers/tasks.js';
import { record } from '../support/virtual-time.js';

const at = new Date(0);
const order = (id: string): OrderEntry => ({
  ...{ type: 'order', id, at, orderUrl: id, accountUrl: 'https://ca.example/account/1', identifiers: [] },
});

it('emits the orders, and leaves the challenges to others', () => {
  const entries: JournalEntry[] = [order('https://ca.example/1'), presentedEntryOf(taskOf(), at, undefined)];
  const { values, isComplete } = record(abandonedOrders(memoryJournal(entries)));
  expect([values, isComplete]).toEqual([[entries[0]], true]);
});

it('errors with what cannot be read, after all that can', () => {
  const cause = new Error('a bad sector');
  const journal = memoryJournal([order('https://ca.example/1'), order('https://ca.example/2')]);
  const read = () =>
    concat(
      from(journal.read()),
      throwError(() => cause),
    );
  const { values, error } = record(abandonedOrders({ ...journal, read }));
  expect(values).toHaveLength(2);
  expect(error).toBeInstanceOf(AcmePortError);
  expect(error).toMatchObject({ port: 'journal', cause });
});
