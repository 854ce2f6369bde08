import { type Observable, of, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { cameTrue } from '../../lib/resources/came-true.js';
import { completed, errorOf, virtualTime } from '../support/virtual-time.js';

const url = 'https://ca.test/x';

describe('cameTrue', () => {
  it('passes on what has the status, and an error', () =>
    virtualTime((time) => {
      const done = { url, status: 'gone', more: 1 };
      expect(completed(time, of(done).pipe(cameTrue('gone', ['end', 'thing']))).values).toEqual([done]);
      const error = new Error('x');
      const failing$: Observable<typeof done> = throwError(() => error);
      expect(errorOf(time, failing$.pipe(cameTrue('gone', ['end', 'thing'])))).toBe(error);
    }));

  it('errors with the URL, what was done and the status that is there', () =>
    virtualTime((time) => {
      expect(errorOf(time, of({ url, status: 'valid' }).pipe(cameTrue('gone', ['end', 'thing'])))).toMatchObject({
        code: 'protocol',
        url,
        message: `${url}: the server took the end, and the thing is valid still`,
      });
    }));
});
