import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { NEVER, of, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { checkFolder, makeFolder, presented, withdrawn } from '../../lib/node/file-folder.js';
import { done } from '../support/done.js';
import { record } from '../support/virtual-time.js';
import { contentOf, scratch } from './folder.js';

const noWork = () => Promise.resolve();

describe('presented and withdrawn', () => {
  it('work in turn, in the order in which they are subscribed to', async () => {
    const folder = scratch();
    const steps: string[] = [];
    const step = (name: string) => async () => {
      steps.push(`${name} begins`);
      await new Promise((resolve) => setTimeout(resolve, 5));
      steps.push(`${name} ends`);
    };
    const first = done(presented(folder, 'file', of(step('present'))));
    await Promise.all([first, done(withdrawn(folder, 'file', step('withdraw')))]);
    expect(steps).toEqual(['present begins', 'present ends', 'withdraw begins', 'withdraw ends']);
  });

  it('come to their end when they are left', async () => {
    const folder = scratch();
    let ended = false;
    const left = record(
      presented(
        folder,
        'file',
        of(async () => void (await new Promise(setImmediate), (ended = true))),
      ),
    );
    left.unsubscribe();
    await done(withdrawn(folder, 'file', noWork));
    expect(ended).toBe(true);
  });

  it('withdraw with the last user, and go on after what failed', async () => {
    const folder = scratch();
    let withdrawals = 0;
    const work = () => Promise.resolve(void withdrawals++);
    await done(presented(folder, 'file', of(noWork)));
    const failing = presented(
      folder,
      'file',
      of(() => Promise.reject(new Error('disk full'))),
    );
    await expect(done(failing)).rejects.toThrow('disk full');
    record(presented(folder, 'file', NEVER)).unsubscribe();
    await expect(
      done(
        presented(
          folder,
          'file',
          throwError(() => new Error('no key')),
        ),
      ),
    ).rejects.toThrow('no key');
    for (let left = 3; left >= 0; left--) {
      await done(withdrawn(folder, 'file', work));
      expect(withdrawals).toBe(left === 0 ? 1 : 0);
    }
    await done(withdrawn(folder, 'file', work)); // Without a user: after a crash.
    expect(withdrawals).toBe(2);
  });
});

describe('makeFolder', () => {
  it('is undone with the last file, as far as folders are empty, and not above the root', async () => {
    const root = scratch();
    const path = join(root, 'a', 'b', 'c');
    await done(
      presented(
        path,
        'file',
        of(() => makeFolder(root, path)),
      ),
    );
    expect(existsSync(path)).toBe(true);
    writeFileSync(join(root, 'a', 'foreign'), '');
    await done(withdrawn(path, 'file', noWork));
    expect(contentOf(root)).toEqual(['a', join('a', 'foreign')]);
  });

  it('is not undone where the folder was there', async () => {
    const root = scratch();
    mkdirSync(join(root, 'a'));
    const path = join(root, 'a', 'b');
    await done(
      presented(
        path,
        'file',
        of(() => makeFolder(root, path)),
      ),
    );
    await done(withdrawn(path, 'file', noWork));
    expect(contentOf(root)).toEqual(['a']);
  });

  it('wants its root', async () => {
    const root = scratch();
    await checkFolder(root);
    await expect(makeFolder(join(root, 'typo'), join(root, 'typo', 'a'))).rejects.toThrow('is not there');
    expect(contentOf(root)).toEqual([]);
  });
});
