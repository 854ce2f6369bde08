import { createHash } from 'node:crypto';
import { EMPTY, firstValueFrom, lastValueFrom, throwError, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { AcmeAuthorizationError } from '../../lib/model/errors/authorization-error.js';
import { AcmeInputError } from '../../lib/model/errors/input-error.js';
import { AcmePortError } from '../../lib/model/errors/port-error.js';
import type { TxtRecord } from '../../lib/solvers/dns01.js';
import { dnsAccount01, dnsAccountLabel, dnsAccountRecord } from '../../lib/solvers/dns-account01.js';
import { nodeDigest } from '../signing/keys.js';
import { covers } from '../support/covers.js';
import { obtainedAtFakeCa } from './at-fake-ca.js';
import { taskOf } from './tasks.js';

covers('dnsAccount01');

const vectors = [
  [
    'draft-ietf-acme-dns-account-label-03, its own example',
    'https://example.com/acme/acct/ExampleAccount',
    '_ujmmovf2vn55tgye',
  ],
  ['acme4j', 'https://example.com/acme/account/1', '_agozs7u2dml4wbyd'],
] as const;

describe('dnsAccountLabel', () => {
  it.each(vectors)('%s', async (_, accountUrl, label) => {
    expect(await lastValueFrom(dnsAccountLabel(accountUrl).pipe(toArray()))).toEqual([label]);
    expect(await firstValueFrom(dnsAccountLabel(accountUrl, nodeDigest))).toBe(label);
  });

  it('errors where the digest does', async () => {
    const failing = dnsAccountLabel('https://a.test', () => throwError(() => new Error('not today')));
    await expect(lastValueFrom(failing)).rejects.toBeInstanceOf(AcmePortError);
  });
});

describe('dnsAccountRecord', () => {
  it('acme4j: the whole name, with the value of dns-01', () => {
    const identifier = { type: 'dns', value: 'www.example.org' };
    const accountUrlDigest = createHash('sha256').update(vectors[1][1]).digest('base64url');
    const { name, value } = dnsAccountRecord(taskOf({ identifier, accountUrlDigest }));
    expect(name).toBe('_agozs7u2dml4wbyd._acme-challenge.www.example.org');
    expect(value).toBe('digest');
  });

  it('needs a digest of the account URL, a token and a name', () => {
    const accountUrlDigest = 'A'.repeat(43);
    const { keyAuthorizationDigest: _, ...withoutToken } = taskOf({ accountUrlDigest });
    for (const task of [taskOf(), withoutToken, taskOf({ accountUrlDigest, identifier: { type: 'ip', value: '::1' } })])
      expect(() => dnsAccountRecord(task)).toThrow(AcmeInputError);
  });
});

describe('dnsAccount01 at a CA', () => {
  const challengeTypes = () => ['dns-account-01'];
  const zone = () => {
    const records: TxtRecord[] = [];
    const seen: string[] = [];
    const solver = dnsAccount01({
      add: (record) => (records.push(record), seen.push(`${record.name} ${record.value}`), EMPTY),
      remove: ({ name, value }) => {
        records.splice(
          records.findIndex((each) => each.name === name && each.value === value),
          1,
        );
        return EMPTY;
      },
    });
    return { records, seen, solver };
  };

  it('proves a name and its wildcard under the account’s own label, and takes both values away', async () => {
    const { records, seen, solver } = zone();
    const order = { identifiers: ['a.test', '*.a.test'], solvers: [solver] };
    const { error, events, ca } = obtainedAtFakeCa({ ca: { challengeTypes }, order });
    expect([error, events.at(-1)?.type]).toEqual([undefined, 'certificate-issued']);
    const label = await firstValueFrom(dnsAccountLabel(ca.history.requests.at(-1)?.kid ?? ''));
    expect(seen.map((each) => each.split(' ')[0])).toEqual(Array(2).fill(`${label}._acme-challenge.a.test`));
    expect(new Set(seen).size).toBe(2);
    expect(records).toEqual([]);
  });

  it('is refused by a CA that finds another value', () => {
    const { records, solver } = zone();
    const outcome = () => ({ type: 'unauthorized', detail: 'no such record' });
    const order = { identifiers: ['a.test'], solvers: [solver] };
    const { error } = obtainedAtFakeCa({ ca: { challengeTypes, validation: { outcome } }, order });
    expect(error).toBeInstanceOf(AcmeAuthorizationError);
    expect(error).toMatchObject({ failures: [{ challengeType: 'dns-account-01' }] });
    expect(records).toEqual([]);
  });
});
