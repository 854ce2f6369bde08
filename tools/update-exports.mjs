/** `node tools/update-exports.mjs` freezes today's exports in spec/exports; a spec holds them there. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import process from 'node:process';
import { exportLists, listFile } from './entries.mjs';

const root = resolve(process.argv[2] ?? '.');
for (const [specifier, list] of exportLists(root)) {
  const file = listFile(root, specifier);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, list);
  console.log(`${specifier}: ${list.trim().split('\n').length} exports`);
}
