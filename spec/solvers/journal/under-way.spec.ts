import { EMPTY, of, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { AcmeInputError, AcmePortError, memoryJournal } from '../../../lib/index.js';
import { checkJournal, enter, leave, runJournal, usersOf } from '../../../lib/solvers/journal/under-way.js';
import { record } from '../../support/virtual-time.js';

describe('what this process works on', () => {
  it('is counted for each entry of each journal, and never below nobody', () => {
    const [one, other] = [memoryJournal(), memoryJournal()];
    enter(one, 'a');
    enter(one, 'a');
    enter(one, 'b');
    leave(one, 'b');
    leave(one, 'b');
    leave(other, 'a');
    enter(one, 'b');
    expect([usersOf(one, 'a'), usersOf(one, 'b'), usersOf(one, 'c'), usersOf(other, 'a')]).toEqual([2, 1, 0, 0]);
  });
});

describe('runJournal', () => {
  it('emits nothing, and names the journal in whatever goes wrong', () => {
    expect(record(runJournal(() => of(1, 2)))).toMatchObject({ values: [], isComplete: true });
    const own = new AcmePortError('journal', new Error('full'));
    expect(record(runJournal(() => throwError(() => own))).error).toBe(own);
    for (const cause of [new Error('full'), new AcmeInputError('no folder'), 'text']) {
      const fails = () => {
        throw cause;
      };
      expect(record(runJournal(fails)).error).toMatchObject({ code: 'port', port: 'journal', cause });
    }
  });
});

describe('checkJournal', () => {
  it('takes what has the three functions, an instance of a class too', () => {
    class Own {
      write() {
        return EMPTY;
      }
      erase() {
        return EMPTY;
      }
      read() {
        return EMPTY;
      }
    }
    expect(() => checkJournal('here', new Own())).not.toThrow();
    for (const wrong of [undefined, null, 7, 'text', {}, { write: 1, erase: 2, read: 3 }]) {
      expect(() => checkJournal('here', wrong)).toThrow(/^here: a journal needs/);
    }
  });
});
