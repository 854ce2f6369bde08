import { mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { removeFile, removeUnfinished, textOf, writeWhole } from '../../lib/node/file-write.js';
import { contentOf, scratch } from './folder.js';

describe('writeWhole', () => {
  it('writes, replaces, and sets the mode whatever is masked', async () => {
    const file = join(scratch(), 'file');
    const before = process.umask(0o077);
    try {
      await writeWhole(file, 'one', 0o644);
      expect(statSync(file).mode & 0o777).toBe(0o644);
      await writeWhole(file, 'two', 0o600);
    } finally {
      process.umask(before);
    }
    expect([readFileSync(file, 'utf8'), statSync(file).mode & 0o777]).toEqual(['two', 0o600]);
  });

  it('leaves nothing of itself where it cannot put the file in place', async () => {
    const folder = scratch();
    mkdirSync(join(folder, 'file'));
    writeFileSync(join(folder, 'file', 'inside'), '');
    await expect(writeWhole(join(folder, 'file'), 'x', 0o644)).rejects.toThrow();
    expect(contentOf(folder)).toEqual(['file', join('file', 'inside')]);
    await expect(writeWhole(join(folder, 'missing', 'file'), 'x', 0o644)).rejects.toThrow('ENOENT');
  });

  it('goes over what a crash left, and does not write through a link that somebody put there', async () => {
    const folder = scratch();
    writeFileSync(join(folder, 'target'), 'safe');
    symlinkSync(join(folder, 'target'), join(folder, '.file.rxacme-new'));
    await writeWhole(join(folder, 'file'), 'new', 0o644);
    expect(readFileSync(join(folder, 'target'), 'utf8')).toBe('safe');
    expect(contentOf(folder)).toEqual(['file', 'target']);
  });
});

describe('removeFile and textOf', () => {
  it('remove a file and what is left of it; that there is none is fine', async () => {
    const folder = scratch();
    const file = join(folder, 'file');
    await writeWhole(file, 'x', 0o644);
    writeFileSync(join(folder, '.file.rxacme-new'), 'half');
    expect(await textOf(file)).toBe('x');
    await removeUnfinished(file);
    expect(contentOf(folder)).toEqual(['file']);
    await removeFile(file);
    await removeFile(file);
    expect([contentOf(folder), await textOf(file)]).toEqual([[], undefined]);
    await expect(textOf(folder)).rejects.toThrow('EISDIR');
  });
});
