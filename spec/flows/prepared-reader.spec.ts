import { finalize, NEVER, type ObservableInput, of, throwError, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { synchronousPorts } from '../../lib/testing/index.js';
import { virtualTime, type VirtualTime } from '../support/virtual-time.js';
import { withFakeCa } from './with-fake-ca.js';

const { certificateReader } = synchronousPorts();

const withPreparation = (time: VirtualTime, prepare: () => ObservableInput<unknown>) =>
  withFakeCa(time, { validation: { delayMs: 1_000 } }, { certificateReader: { ...certificateReader, prepare } });

describe('the preparation of a certificate reader', () => {
  it('is asked for once, when the server validates', () =>
    virtualTime((time) => {
      const asked: string[][] = [];
      const { obtained, ca } = withPreparation(time, () => {
        asked.push(ca.history.requests.map(({ operation }) => operation));
        return of('ready');
      });
      expect(obtained({ identifiers: ['a.test', 'b.test'] }).isComplete).toBe(true);
      expect(asked).toHaveLength(1);
      expect(asked[0]?.filter((each) => each === 'challenge')).toHaveLength(2);
      expect(asked[0]).not.toContain('order');
    }));

  it.each<[string, () => ObservableInput<unknown>]>([
    ['fails', () => throwError(() => new Error('no such chunk'))],
    [
      'throws',
      () => {
        throw new Error('no such chunk');
      },
    ],
    ['emits and goes on for long', () => timer(0, 60_000)],
  ])('changes nothing where it %s', (_what, prepare) =>
    virtualTime((time) => {
      const types = (prepared: () => ObservableInput<unknown>) =>
        withPreparation(time, prepared)
          .obtained()
          .values.map(({ type }) => type);
      expect(types(prepare)).toEqual(types(() => of()));
      expect(types(prepare).at(-1)).toBe('certificate-issued');
    }),
  );

  it('is given up when the order moves', () =>
    virtualTime((time) => {
      let endings = 0;
      const { obtained } = withPreparation(time, () => NEVER.pipe(finalize(() => endings++)));
      expect(obtained().isComplete).toBe(true);
      expect(endings).toBe(1);
    }));
});
