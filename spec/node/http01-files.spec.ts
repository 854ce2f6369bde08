import { existsSync, mkdirSync, readFileSync, rmdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { from } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { AcmeInputError } from '../../lib/model/errors/input-error.js';
import { http01Files } from '../../lib/node/http01-files.js';
import { covers } from '../support/covers.js';
import { done } from '../support/done.js';
import { record } from '../support/virtual-time.js';
import { taskOf } from '../solvers/tasks.js';
import { contentOf, scratch } from './folder.js';

covers('http01');

const taskFor = (token: string) => taskOf({ type: 'http-01', token, keyAuthorization: `${token}.thumbprint` });
const challenges = ['.well-known', 'acme-challenge'] as const;
const folders = ['.well-known', join(...challenges)];

describe('http01Files', () => {
  it('writes the file, for all to read, and takes it and its folders away again', async () => {
    const webRoot = scratch();
    const solver = http01Files({ webRoot });
    expect(await done(solver.present(taskFor('token')))).toEqual([]);
    const file = join(webRoot, ...challenges, 'token');
    expect(readFileSync(file, 'utf8')).toBe('token.thumbprint');
    expect(statSync(file).mode & 0o777).toBe(0o644);
    expect(folders.map((each) => statSync(join(webRoot, each)).mode & 0o777)).toEqual([0o755, 0o755]);
    expect(contentOf(webRoot)).toEqual([...folders, join(...challenges, 'token')]);
    expect(await done(solver.cleanUp(taskFor('token')))).toEqual([]);
    expect(contentOf(webRoot)).toEqual([]);
  });

  it('does so whatever the process masks', async () => {
    const webRoot = scratch();
    const before = process.umask(0o077);
    try {
      await done(http01Files({ webRoot }).present(taskFor('token')));
    } finally {
      process.umask(before);
    }
    expect(statSync(join(webRoot, ...challenges, 'token')).mode & 0o777).toBe(0o644);
    expect(statSync(join(webRoot, ...challenges)).mode & 0o777).toBe(0o755);
  });

  it('leaves files of others and folders that were there', async () => {
    const webRoot = scratch();
    mkdirSync(join(webRoot, ...challenges), { recursive: true });
    writeFileSync(join(webRoot, ...challenges, 'foreign'), 'x');
    const solver = http01Files({ webRoot });
    await done(solver.present(taskFor('token')));
    await done(solver.cleanUp(taskFor('token')));
    expect(contentOf(webRoot)).toEqual([...folders, join(...challenges, 'foreign')]);
    await done(solver.cleanUp(taskFor('foreign'))); // Its content is another one.
    expect(existsSync(join(webRoot, ...challenges, 'foreign'))).toBe(true);
  });

  it('leaves folders that it made to those who use them by then', async () => {
    const webRoot = scratch();
    const solver = http01Files({ webRoot });
    await done(solver.present(taskFor('token')));
    writeFileSync(join(webRoot, '.well-known', 'security.txt'), 'x');
    await done(solver.cleanUp(taskFor('token')));
    expect(contentOf(webRoot)).toEqual(['.well-known', join('.well-known', 'security.txt')]);
  });

  it('is shared: many at once, by several solvers, and all of it goes with the last', async () => {
    const webRoot = scratch();
    const solvers = [http01Files({ webRoot }), http01Files({ webRoot: `${webRoot}/` })];
    const tokens = Array.from({ length: 20 }, (_, index) => `token-${String(index)}`);
    const all = <T>(work: (token: string, index: number) => Promise<T>) => Promise.all(tokens.map(work));
    await all((token, index) => done(solvers[index % 2]!.present(taskFor(token))));
    expect(contentOf(join(webRoot, ...challenges))).toEqual([...tokens].sort());
    await all((token, index) => done(solvers[index % 2]!.cleanUp(taskFor(token))));
    expect(contentOf(webRoot)).toEqual([]);
  });

  it('keeps folders while some come and others go', async () => {
    const webRoot = scratch();
    const solver = http01Files({ webRoot });
    await Promise.all(
      Array.from({ length: 15 }, async (_, index) => {
        const task = taskFor(`token-${String(index)}`);
        await done(solver.present(task));
        expect(existsSync(join(webRoot, ...challenges, task.token ?? ''))).toBe(true);
        await done(solver.cleanUp(task));
      }),
    );
    expect(contentOf(webRoot)).toEqual([]);
  });

  it('makes the folder again that another process removed', async () => {
    const webRoot = scratch();
    const solver = http01Files({ webRoot });
    await done(solver.present(taskFor('a')));
    await done(http01Files({ webRoot }).cleanUp(taskFor('a')));
    if (existsSync(join(webRoot, ...challenges))) rmdirSync(join(webRoot, ...challenges));
    await done(solver.present(taskFor('b')));
    expect(readFileSync(join(webRoot, ...challenges, 'b'), 'utf8')).toBe('b.thumbprint');
  });

  it('keeps a file that two orders present until both are done', async () => {
    const webRoot = scratch();
    const solver = http01Files({ webRoot });
    for (let time = 0; time < 2; time++) await done(solver.present(taskFor('token')));
    await done(solver.cleanUp(taskFor('token')));
    expect(existsSync(join(webRoot, ...challenges, 'token'))).toBe(true);
    await done(solver.cleanUp(taskFor('token')));
    expect(contentOf(webRoot)).toEqual([]);
  });

  it('cleans up after a crash by the task alone, what was being written included', async () => {
    const webRoot = scratch();
    mkdirSync(join(webRoot, ...challenges), { recursive: true });
    writeFileSync(join(webRoot, ...challenges, 'token'), 'token.thumbprint');
    writeFileSync(join(webRoot, ...challenges, '.token.rxacme-new'), 'tok');
    await done(http01Files({ webRoot }).cleanUp(taskFor('token')));
    expect(contentOf(webRoot)).toEqual(folders);
    await done(http01Files({ webRoot }).cleanUp(taskFor('never'))); // Nothing there at all.
  });

  it('leaves nothing when it is left at any moment, since a clean-up comes after what has begun', async () => {
    for (let turns = 0; turns < 40; turns++) {
      const webRoot = scratch();
      const solver = http01Files({ webRoot });
      const presenting = record(from(solver.present(taskFor('token'))));
      for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
      presenting.unsubscribe();
      await done(solver.cleanUp(taskFor('token')));
      expect(contentOf(webRoot)).toEqual([]);
    }
  });

  it('does nothing before it is subscribed to', async () => {
    const webRoot = scratch();
    const solver = http01Files({ webRoot });
    void solver.present(taskFor('token'));
    await new Promise((resolve) => setImmediate(resolve));
    expect(contentOf(webRoot)).toEqual([]);
  });

  it('takes another web root for each name', async () => {
    const root = scratch();
    mkdirSync(join(root, 'example.org'));
    await done(http01Files({ webRoot: ({ value }) => join(root, value) }).present(taskFor('token')));
    expect(existsSync(join(root, 'example.org', ...challenges, 'token'))).toBe(true);
  });

  it('says that the web root is not there, or that it may not write', async () => {
    const root = scratch();
    await expect(done(http01Files({ webRoot: join(root, 'typo') }).present(taskFor('token')))).rejects.toThrow(
      /typo is not there/,
    );
    writeFileSync(join(root, 'file'), '');
    await expect(done(http01Files({ webRoot: join(root, 'file') }).present(taskFor('t')))).rejects.toThrow(
      AcmeInputError,
    );
    mkdirSync(join(root, 'there'));
    writeFileSync(join(root, 'there', '.well-known'), 'a file, not a folder');
    const solver = http01Files({ webRoot: join(root, 'there') });
    await expect(done(solver.present(taskFor('token')))).rejects.toThrow(/EEXIST|ENOTDIR/);
    await expect(done(solver.cleanUp(taskFor('token')))).rejects.toThrow('ENOTDIR');
    expect(() => http01Files({ webRoot: '' })).toThrow(TypeError);
  });

  it('never leaves its folder, whatever the token', async () => {
    const outer = scratch();
    const webRoot = join(outer, 'root');
    mkdirSync(webRoot);
    const unit = fc.constantFrom('.', '/', '\\', '\0', 'a', '-', '_', '%', ' ', ':', '~', 'é');
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(fc.string({ unit, maxLength: 12 }), fc.constantFrom('..', '../../x', 'x'.repeat(201))),
        async (token) => {
          const solver = http01Files({ webRoot });
          const task = taskFor(token);
          const error = await done(solver.present(task)).then(
            () => undefined,
            (reason: unknown) => reason,
          );
          if (/^[\w-]{1,200}$/.test(token)) expect(error).toBeUndefined();
          else expect(error).toBeInstanceOf(AcmeInputError);
          for (const each of contentOf(outer))
            expect(each).toMatch(/^root(\/\.well-known(\/acme-challenge(\/[\w-]{1,200})?)?)?$/);
          if (error === undefined) await done(solver.cleanUp(task));
          else await expect(done(solver.cleanUp(task))).rejects.toThrow(AcmeInputError);
        },
      ),
      { numRuns: 60 },
    );
    expect(contentOf(outer)).toEqual(['root']);
  });
});
