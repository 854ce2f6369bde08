import { randomUUID } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { concat, forkJoin, merge } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { AcmeInputError } from '../../lib/model/errors/input-error.js';
import { AcmePortError } from '../../lib/model/errors/port-error.js';
import { DurableFolder, hashedName } from '../../lib/node/durable-folder.js';
import { contentOf, scratch } from './folder.js';
import { done } from '../support/done.js';

const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);

describe('DurableFolder', () => {
  it('makes its folder and all above it, and touches nothing before', async () => {
    const path = join(scratch(), 'a', 'b');
    const files = new DurableFolder(path, 'journal');
    const write$ = files.write('one', 'text');
    expect([existsSync(path), await files.names(), await files.text('one')]).toEqual([false, [], undefined]);
    await done(files.remove('one'));
    expect(existsSync(path)).toBe(false);
    await done(write$);
    expect([modeOf(path), modeOf(join(path, 'one')), contentOf(path)]).toEqual(['700', '600', ['one']]);
  });

  it('keeps the file to this user whatever stood there, and whatever the process masks', async () => {
    const path = scratch();
    const files = new DurableFolder(path, 'journal');
    writeFileSync(join(path, 'one'), 'old');
    chmodSync(join(path, 'one'), 0o666);
    const before = process.umask(0);
    try {
      await done(files.write('one', 'new'));
    } finally {
      process.umask(before);
    }
    expect([modeOf(join(path, 'one')), await files.text('one')]).toEqual(['600', 'new']);
  });

  it('removes what a killed process has left unfinished, and nothing that is being written or is not its own', async () => {
    const path = scratch();
    const [left, fresh] = ['one', 'two'].map((name) => `.${name}.${randomUUID()}`) as [string, string];
    for (const name of [left, fresh, '.hidden']) writeFileSync(join(path, name), 'secret');
    const longAgo = Date.now() / 1000 - 120;
    for (const name of [left, '.hidden']) utimesSync(join(path, name), longAgo, longAgo);
    await done(new DurableFolder(path, 'journal').write('three', 'text'));
    expect(readdirSync(path).sort()).toEqual([fresh, '.hidden', 'three'].sort());
  });

  it('does what is asked of one file in turn, and of different ones at the same time', async () => {
    const path = scratch();
    const files = new DurableFolder(path, 'journal');
    const many = Array.from({ length: 40 }, (_, index) => files.write(`f${index % 4}`, `${index}`));
    await done(merge(...many, files.remove('f1')));
    expect(contentOf(path)).toEqual(['f0', 'f2', 'f3']);
    expect(['f0', 'f2', 'f3'].map((name) => readFileSync(join(path, name), 'utf8'))).toEqual(['36', '38', '39']);
  });

  it('goes on when it is unsubscribed; what comes later waits for that', async () => {
    const path = scratch();
    const files = new DurableFolder(path, 'journal');
    files.write('one', 'text').subscribe().unsubscribe();
    expect(await files.text('one')).toBe('text');
    files.write('one', 'again').subscribe().unsubscribe();
    await done(files.remove('one'));
    expect(contentOf(path)).toEqual([]);
  });

  it('leaves out what was not finished, and leaves nothing of what failed', async () => {
    const path = scratch();
    const files = new DurableFolder(path, 'journal');
    writeFileSync(join(path, '.one.unfinished'), 'ha');
    mkdirSync(join(path, 'two'));
    writeFileSync(join(path, 'two', 'inside'), '');
    expect(await files.names()).toEqual(['two']);
    const error = await done(files.write('two', 'text')).catch((each: unknown) => each);
    expect(error).toBeInstanceOf(AcmePortError);
    expect((error as AcmePortError).cause).toMatchObject({ code: expect.stringMatching(/EISDIR|ENOTEMPTY|EEXIST/) });
    expect(contentOf(path)).toEqual(['.one.unfinished', 'two', join('two', 'inside')]);
    await done(concat(files.write('one', 'text'), files.remove('one')));
  });

  it('says so where its folder is a file, or below one', async () => {
    const file = join(scratch(), 'file');
    writeFileSync(file, '');
    for (const path of [file, join(file, 'below')]) {
      const files = new DurableFolder(path, 'keyStore');
      await expect(done(files.write('one', 'text'))).rejects.toBeInstanceOf(AcmeInputError);
      await expect(files.names()).rejects.toMatchObject({ port: 'keyStore' });
    }
  });

  it('is not disturbed by one that failed', async () => {
    const path = scratch();
    const files = new DurableFolder(path, 'journal');
    mkdirSync(join(path, 'one', 'x'), { recursive: true });
    const failed = done(files.write('one', 'text')).catch(() => 'failed');
    const next = done(files.write('two', 'text'));
    expect([await failed, await next]).toEqual(['failed', []]);
    await done(forkJoin([files.remove('two')]));
  });

  it('looks again for what was left where it could not be removed', async () => {
    const path = scratch();
    const files = new DurableFolder(path, 'journal');
    const left = join(path, `.one.${randomUUID()}`);
    mkdirSync(left); // No file, so it is not removed as one.
    utimesSync(left, Date.now() / 1000 - 120, Date.now() / 1000 - 120);
    await expect(done(files.write('one', 'text'))).rejects.toBeInstanceOf(AcmePortError);
    rmdirSync(left);
    await done(files.write('one', 'text'));
    expect(contentOf(path)).toEqual(['one']);
  });
});

it('hashedName leads nowhere', () => {
  for (const text of ['../../etc/passwd', '', 'https://ca.example/1?x=/..', '\0', 'a'.repeat(9_999)]) {
    expect(hashedName(text)).toMatch(/^[\da-f]{64}$/);
  }
});
