import { createPrivateKey, X509Certificate } from 'node:crypto';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { firstValueFrom, from } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { AcmeInputError } from '../../lib/model/errors/input-error.js';
import { tlsAlpn01Files } from '../../lib/node/tls-alpn01-files.js';
import { generateCertificateKey } from '../../lib/x509/certificate-key.js';
import { verifyTlsAlpnCertificate } from '../../lib/x509/tls-alpn-certificate.js';
import { covers } from '../support/covers.js';
import { done } from '../support/done.js';
import { record } from '../support/virtual-time.js';
import { contentOf, scratch } from './folder.js';
import { alpnTask } from './tls-alpn.js';

covers('tlsAlpn01');

const mode = (file: string) => statSync(file).mode & 0o777;

describe('tlsAlpn01Files', () => {
  it('writes certificate and key, which fit, the key for its owner only, and takes both away again', async () => {
    const directory = scratch();
    const solver = tlsAlpn01Files({ directory });
    expect(await done(solver.present(alpnTask()))).toEqual([]);
    const [crt, key] = ['crt', 'key'].map((end) => join(directory, `example.org.alpn.${end}`)) as [string, string];
    expect(contentOf(directory)).toEqual(['example.org.alpn.crt', 'example.org.alpn.key']);
    expect([mode(crt), mode(key)]).toEqual([0o644, 0o600]);
    const pem = readFileSync(crt, 'utf8');
    expect(await firstValueFrom(verifyTlsAlpnCertificate(pem, alpnTask()))).toBeUndefined();
    const x509 = new X509Certificate(pem);
    expect(x509.checkPrivateKey(createPrivateKey(readFileSync(key)))).toBe(true);
    expect(Date.parse(x509.validTo) - Date.parse(x509.validFrom)).toBe(24 * 3_600_000);
    expect(await done(solver.cleanUp(alpnTask()))).toEqual([]);
    expect(contentOf(directory)).toEqual([]);
  });

  it('names files by what the server is asked for, in the caller’s pattern', async () => {
    const directory = scratch();
    const options = { directory, certificatePattern: 'acme-{domain}.pem', keyPattern: '{domain}.{domain}.key' };
    await done(tlsAlpn01Files(options).present(alpnTask('127.0.0.1', 'token', 'ip')));
    const name = '1.0.0.127.in-addr.arpa';
    expect(contentOf(directory)).toEqual([`${name}.${name}.key`, `acme-${name}.pem`]);
    await done(tlsAlpn01Files({ directory }).present(alpnTask('2001:db8::1', 'token', 'ip')));
    expect(contentOf(directory).filter((each) => each.endsWith('.ip6.arpa.alpn.key'))).toHaveLength(1);
  });

  it('uses the key and the validity that it is given', async () => {
    const directory = scratch();
    const key = await firstValueFrom(generateCertificateKey('P-384'));
    await done(tlsAlpn01Files({ directory, key, validityMs: 3_600_000 }).present(alpnTask()));
    expect(readFileSync(join(directory, 'example.org.alpn.key'), 'utf8')).toBe(await firstValueFrom(key.exportPem()));
    const x509 = new X509Certificate(readFileSync(join(directory, 'example.org.alpn.crt')));
    expect(Date.parse(x509.validTo) - Date.parse(x509.validFrom)).toBe(3_600_000);
  });

  it('tells the server after files came and after they went', async () => {
    const directory = scratch();
    const seen: (readonly string[])[] = [];
    const solver = tlsAlpn01Files({ directory, reload: () => [seen.push(contentOf(directory))] });
    await done(solver.present(alpnTask()));
    await done(solver.cleanUp(alpnTask()));
    expect(seen).toEqual([['example.org.alpn.crt', 'example.org.alpn.key'], []]);
  });

  it('tells it less often where many come at once, and never before their files are there', async () => {
    const directory = scratch();
    let reloads = 0;
    const reload = async () => {
      reloads++;
      await new Promise((resolve) => setTimeout(resolve, 20));
    };
    const solver = tlsAlpn01Files({ directory, reload });
    const tasks = Array.from({ length: 12 }, (_, index) => alpnTask(`n${String(index)}.example`, `t${String(index)}`));
    await Promise.all(tasks.map((task) => done(solver.present(task))));
    expect(contentOf(directory)).toHaveLength(24);
    expect(reloads).toBeLessThan(12);
    await Promise.all(tasks.map((task) => done(solver.cleanUp(task))));
    expect(contentOf(directory)).toEqual([]);
  });

  it('reports what a reload fails with, of present and of cleanUp, by when the files are gone', async () => {
    const directory = scratch();
    const solver = tlsAlpn01Files({
      directory,
      reload: [process.execPath, '-e', 'console.error("bad line 3"); process.exit(1)'],
    });
    await expect(done(solver.present(alpnTask()))).rejects.toThrow(/reload command .* failed: bad line 3/);
    await expect(done(solver.cleanUp(alpnTask()))).rejects.toThrow('bad line 3');
    expect(contentOf(directory)).toEqual([]);
  });

  it('cleans up after a crash by the task alone', async () => {
    const directory = scratch();
    await done(tlsAlpn01Files({ directory }).present(alpnTask('example.org', 'first')));
    writeFileSync(join(directory, '.example.org.alpn.key.rxacme-new'), 'half a key');
    await done(tlsAlpn01Files({ directory }).cleanUp(alpnTask('example.org', 'first')));
    await done(tlsAlpn01Files({ directory }).cleanUp(alpnTask('example.org', 'first'))); // Once too often is fine.
    expect(contentOf(directory)).toEqual([]);
  });

  it('leaves what is another task’s by then, and what is no certificate', async () => {
    const directory = scratch();
    const solver = tlsAlpn01Files({ directory });
    const [first, second] = [alpnTask('example.org', 'first'), alpnTask('example.org', 'second')];
    await done(solver.present(first));
    await done(solver.present(second));
    await done(solver.cleanUp(first));
    const pem = readFileSync(join(directory, 'example.org.alpn.crt'), 'utf8');
    expect(await firstValueFrom(verifyTlsAlpnCertificate(pem, second))).toBeUndefined();
    await done(solver.cleanUp(second));
    expect(contentOf(directory)).toEqual([]);
    for (const end of ['crt', 'key']) writeFileSync(join(directory, `example.org.alpn.${end}`), 'foreign');
    await done(solver.cleanUp(first));
    expect(contentOf(directory)).toHaveLength(2);
  });

  it('leaves nothing when it is left at any moment, and cleanUp follows', async () => {
    const directory = scratch();
    for (let turns = 0; turns < 30; turns++) {
      const solver = tlsAlpn01Files({ directory, reload: () => Promise.resolve() });
      const presenting = record(from(solver.present(alpnTask())));
      for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
      presenting.unsubscribe();
      await done(solver.cleanUp(alpnTask()));
      expect(contentOf(directory)).toEqual([]);
    }
  });

  it('says that the folder is not there', async () => {
    const directory = join(scratch(), 'typo');
    await expect(done(tlsAlpn01Files({ directory }).present(alpnTask()))).rejects.toThrow(/typo is not there/);
    await done(tlsAlpn01Files({ directory }).cleanUp(alpnTask()));
    expect(existsSync(directory)).toBe(false);
  });

  it.each([
    [{ certificatePattern: 'fixed.crt' }],
    [{ certificatePattern: '../{domain}.crt' }],
    [{ keyPattern: '{domain}/key' }],
    [{ keyPattern: '{domain}\\key' }],
    [{ certificatePattern: '{domain}', keyPattern: '{domain}' }],
    [{ directory: '' }],
  ])('throws at the call on %j', (options) => {
    expect(() => tlsAlpn01Files({ directory: '/tmp', ...options })).toThrow(TypeError);
  });

  it('never leaves its folder, whatever the name', async () => {
    const outer = scratch();
    const directory = scratch();
    const solver = tlsAlpn01Files({ directory, validityMs: 1_000 });
    for (const name of [
      '../x',
      '..',
      '.',
      '',
      '/etc/x',
      'a/b',
      'a\\b',
      'a\0',
      '*.example.org',
      '.hidden',
      'a..b',
      `${outer}/x`,
      'C:x',
    ])
      await expect(done(solver.present(alpnTask(name)))).rejects.toThrow(AcmeInputError);
    const unit = fc.constantFrom('.', '/', '\\', '\0', 'a', '-', '*', '%', ' ', ':', '~');
    await fc.assert(
      fc.asyncProperty(fc.string({ unit, maxLength: 10 }), async (name) => {
        const error = await done(solver.cleanUp(alpnTask(name))).then(
          () => undefined,
          (reason: unknown) => reason,
        );
        expect(error === undefined).toBe(/^(?:[a-z](?:[a-z-]*[a-z])?\.)*[a-z](?:[a-z-]*[a-z])?$/.test(name));
      }),
    );
    expect([contentOf(outer), contentOf(directory)]).toEqual([[], []]);
  });
});
