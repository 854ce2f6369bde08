import { join } from 'node:path';
import { readFileSync } from 'node:fs';
import { EMPTY, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { SharedReload } from '../../lib/node/file-reload.js';
import { scratch } from './folder.js';

describe('SharedReload', () => {
  it('runs one at a time, and whoever comes meanwhile shares the next', async () => {
    const gates: (() => void)[] = [];
    const reload = new SharedReload(() => new Promise<void>((resolve) => gates.push(resolve)));
    const first = reload.run();
    const others = [reload.run(), reload.run(), reload.run()];
    expect(gates).toHaveLength(1);
    gates[0]?.();
    await first;
    await new Promise((resolve) => setImmediate(resolve));
    expect(gates).toHaveLength(2);
    const late = reload.run(); // What it is about may not be in the one that runs.
    gates[1]?.();
    await Promise.all(others);
    await new Promise((resolve) => setImmediate(resolve));
    expect(gates).toHaveLength(3);
    gates[2]?.();
    await late;
  });

  it('tells those whose reload failed, and nobody else', async () => {
    let count = 0;
    const reload = new SharedReload(() => (++count === 1 ? throwError(() => new Error('first')) : EMPTY));
    const [first, second] = [reload.run(), reload.run()];
    await expect(first).rejects.toThrow('first');
    await second;
    await reload.run();
    expect(count).toBe(3);
    await expect(
      new SharedReload(() => {
        throw new Error('thrown');
      }).run(),
    ).rejects.toThrow('thrown');
  });

  it('runs a command without a shell: nothing in it is expanded', async () => {
    const file = join(scratch(), 'args');
    const code = 'require("node:fs").writeFileSync(process.argv[1], process.argv.slice(2).join("\\n"))';
    await new SharedReload([process.execPath, '-e', code, file, '$(whoami)', 'a b', ';']).run();
    expect(readFileSync(file, 'utf8')).toBe('$(whoami)\na b\n;');
  });

  it('says which command failed, and why, not at length', async () => {
    await expect(new SharedReload(['/does/not/exist']).run()).rejects.toThrow(/exist failed: .*ENOENT/);
    const long = new SharedReload([process.execPath, '-e', 'console.error("x".repeat(9000)); process.exit(3)']);
    const error = await long.run().then(
      () => undefined,
      (reason: unknown) => reason as Error,
    );
    expect(error?.message.length).toBeLessThan(700);
    expect(error?.cause).toMatchObject({ code: 3 });
  });

  it('does nothing where nothing is to be told', async () => {
    await new SharedReload(undefined).run();
  });
});
