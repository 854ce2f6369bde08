import { inspect } from 'node:util';
import { firstValueFrom, throwError } from 'rxjs';
import { expect, it } from 'vitest';
import { generateCertificateKey, obtainCertificate } from '../../lib/index.js';
import { recordingSolver, syncBench } from '../support/sync-ports.js';
import { completed, virtualTime } from '../support/virtual-time.js';

it('no event of an order shows a token, a key authorization or a key when it is printed or serialised', async () => {
  const key = await firstValueFrom(generateCertificateKey('P-256'));
  const secretPem = await firstValueFrom(key.exportPem());
  virtualTime((time) => {
    const { account } = syncBench(time.scheduler, { validationMs: 100, issuanceMs: 100 });
    const solver = recordingSolver({ cleanUp: () => throwError(() => new Error('locked')) });
    // WebCrypto signs by a Promise: the request of this key is made by a synchronous stand-in.
    const options = { identifiers: ['example.org', '*.example.org'], solvers: [solver], key };
    const { values, isComplete } = completed(time, obtainCertificate(account, options));
    expect(isComplete).toBe(true);
    const secrets = [
      ...solver.calls.flatMap(({ task }) => [task.token, task.keyAuthorization, task.keyAuthorizationDigest]),
      ...secretPem.split('\n').filter((line) => line !== '' && !line.startsWith('-')),
    ];
    expect(secrets.length).toBeGreaterThan(6);
    for (const printed of [
      JSON.stringify(values),
      inspect(values, { depth: 12 }),
      ...solver.calls.map(({ task }) => inspect(task, { depth: 12 })),
    ]) {
      for (const secret of secrets) expect(printed.includes(secret ?? 'a token is missing')).toBe(false);
    }
  });
});
