/** The package as it is built: what it exports, what it says of itself, and what importing it loads. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { fileURLToPath } from 'node:url';
import { version } from 'rxacme';
import { describe, expect, it } from 'vitest';
import { entriesOf, exportLists, listFile } from '../tools/entries.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const manifest: unknown = JSON.parse(readFileSync(`${root}/package.json`, 'utf8'));

/** What a fresh Node process in this repository, where `rxacme` is the built package, answers to a script. */
function inNode<T>(script: string): T {
  const args = ['--input-type=module', '--eval', script];
  const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout) as T;
}

/** Posts the URL of every module that an `import` resolves to. */
const resolveHooks = `
  let port;
  export const initialize = (data) => { port = data; };
  export const resolve = async (specifier, context, next) => {
    const resolved = await next(specifier, context);
    port.postMessage(resolved.url);
    return resolved;
  };`;

/**
 * What `import specifier` loads when rxjs is there already: packages by name, and built-in modules, whether imported
 * by name or loaded for the first time.
 */
function loadedBy(specifier: string): { packages: string[]; builtIns: string[] } {
  const { urls, first } = inNode<{ urls: string[]; first: string[] }>(`
    import { register } from 'node:module';
    import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads';
    const { port1, port2 } = new MessageChannel();
    register(${JSON.stringify(`data:text/javascript,${encodeURIComponent(resolveHooks)}`)}, {
      data: port2,
      transferList: [port2],
    });
    const posted = async () => {
      await new Promise((resolve) => setTimeout(resolve, 50));
      const urls = [];
      for (let one; (one = receiveMessageOnPort(port1)); ) urls.push(one.message);
      return urls;
    };
    await import('rxjs');
    // Web Crypto is a global whose modules load at the first look, whoever looks
    void globalThis.crypto.subtle;
    await posted();
    const known = new Set(process.moduleLoadList);
    await import(${JSON.stringify(specifier)});
    const first = process.moduleLoadList.filter((name) => !known.has(name));
    process.stdout.write(JSON.stringify({ urls: await posted(), first }));
    process.exit();
  `);
  const named = new Set([
    ...urls.filter((url) => url.startsWith('node:')).map((url) => url.slice('node:'.length)),
    ...first.map((entry) => entry.replace(/^NativeModule /, '')),
  ]);
  const packageOf = (url: string) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1];
  return {
    packages: [...new Set(urls.flatMap((url) => packageOf(url) ?? []))].sort(),
    builtIns: builtinModules.filter((name) => named.has(name)),
  };
}

const once = <T>(make: () => T) => {
  let made: { value: T } | undefined;
  return () => (made ??= { value: make() }).value;
};

const lists = once(() => exportLists(root));
const loaded = once(() => loadedBy('rxacme'));

describe('the package', () => {
  it('says its own version', () => {
    expect(manifest).toMatchObject({ version });
  });

  it.each(entriesOf(root))('is built: $specifier', ({ built }) => {
    expect(existsSync(built)).toBe(true);
  });

  it('exports what is frozen in spec/exports (npm run exports:update after a wanted change)', () => {
    for (const [specifier, list] of lists()) {
      const file = listFile(root, specifier);
      expect(existsSync(file) ? readFileSync(file, 'utf8') : `no ${file}`, specifier).toBe(list);
    }
  });

  it.each(entriesOf(root))('exports at run time the values listed for $specifier', ({ specifier }) => {
    // Angular's own package is compiled by the build of an application, or by this.
    const compiler = specifier.endsWith('/angular') ? "await import('@angular/compiler');" : '';
    const values = inNode<string[]>(
      `${compiler}console.log(JSON.stringify(Object.keys(await import('${specifier}'))))`,
    );
    const lines = (lists().get(specifier) ?? '').trim().split('\n');
    const listed = lines.filter((line) => !line.endsWith('(type)')).map((line) => line.split(' ')[0]);
    expect(values.sort()).toEqual(listed);
  });

  it('can be required from CommonJS', () => {
    const script = `import { createRequire } from 'node:module';
      const rxacme = createRequire(process.cwd() + '/some.cjs')('rxacme');
      console.log(JSON.stringify(rxacme.version));`;
    expect(inNode(script)).toBe(version);
  });
});

describe('importing rxacme', () => {
  it('loads no Node built-in that rxjs did not load', () => {
    expect(loaded().builtIns).toEqual([]);
  });

  it('loads rxjs and jose, and leaves the other packages until they are needed', () => {
    expect(loaded().packages.filter((name) => name !== 'rxjs' && name !== 'jose')).toEqual([]);
  });
});

describe('the measurement itself', () => {
  it('sees a package and the built-ins it loads', () => {
    const { packages, builtIns } = loadedBy('cross-fetch');
    expect(packages).toContain('cross-fetch');
    expect(builtIns).toEqual(expect.arrayContaining(['http', 'zlib']));
  });

  it('sees a built-in that is imported though it was loaded long ago', () => {
    expect(loadedBy('node:fs').builtIns).toContain('fs');
  });
});
