import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { writeTogether } from '../../samples/obtain/files.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rxacme-files-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const contents = (key: string, chain: string) => [
  { file: join(folder, 'privkey.pem'), text: key, mode: 0o600 },
  { file: join(folder, 'fullchain.pem'), text: chain, mode: 0o644 },
];

it('writes the files with their modes, and nothing beside them', () => {
  writeTogether(contents('key', 'chain'));
  expect(readdirSync(folder).sort()).toEqual(['fullchain.pem', 'privkey.pem']);
  expect(statSync(join(folder, 'privkey.pem')).mode & 0o777).toBe(0o600);
});

it('leaves the old ones where a new one cannot be written', () => {
  writeTogether(contents('old key', 'old chain'));
  const away = { file: join(folder, 'no-folder', 'x'), text: 'x', mode: 0o600 };
  expect(() => writeTogether([...contents('new key', 'new chain'), away])).toThrow('no-folder');
  expect(readFileSync(join(folder, 'privkey.pem'), 'utf8')).toBe('old key');
  expect(readFileSync(join(folder, 'fullchain.pem'), 'utf8')).toBe('old chain');
  expect(readdirSync(folder).sort()).toEqual(['fullchain.pem', 'privkey.pem']);
});
